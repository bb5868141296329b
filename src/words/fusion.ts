/**
 * Meaning and words as one ranking.
 *
 * Scores are added, not ranks: ranks throw away how sure each side is. On four of the five tasks in
 * docs/benchmarks.md reciprocal rank fusion is worse than the better side alone.
 */

import { TopK, type Ranked } from '../vectors/top-k.ts';

/** A query's scores by meaning, as a vector index gives them. */
export interface DenseScores {
  /** Of the query's scores over the collection; those of a sample of 1,000 rows are good enough. */
  readonly mean: number;
  /** Standard deviation, of the same scores. */
  readonly deviation: number;
  /** The best rows, best first. @param filter one bit a row */
  top(limit: number, filter?: Uint32Array): Ranked | Promise<Ranked>;
  /** The scores of some rows, numbers rising, at the precision of `top`. */
  of(rows: Uint32Array): Float32Array | Promise<Float32Array>;
}

/** A query's scores by words: `WordScores` is one. */
export interface LexicalScores {
  top(limit: number, filter?: Uint32Array): Ranked;
  /** BM25; 0 for rows that do not match. */
  of(rows: Uint32Array): Float32Array;
  /** What part of the query rows have, 0 to 1. */
  coverageOf(rows: Uint32Array): Float32Array;
}

export interface FusionOptions {
  /** Rows wanted. */
  limit: number;
  /** Only these are found: one bit a row. @default all */
  filter?: Uint32Array | undefined;
  /** Rows of each side that are looked at. @default 200, or five times `limit` if that is more */
  candidates?: number | undefined;
  /**
   * `scores` adds deviations from the mean by meaning to what words tell; `ranks` is reciprocal rank
   * fusion (Cormack, Clarke and Büttcher, 2009).
   * @default 'scores'
   */
  by?: 'scores' | 'ranks' | undefined;
}

/** A row with what it was ranked by. */
export interface FusedRow {
  row: number;
  score: number;
  /** By meaning. */
  dense: number;
  /** BM25. */
  words: number;
}

const CANDIDATES = 200;
/** As its authors chose it. */
const RANK_CONSTANT = 60;
/**
 * What words may add, in deviations by meaning: a quarter of BM25, but no more than this times the
 * square of the part of the query that a row has. A long text shares common words with any text of
 * its language; only who has much of what it tells is like it. Both learnt on the benchmark's
 * training half (`npm run bench:words -- --split train`).
 */
const WORDS_WEIGHT = 0.25;
const COVERAGE_WEIGHT = 160;

/** The `limit` best rows of both sides, best first; equal scores by row number. */
export async function fuse(
  dense: DenseScores,
  words: LexicalScores,
  { limit, filter, candidates = Math.max(CANDIDATES, 5 * limit), by = 'scores' }: FusionOptions,
): Promise<FusedRow[]> {
  const sides = [await dense.top(candidates, filter), words.top(candidates, filter)] as const;
  const rows = Uint32Array.from(new Set([...sides[0].rows, ...sides[1].rows])).sort();
  const parts = { dense: await dense.of(rows), words: words.of(rows) };
  const scores =
    by === 'ranks' ? rankScores(rows, sides) : sumScores(parts, words.coverageOf(rows), dense);
  const best = new TopK(Math.min(limit, rows.length));
  // Rounded as it is kept.
  for (const [i, score] of scores.entries()) best.offer(Math.fround(score), i);
  const kept = best.drain();
  return [...kept.rows].map((i, rank) => ({
    row: rows[i]!,
    score: kept.scores[rank]!,
    dense: parts.dense[i]!,
    words: parts.words[i]!,
  }));
}

/** Deviations from the mean by meaning, plus what words tell. */
function sumScores(
  parts: { dense: Float32Array; words: Float32Array },
  coverage: Float32Array,
  { mean, deviation }: DenseScores,
): number[] {
  // All rows alike by meaning: it tells nothing.
  const scale = deviation > 0 ? 1 / deviation : 0;
  return Array.from(parts.dense, (score, i) => {
    const told = Math.min(WORDS_WEIGHT * parts.words[i]!, COVERAGE_WEIGHT * coverage[i]! ** 2);
    return (score - mean) * scale + told;
  });
}

function rankScores(rows: Uint32Array, sides: readonly Ranked[]): number[] {
  const scores = new Map<number, number>();
  for (const side of sides) {
    for (const [rank, row] of side.rows.entries()) {
      scores.set(row, (scores.get(row) ?? 0) + 1 / (RANK_CONSTANT + rank + 1));
    }
  }
  return Array.from(rows, (row) => scores.get(row)!);
}
