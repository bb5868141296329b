/** What our index takes at each width: all rows exactly, and so many candidates by their bits. */

import type { Page } from 'playwright';
import { ownRow, type OwnRow } from '../results.ts';
import type { Corpus } from '../search/corpora.ts';
import { recallOf, takeTurns, type Entry } from '../search/turns.ts';

/** The first is what the index chooses itself; of 30 it reads the float32 rows anyway. */
const CANDIDATES = [undefined, 30, 100, 300, 1000, 3000, 10_000];

const EXACT: Entry = { name: 'ours', label: 'exact', way: { exact: true }, isSlow: false };

const ENTRIES: readonly Entry[] = [
  EXACT,
  ...CANDIDATES.map((candidates) => ({
    name: 'ours' as const,
    label: `bits/${candidates ?? 'default'}`,
    way: { exact: false, ...(candidates !== undefined && { candidates }) },
    isSlow: false,
  })),
];

/**
 * Rows `{corpus}/{width}/index/{way}`: milliseconds, and the share of the ten nearest by float32 scores
 * of the same width that are found.
 */
export async function speedRows(page: Page, corpus: Corpus, rounds: number): Promise<OwnRow[]> {
  await page.evaluate((corpus) => globalThis.build('ours', corpus), corpus);
  const answers = await takeTurns(page, ENTRIES, rounds, false);
  return ENTRIES.flatMap(({ label }, i) => {
    const shared = { case: `${corpus.name}/${corpus.dimensions}/index/${label}` };
    const recall = recallOf(answers[i]!, answers[0]!);
    return [
      ownRow({ ...shared, metric: 'ms', unit: 'ms', ours: answers[i]!.ms }),
      {
        ...ownRow({ ...shared, metric: 'recall@10, same width', unit: 'share', ours: [recall] }),
        n: answers[i]!.rows.size,
      },
    ];
  });
}
