/** What a query's scores are like over all rows: what a high score has to stand out from. */

import { listAsked, type Asked } from './asked.ts';
import type { FramedQuery } from './query.ts';
import { scoreList } from './scan.ts';
import type { Space } from './space.ts';

export interface Background {
  mean: number;
  /** Standard deviation. */
  deviation: number;
}

/** The error of a mean of so many is a thirtieth of the deviation. */
const SAMPLE_ROWS = 1000;

/** Of the rows' int8 scores; of 1,000 of them, evenly spread, where there are more. */
export function backgroundOf(
  space: Space,
  rows: number,
  queries: readonly FramedQuery[],
  asked: Asked,
): Background {
  if (asked.count === 0) return { mean: 0, deviation: 0 };
  const all = listAsked(space, rows, asked);
  const step = Math.max(1, all.length / SAMPLE_ROWS);
  const sample = Uint32Array.from(
    { length: Math.min(all.length, SAMPLE_ROWS) },
    (_, i) => all[Math.floor(i * step)]!,
  );
  const scores = scoreList(space, rows, queries, sample);
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  const squares = scores.reduce((sum, score) => sum + (score - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / scores.length) };
}
