/** How high queries rank their answers, and what share of the answers they rank high enough. */

import type { RecallTask } from './tasks.ts';

/**
 * For each query, how many documents are nearer to it than each of its answers; 0 for the nearest.
 *
 * @param documents unit rows of `width`
 * @param queries unit rows of `width`
 */
export function ranksOf(
  task: RecallTask,
  documents: Float32Array,
  queries: Float32Array,
  width: number,
): number[][] {
  return task.queries.map(({ answers }, row) => {
    const query = queries.subarray(row * width, (row + 1) * width);
    const scores = task.documents.map((_, document) => dot(query, documents, document * width));
    return answers.map((answer) => scores.filter((score) => score > scores[answer]!).length);
  });
}

/** Share of a query's answers that are among the `k` nearest, as a mean over the queries. */
export function recallAt(k: number, ranks: readonly (readonly number[])[]): number {
  const shares = ranks.map((own) => own.filter((rank) => rank < k).length / own.length);
  return shares.reduce((sum, share) => sum + share, 0) / shares.length;
}

function dot(query: Float32Array, documents: Float32Array, at: number): number {
  let sum = 0;
  for (let i = 0; i < query.length; i++) sum += query[i]! * documents[at + i]!;
  return sum;
}
