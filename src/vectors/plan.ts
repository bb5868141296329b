/** How a search goes about it. */

import { LIST_ROWS } from './space.ts';

/**
 * How the answer was found.
 *
 * - `exact`: all rows' int8 scores and their bounds, float32 scores of all that can be among the best
 * - `bits`: Hamming distances of all rows' sign bits, int8 scores of the nearest, float32 scores of
 *   the best of those
 */
export type Mode = 'exact' | 'bits';

/** Up to so many rows to search, a scan of int8 is quick enough: about a millisecond. */
const EXACT_ROWS = 20_000;

/** A scan of int8 reads 8 times what a scan of bits does: more candidates than 1 in 8 are no gain. */
const CANDIDATE_SHARE = 1 / 8;

export interface Plan {
  mode: Mode;
  /** Rows chosen by their bits; 0 where the mode is exact. */
  candidates: number;
  /** Rows chosen by their int8 scores. */
  rescored: number;
}

/** Of the root of k and of the rows, with rows of 1,024 bits: 400 candidates for 10 of 100,000. */
const CANDIDATES = 0.4;

/**
 * How many more the fewer bits a row has. Measured on 117,791 glosses of WordNet of width 384, asked by
 * sentences, whose vectors lie beside those of glosses: 0.997 of the ten nearest take some 5,000
 * candidates (docs/benchmarks.md).
 */
const NARROWNESS = 2.5;

/** Rows to choose by their bits; of narrow rows soon so many that an exact search reads no more. */
function candidatesFor(k: number, rows: number, width: number): number {
  const narrowness = Math.max(1, 1024 / width) ** NARROWNESS;
  return Math.ceil(CANDIDATES * Math.sqrt(k * rows) * narrowness);
}

/** Rows whose float32 scores decide, of the best by int8 scores. */
function rescoredCount(k: number): number {
  return 2 * k + 10;
}

/**
 * @param rows that the search may find
 * @param exact true: exact; false: by bits, with no more candidates than are quicker; undefined: exact
 * where that is quick, or where too few candidates would be left
 */
export function planOf(
  k: number,
  rows: number,
  width: number,
  exact: boolean | undefined,
  candidates: number | undefined,
): Plan {
  const rescored = rescoredCount(k);
  const most = Math.min(Math.floor(rows * CANDIDATE_SHARE), LIST_ROWS);
  const own = candidatesFor(k, rows, width);
  const chosen = candidates ?? (exact === false ? Math.min(own, most) : own);
  const wanted = Math.max(chosen, rescored);
  const isExact = exact ?? rows <= EXACT_ROWS;
  if (isExact || wanted > most) return { mode: 'exact', candidates: 0, rescored: 0 };
  return { mode: 'bits', candidates: wanted, rescored };
}
