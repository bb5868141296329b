/** Where the words that a search found stand in a text, in the text's own UTF-16 units. */

import type { Hit } from '../../index.ts';

export interface Span {
  start: number;
  end: number;
}

/** Words too common to mark: seeing them lit up tells nobody anything. */
const COMMON = new Set(
  (
    'a about an and any are as at be been but by can do does for from get has have how i if in into is it its me my no not of on or our ' +
    'so some than that the their them then there they this to was we were what when where which who why will with you your ' +
    'au aux ce ces dans de des du en est et il je la le les ne on ou par pas pour que qui se son sur un une ' +
    'al como con del el es la las lo los mi no o para por que se si su un una y ' +
    'aber als am an auch auf aus bei das dem den der des die ein eine er es für ich im in ist mit nicht oder sich sie und von was wer wie zu'
  ).split(' '),
);
/** Japanese grammar is written in hiragana, its words mostly in kanji and katakana. */
const PARTICLE = /^\p{Script=Hiragana}{1,3}$/u;
/** Written without blanks: what follows such a word may be the next one. */
const RUN_TOGETHER =
  /[\p{scx=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u;
const LETTER = String.raw`[\p{L}\p{N}\p{M}]`;

/**
 * The found words of a snippet, in lower case, but for those too common to tell anything; these too
 * where they alone are why there is a hit.
 */
export function foundWords({ snippet, via }: Pick<Hit, 'snippet' | 'via'>): string[] {
  const { text, marks } = snippet;
  const words = [...new Set(marks.map(([start, end]) => text.slice(start, end).toLowerCase()))];
  const telling = words.filter((word) => !COMMON.has(word) && !PARTICLE.test(word));
  return telling.length === 0 && via === 'lexical' ? words : telling;
}

/** Whole words in scripts that part them, whatever their case; rising, none in another. */
export function spansOf(words: readonly string[], text: string): Span[] {
  if (words.length === 0) return [];
  // Of two that begin alike the longer one.
  const patterns = words.toSorted((a, b) => b.length - a.length).map(patternOf);
  return [...text.matchAll(new RegExp(patterns.join('|'), 'giu'))].map(({ 0: word, index }) => ({
    start: index,
    end: index + word.length,
  }));
}

/** A found word is letters, digits and marks: nothing in it has a meaning to a pattern. */
function patternOf(word: string): string {
  return RUN_TOGETHER.test(word) ? word : `(?<!${LETTER})${word}(?!${LETTER})`;
}
