/** The same passages in one index in memory, under the same numbers: what a site's search is compared with. */

import { LexicalIndex } from '../words/index.ts';
import { indexedText, type SitePassage } from './passage.ts';

/** @param numbers as `writeText` gives them */
export async function wholeIndex(
  passages: readonly SitePassage[],
  numbers: Uint32Array,
): Promise<LexicalIndex> {
  const rows = passages
    .map((passage, i) => ({
      row: numbers[i]!,
      text: indexedText(passage),
      language: passage.language,
    }))
    .sort((a, b) => a.row - b.row);
  const index = new LexicalIndex();
  await index.prepare(rows);
  index.add(rows);
  index.vacuum();
  return index;
}
