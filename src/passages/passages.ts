import { NearfieldError, type Passage } from '../contract/index.ts';
import { bestCut, paragraphs, trimmed, type Range } from './borders.ts';

export const DEFAULT_PASSAGE_CHARACTERS = 1200;
export const MIN_PASSAGE_CHARACTERS = 32;
/** A title longer than this would crowd the passage out of the model's window. */
const TITLE_CHARACTERS = 200;

/**
 * Cuts a text at paragraphs, then sentences, then words, into passages of up to `room` UTF-16
 * units; small neighbours share a passage.
 *
 * Every character that is not blank is in exactly one passage, in order. No surrogate pair is
 * split, and no grapheme cluster except one that is longer than `room` by itself. Takes time in
 * proportion to the text. Blank text has no passages.
 */
export function cutPassages(text: string, room: number = DEFAULT_PASSAGE_CHARACTERS): Passage[] {
  if (!Number.isInteger(room) || room < MIN_PASSAGE_CHARACTERS) {
    throw new NearfieldError(
      'bad-input',
      `passageCharacters must be a whole number of at least ${MIN_PASSAGE_CHARACTERS}, got ${room}.`,
    );
  }
  const fits = ({ start, end }: Range): boolean => end - start <= room;
  return packed([...fitting(text, room)], fits).map((range) => passageOf(text, range));
}

/** Fewer would cut sentences to pieces. */
const MIN_PASSAGE_TOKENS = 8;
/** UTF-16 units of a token, to begin with; English has about four. */
const UNITS_PER_TOKEN = 4;
/** Less is not cut, however many tokens it has: a grapheme cluster may have dozens. */
const LEAST_ROOM = 8;

/**
 * As `cutPassages`, but up to `limit` tokens a passage, as `count` counts them. What is no longer
 * than 8 UTF-16 units, or one grapheme cluster, may have more.
 *
 * @param count tokens of any part of the text; asked for each paragraph, and for each passage about
 *   twice log2 of its paragraphs (or of the cuts of one), of texts that are about as long as it.
 *   Where more text can have fewer tokens, neighbours that fit together may stay apart
 */
export function cutByTokens(
  text: string,
  limit: number,
  count: (text: string) => number,
): Passage[] {
  if (!Number.isInteger(limit) || limit < MIN_PASSAGE_TOKENS) {
    throw new NearfieldError(
      'bad-input',
      `tokens must be a whole number of at least ${MIN_PASSAGE_TOKENS}, got ${limit}.`,
    );
  }
  const fits = ({ start, end }: Range): boolean => count(text.slice(start, end)) <= limit;
  const room = limit * UNITS_PER_TOKEN;
  const ranges = [...halvedUntil(text, fitting(text, room), room, fits)];
  return packed(ranges, fits).map((range) => passageOf(text, range));
}

/** What is embedded for a passage: its document's title, when there is one, comes first. */
export function passageInput(passage: string, title: string | undefined): string {
  const heading = title?.trim() ?? '';
  if (heading === '') return passage;
  const room = { start: 0, end: heading.length };
  const cut =
    heading.length > TITLE_CHARACTERS ? bestCut(heading, room, TITLE_CHARACTERS) : undefined;
  return `${heading.slice(0, cut).trimEnd()}\n\n${passage}`;
}

/** Ranges that fit, none blank: paragraphs, and cuts of those that are too long. */
function* fitting(text: string, room: number): Generator<Range> {
  for (const paragraph of paragraphs(text)) yield* cutRange(text, paragraph, room);
}

function* cutRange(text: string, range: Range, room: number): Generator<Range> {
  let rest = trimmed(text, range);
  while (rest.end - rest.start > room) {
    const cut = bestCut(text, rest, room);
    const piece = trimmed(text, { start: rest.start, end: cut });
    if (piece.end > piece.start) yield piece;
    rest = trimmed(text, { start: cut, end: rest.end });
  }
  if (rest.end > rest.start) yield rest;
}

/** Ranges cut on, each at half the room, until they fit. */
function* halvedUntil(
  text: string,
  ranges: Iterable<Range>,
  room: number,
  fits: (range: Range) => boolean,
): Generator<Range> {
  const half = Math.ceil(room / 2);
  for (const range of ranges) {
    if (half < LEAST_ROOM || fits(range)) yield range;
    else yield* halvedUntil(text, cutRange(text, range, half), half, fits);
  }
}

/** Neighbours that fit together are one passage. */
function packed(ranges: readonly Range[], fits: (range: Range) => boolean): Range[] {
  const passages: Range[] = [];
  let first = 0;
  while (first < ranges.length) {
    const together = (n: number): Range => ({
      start: ranges[first]!.start,
      end: ranges[first + n - 1]!.end,
    });
    const n = mostThatFit(ranges.length - first, (count) => fits(together(count)));
    passages.push(together(n));
    first += n;
  }
  return passages;
}

/** 1 to `all`: by doubling, then by halving, as asking may cost in proportion to the answer. */
function mostThatFit(all: number, fit: (count: number) => boolean): number {
  let fitting = 1;
  while (fitting * 2 <= all && fit(fitting * 2)) fitting *= 2;
  let beyond = Math.min(fitting * 2, all + 1);
  while (beyond - fitting > 1) {
    const middle = Math.floor((fitting + beyond) / 2);
    if (fit(middle)) fitting = middle;
    else beyond = middle;
  }
  return fitting;
}

function passageOf(text: string, { start, end }: Range): Passage {
  return { text: text.slice(start, end), start, end };
}

/** Start and end of each passage, one after the other, as they are stored. */
export function cutSpans(text: string, room: number): Uint32Array<ArrayBuffer> {
  return Uint32Array.from(cutPassages(text, room).flatMap(({ start, end }) => [start, end]));
}
