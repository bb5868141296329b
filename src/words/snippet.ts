/** The part of a passage that shows best why it was found. */

import { NearfieldError, type Snippet } from '../contract/index.ts';
import type { WordSpan } from './highlight.ts';

interface Range {
  start: number;
  end: number;
}

const ROOM = 240;
/** Room for the sign on both sides and something between them. */
const LEAST_ROOM = 3;
const CUT = '…';
/** UTF-16 units that the segmenters see past a cut, to judge the border there. */
const CONTEXT = 64;

const words = new Intl.Segmenter('en', { granularity: 'word' });
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/**
 * The piece in which matched words tell most, cut between words where it can be and never inside a
 * grapheme cluster; the beginning where none matched. Throws `bad-input` for a room below 3.
 *
 * @param spans as `highlight` gives them: rising, none in another
 * @param room most UTF-16 units of the snippet. @default 240
 */
export function snippet(text: string, spans: readonly WordSpan[], room = ROOM): Snippet {
  if (!Number.isInteger(room) || room < LEAST_ROOM) {
    throw new NearfieldError(
      'bad-input',
      `A snippet's room must be a whole number of at least ${LEAST_ROOM}, got ${room}.`,
    );
  }
  const { start, end } =
    text.length <= room
      ? { start: 0, end: text.length }
      : cutAround(text, densest(spans, room - 2 * CUT.length), room);
  const lead = start > 0 ? CUT : '';
  const shift = lead.length - start;
  const inside = spans.map((span) => [Math.max(span.start, start), Math.min(span.end, end)]);
  return {
    text: lead + text.slice(start, end) + (end < text.length ? CUT : ''),
    marks: inside.flatMap(([first = 0, last = 0]) =>
      last > first ? [[first + shift, last + shift] as [number, number]] : [],
    ),
  };
}

/** From the first to the last of those neighbours within the room that tell most; the first such. */
function densest(spans: readonly WordSpan[], room: number): Range {
  let best: Range = { start: 0, end: 0 };
  let most = 0;
  let sum = 0;
  let first = 0;
  for (const [last, { end, weight }] of spans.entries()) {
    sum += weight;
    while (first < last && end - spans[first]!.start > room) sum -= spans[first++]!.weight;
    if (sum > most) {
      most = sum;
      best = { start: spans[first]!.start, end };
    }
  }
  return best;
}

/** As much around `focus` as fits. @param text longer than the room */
function cutAround(text: string, focus: Range, room: number): Range {
  const most = room - 2 * CUT.length;
  const spare = Math.max(0, most - (focus.end - focus.start));
  const start = focus.start - (spare >>> 1);
  // At an end of the text one sign is enough.
  const oneCut = room - CUT.length;
  if (start <= 0) return { start: 0, end: endCut(text, { start: 0, end: oneCut }, focus.end) };
  if (start + most >= text.length) {
    const range = { start: text.length - oneCut, end: text.length };
    return { start: startCut(text, range, focus.start), end: text.length };
  }
  const range = { start, end: start + most };
  const from = startCut(text, range, focus.start);
  return { start: from, end: Math.max(from, endCut(text, range, focus.end)) };
}

/** Where to begin: before the first word, up to `focus`; else as near to that as a cluster begins. */
function startCut(text: string, range: Range, focus: number): number {
  const { clusters, wordStarts } = bordersIn(text, range);
  const start = wordStarts.find((at) => at <= focus) ?? clusters.findLast((at) => at <= focus);
  return start ?? clusters[0] ?? range.end;
}

/** Where to end: behind the last word, from `focus` on; else behind `focus` or the last cluster. */
function endCut(text: string, range: Range, focus: number): number {
  const { clusters, wordEnds } = bordersIn(text, range);
  const end = wordEnds.findLast((at) => at >= focus);
  if (end !== undefined) return end;
  const atFocus = focus > range.start && clusters.includes(focus);
  return atFocus ? focus : (clusters.at(-1) ?? range.start);
}

interface Borders {
  /** Between grapheme clusters. */
  clusters: number[];
  /** Those of them at which a word begins, and ends. */
  wordStarts: number[];
  wordEnds: number[];
}

/**
 * Borders within a range, its ends among them. Segmenters only see what is near: V8 takes time in
 * proportion to the whole text for each segment.
 */
function bordersIn(text: string, { start, end }: Range): Borders {
  const from = inStep(text, Math.max(0, start - CONTEXT));
  const window = text.slice(from, end + CONTEXT);
  const within = (at: number): boolean => at >= start && at <= end;
  const clusters = [...graphemes.segment(window)].map(({ index }) => from + index).filter(within);
  if (end === text.length) clusters.push(end);
  const known = new Set(clusters);
  const borders: Borders = { clusters, wordStarts: [], wordEnds: [] };
  for (const { index, segment, isWordLike } of words.segment(window)) {
    if (isWordLike !== true) continue;
    const [first, last] = [from + index, from + index + segment.length];
    if (known.has(first)) borders.wordStarts.push(first);
    if (known.has(last)) borders.wordEnds.push(last);
  }
  return borders;
}

/** A place next to `at` from which the letters of flags pair up as they do from the beginning. */
function inStep(text: string, at: number): number {
  const place = isFlagLetter(text, at - 1) ? at - 1 : at;
  let first = place;
  while (isFlagLetter(text, first - 2)) first -= 2;
  return ((place - first) / 2) % 2 === 0 ? place : place - 2;
}

/** U+1F1E6 to U+1F1FF, of which two make a flag. */
function isFlagLetter(text: string, at: number): boolean {
  const code = at < 0 ? 0 : (text.codePointAt(at) ?? 0);
  return code >= 0x1f1e6 && code <= 0x1f1ff;
}
