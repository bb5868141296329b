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
  return packed(fitting(text, room), room).map(({ start, end }) => ({
    text: text.slice(start, end),
    start,
    end,
  }));
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
  for (const paragraph of paragraphs(text)) {
    let rest = trimmed(text, paragraph);
    while (rest.end - rest.start > room) {
      const cut = bestCut(text, rest, room);
      const piece = trimmed(text, { start: rest.start, end: cut });
      if (piece.end > piece.start) yield piece;
      rest = trimmed(text, { start: cut, end: rest.end });
    }
    if (rest.end > rest.start) yield rest;
  }
}

function packed(ranges: Iterable<Range>, room: number): Range[] {
  const passages: Range[] = [];
  for (const { start, end } of ranges) {
    const open = passages.at(-1);
    if (open && end - open.start <= room) open.end = end;
    else passages.push({ start, end });
  }
  return passages;
}

/** Start and end of each passage, one after the other, as they are stored. */
export function cutSpans(text: string, room: number): Uint32Array<ArrayBuffer> {
  return Uint32Array.from(cutPassages(text, room).flatMap(({ start, end }) => [start, end]));
}
