/** Where the words that a search found stand in a text. */

import { fold } from './fold.ts';
import { tokensOf } from './tokens.ts';

/** A range of a text in UTF-16 units: `text.slice(start, end)`. */
export interface WordSpan {
  start: number;
  end: number;
  /** How much the word tells: its idf, less for one that is only like the query's. */
  weight: number;
}

/**
 * In the order of the text.
 * @param forms folded, as `WordScores.forms` has them: the stem of a word is its forms there
 */
export function highlight(text: string, forms: ReadonlyMap<string, number>): WordSpan[] {
  if (forms.size === 0) return [];
  const spans: WordSpan[] = [];
  for (const { word, start, end } of tokensOf(text)) {
    const weight = forms.get(fold(word));
    if (weight !== undefined) spans.push({ start, end, weight });
  }
  return spans;
}
