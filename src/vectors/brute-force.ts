import { dot } from './dot.ts';
import { TopK, type Ranked } from './top-k.ts';

/** A test fixture: the best of all rows by float32 scores, ties by row number. */
export function bruteForce(
  rows: Float32Array,
  query: Float32Array,
  k: number,
  { has = () => true, minScore = Number.NEGATIVE_INFINITY }: BruteForceOptions = {},
): Ranked {
  const count = rows.length / query.length;
  const best = new TopK(Math.min(k, count));
  for (let row = 0; row < count; row++) {
    const score = dot(query, rows, row * query.length);
    if (has(row) && score >= minScore) best.offer(score, row);
  }
  return best.drain();
}

interface BruteForceOptions {
  /** Whether a row may be found. @default every row */
  has?: (row: number) => boolean;
  minScore?: number;
}
