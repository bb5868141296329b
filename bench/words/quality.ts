/** How well each way of searching answers the labelled queries. */

import { fuse, LexicalIndex, type WordScores } from '../../src/words/index.ts';
import { toRow, type ResultRow } from '../results.ts';
import { exactScores, type ExactScores } from './exact.ts';
import type { Task } from './tasks.ts';

export interface Quality {
  /** Discounted gain of the first ten, over the most there could be. */
  'nDCG@10': number;
  /** Share of the relevant rows among the first, and among the first ten, of those that fit there. */
  'recall@1': number;
  'recall@10': number;
}

const K = 10;
const METRICS = ['nDCG@10', 'recall@1', 'recall@10'] as const;

/** Rows, best first. */
type Ranker = (
  dense: ExactScores,
  words: WordScores,
  filter: Uint32Array | undefined,
) => ArrayLike<number> | Promise<ArrayLike<number>>;

export const WAYS = {
  meaning: (dense, _, filter) => dense.top(K, filter).rows,
  words: (_, words, filter) => words.top(K, filter).rows,
  'z + 0.2 BM25': (dense, words, filter) => simplySummed(dense, words, filter),
  'fused by ranks': (dense, words, filter) => fusedRows(dense, words, filter, 'ranks'),
  fused: (dense, words, filter) => fusedRows(dense, words, filter, 'scores'),
} as const satisfies Record<string, Ranker>;

export type Way = keyof typeof WAYS;

async function fusedRows(
  dense: ExactScores,
  words: WordScores,
  filter: Uint32Array | undefined,
  by: 'scores' | 'ranks',
): Promise<number[]> {
  return (await fuse(dense, words, { limit: K, filter, by })).map(({ row }) => row);
}

/** What fusion started from: BM25 counts the same however much of the query it is. */
function simplySummed(
  dense: ExactScores,
  words: WordScores,
  filter: Uint32Array | undefined,
): number[] {
  const candidates = [...dense.top(200, filter).rows, ...words.top(200, filter).rows];
  const rows = Uint32Array.from(new Set(candidates)).sort();
  const [cosines, scores] = [dense.of(rows), words.of(rows)];
  const sum = (i: number): number =>
    (cosines[i]! - dense.mean) / dense.deviation + 0.2 * scores[i]!;
  const order = [...rows.keys()].sort((a, b) => sum(b) - sum(a));
  return order.slice(0, K).map((i) => rows[i]!);
}

/** Means over the task's queries. */
export async function measure(task: Task): Promise<Record<Way, Quality>> {
  const index = await indexOf(task);
  const ways = Object.keys(WAYS) as Way[];
  const sums = Object.fromEntries(
    ways.map((way) => [way, { 'nDCG@10': 0, 'recall@1': 0, 'recall@10': 0 }]),
  ) as Record<Way, Quality>;
  const width = task.queryVectors.length / task.queries.length;
  for (const [i, { text, language }] of task.queries.entries()) {
    const vector = task.queryVectors.subarray(i * width, (i + 1) * width);
    const dense = exactScores(task.documentVectors, vector);
    const words = index.search(text, { language });
    for (const way of ways) {
      const rows = await WAYS[way](dense, words, task.filters?.[i]);
      const quality = qualityOf(Array.from(rows), new Set(task.relevant[i]));
      for (const metric of METRICS) sums[way][metric] += quality[metric] / task.queries.length;
    }
  }
  return sums;
}

async function indexOf({ documents }: Task): Promise<LexicalIndex> {
  const index = new LexicalIndex();
  await index.prepare(documents);
  index.add(documents.map((document, row) => ({ row, ...document })));
  return index;
}

export function qualityOf(rows: readonly number[], relevant: ReadonlySet<number>): Quality {
  const gain = (rank: number): number => 1 / Math.log2(rank + 2);
  const most = Math.min(relevant.size, K);
  const hits = rows.slice(0, K).map((row) => relevant.has(row));
  const found = hits.reduce((sum, hit, rank) => sum + (hit ? gain(rank) : 0), 0);
  const ideal = Array.from({ length: most }, (_, rank) => gain(rank)).reduce((a, b) => a + b, 0);
  return {
    'nDCG@10': found / ideal,
    'recall@1': hits[0] === true ? 1 : 0,
    'recall@10': hits.filter(Boolean).length / most,
  };
}

/** The fusion beside each other way. */
export function toRows(name: string, queries: number, all: Record<Way, Quality>): ResultRow[] {
  const rivals = (Object.keys(WAYS) as Way[]).filter((way) => way !== 'fused');
  return rivals.flatMap((rival) =>
    METRICS.map((metric) => ({
      ...toRow({
        case: name,
        metric,
        unit: 'share',
        rival,
        ours: [all.fused[metric]],
        theirs: [all[rival][metric]],
        better: 'higher',
      }),
      n: queries,
    })),
  );
}
