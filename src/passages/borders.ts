/** UTF-16 units of text that the segmenters see past a cut, to judge the border there. */
const CONTEXT = 64;
/** A sentence or line border this early, as a share of the room, leaves too small a passage. */
const EARLIEST_SENTENCE = 1 / 4;
const EARLIEST_WORD = 1 / 2;

const sentences = new Intl.Segmenter('en', { granularity: 'sentence' });
const words = new Intl.Segmenter('en', { granularity: 'word' });
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

export interface Range {
  start: number;
  end: number;
}

/** Cuts at blank lines. A place after a line feed is never inside a grapheme cluster. */
export function paragraphs(text: string): Range[] {
  const ranges: Range[] = [];
  let start = 0;
  for (const match of text.matchAll(/\n[^\S\n]*\n\s*/g)) {
    ranges.push({ start, end: match.index + 1 });
    start = match.index + 1;
  }
  ranges.push({ start, end: text.length });
  return ranges;
}

/**
 * Where to cut a range that is longer than `room`: after the last sentence that fits, else the
 * last line, else before a word, else between grapheme clusters, else between code points.
 *
 * Segmenters are only ever given a window: V8 takes time in proportion to the whole text for each
 * segment, which made a megabyte take minutes.
 */
export function bestCut(text: string, { start, end }: Range, room: number): number {
  const window = text.slice(start, Math.min(end, start + room + CONTEXT));
  const clusters = graphemes.segment(window);
  const candidates = [
    () => lastSentence(window, room),
    () => lastLine(window, room),
    () => lastWord(window, room),
    () => room,
  ];
  for (const candidate of candidates) {
    const at = candidate();
    const cut = at === undefined ? 0 : (clusters.containing(at)?.index ?? at);
    if (cut > 0) return start + cut;
  }
  return start + wholeCodePoint(window, room);
}

/** The range without blank ends, its borders still between grapheme clusters. */
export function trimmed(text: string, range: Range): Range {
  let { start, end } = range;
  while (end > start && isBlank(text, end - 1)) end--;
  while (start < end && isBlank(text, start)) start++;
  if (start === end) return { start, end };
  // A mark after a blank belongs to it, as a blank after a prepended sign does to that.
  if (start > range.start && !isClusterBorder(text, start)) start--;
  if (end < range.end && !isClusterBorder(text, end)) end++;
  return { start, end };
}

function isBlank(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  if (code <= 0x20) return code === 0x20 || (code >= 0x09 && code <= 0x0d);
  return code >= 0xa0 && text.charAt(at).trim() === '';
}

/** For places next to a blank only, where two characters decide. */
function isClusterBorder(text: string, at: number): boolean {
  const before = isLowSurrogate(text, at - 1) ? at - 2 : at - 1;
  const pair = text.slice(Math.max(before, 0), at + 2);
  return graphemes.segment(pair).containing(at - before)?.index === at - before;
}

function lastSentence(window: string, room: number): number | undefined {
  // To the segmenter a line feed ends a sentence; in wrapped text it does not.
  const flowing = window.replaceAll(/[\r\n]/g, ' ');
  return last(sentences.segment(flowing), room, EARLIEST_SENTENCE);
}

function lastLine(window: string, room: number): number | undefined {
  const at = window.lastIndexOf('\n', room - 1) + 1;
  return at >= room * EARLIEST_SENTENCE ? at : undefined;
}

function lastWord(window: string, room: number): number | undefined {
  return last(words.segment(window), room, EARLIEST_WORD);
}

/** Start of the last segment in the room; signs stay with the word before them. */
function last(segments: Intl.Segments, room: number, earliest: number): number | undefined {
  let found: number | undefined;
  for (const { index, isWordLike } of segments) {
    if (index > room) break;
    if (isWordLike !== false && index >= room * earliest) found = index;
  }
  return found;
}

function wholeCodePoint(window: string, room: number): number {
  const splits = isLowSurrogate(window, room) && isHighSurrogate(window, room - 1);
  return splits ? room - 1 : room;
}

function isLowSurrogate(text: string, at: number): boolean {
  return (text.charCodeAt(at) & 0xfc00) === 0xdc00;
}

function isHighSurrogate(text: string, at: number): boolean {
  return (text.charCodeAt(at) & 0xfc00) === 0xd800;
}
