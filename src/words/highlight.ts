/** Where the words that a search found stand in a text. */

import { fold } from './fold.ts';
import { tokensOf } from './tokens.ts';

/** A range of a text in UTF-16 units: `text.slice(start, end)`. */
export interface Span {
  start: number;
  end: number;
}

/** @param forms folded, as `WordScores.forms` has them: the stem of a word is its forms there */
export function highlight(text: string, forms: ReadonlyMap<string, number>): Span[] {
  if (forms.size === 0) return [];
  const spans: Span[] = [];
  for (const { word, start, end } of tokensOf(text)) {
    if (forms.has(fold(word))) spans.push({ start, end });
  }
  return spans;
}
