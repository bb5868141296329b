/** Words of a text with their places, in UTF-16 units. */

import { PARTS, runsTogether, STRETCH } from './scripts.ts';

export interface Token {
  /** As it is written. */
  word: string;
  start: number;
  end: number;
}

/** What is longer is no word, and would only fill the index. */
const LONGEST = 64;

/**
 * UTF-16 units that the segmenter is given at once: V8 takes time in proportion to the whole text for
 * each word of it.
 */
const WINDOW = 1024;

let segmenter: Intl.Segmenter | undefined;

/**
 * Stretches of letters, digits and their marks; apostrophes, hyphens and the like part words. Scripts
 * without blanks go through `Intl.Segmenter`, whose dictionaries know their words whatever the
 * language it is made for. What is longer than 64 units is left out.
 */
export function* tokensOf(text: string): Generator<Token> {
  // Of its own, since whoever takes the tokens may look at another text meanwhile.
  const stretches = new RegExp(STRETCH);
  for (let match = stretches.exec(text); match; match = stretches.exec(text)) {
    const [word] = match;
    if (runsTogether(word)) yield* mixed(word, match.index);
    else if (word.length <= LONGEST) {
      yield { word, start: match.index, end: match.index + word.length };
    }
  }
}

/** A stretch in which scripts with and without blanks may follow each other. */
function* mixed(stretch: string, start: number): Generator<Token> {
  for (const { 0: part, index } of stretch.matchAll(PARTS)) {
    if (runsTogether(part)) yield* segmented(part, start + index);
    else if (part.length <= LONGEST) {
      yield { word: part, start: start + index, end: start + index + part.length };
    }
  }
}

/** Window by window, each from the last border of which the one before saw enough behind it. */
function* segmented(stretch: string, start: number): Generator<Token> {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'word' });
  let from = 0;
  while (from < stretch.length) {
    const window = stretch.slice(from, from + WINDOW);
    const sure = from + WINDOW < stretch.length ? WINDOW - LONGEST : WINDOW;
    let seen = 0;
    for (const { segment, index, isWordLike } of segmenter.segment(window)) {
      if (index > 0 && index + segment.length > sure) break;
      seen = index + segment.length;
      if (isWordLike !== true || segment.length > LONGEST) continue;
      yield { word: segment, start: from + start + index, end: from + start + seen };
    }
    from += seen;
  }
}
