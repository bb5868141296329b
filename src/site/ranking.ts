/** From what words and vectors of a site found to passages in one order. */

import type { SitePassageHit } from '../contract/index.ts';
import { hasBit } from '../vectors/bitmap.ts';
import { TopK, type Ranked } from '../vectors/top-k.ts';
import { fuse, type DenseScores } from '../words/index.ts';
import type { TextAnswer, TextReader } from './text-reader.ts';

/** A passage with what it is ranked by. */
export type RankedPassage = Pick<SitePassageHit, 'id' | 'score' | 'via'>;

/** What a search in a site's vectors found out. */
export interface FoundMeaning {
  /** All rows that were scored, in any order. */
  scored: { rows: Uint32Array; scores: Float32Array };
  /** Mean and standard deviation of the query's scores over all rows. */
  mean: number;
  deviation: number;
}

/** Passages of each side that are looked at. */
const CANDIDATES = 200;

export function rankByWords({ hits }: Pick<TextAnswer, 'hits'>): RankedPassage[] {
  return hits.map(({ id, score }) => ({ id, score, via: 'words' }));
}

/**
 * Best first, as a collection's hybrid search ranks them, but that vectors which were not read have no
 * score of their own: see `SomeScores`.
 *
 * @param weights what scores of a passage are multiplied with
 * @param mask only these passages, one bit each
 */
export async function rankByBoth(
  { words }: Pick<TextAnswer, 'words'>,
  meaning: FoundMeaning,
  weights: Pick<TextReader, 'weightOf'>,
  mask: Uint32Array | undefined,
): Promise<RankedPassage[]> {
  const dense = new SomeScores(meaning);
  const rows = await fuse(dense, words, { limit: CANDIDATES, filter: mask });
  const ranked = rows.map(({ row, score, words: bm25 }): RankedPassage => {
    const weight = weights.weightOf(row);
    const found = dense.has(row) ? 'meaning' : 'words';
    return {
      id: row,
      score: score > 0 ? score * weight : score / weight,
      via: found === 'meaning' && bm25 > 0 ? 'both' : found,
    };
  });
  return ranked.sort((a, b) => b.score - a.score || a.id - b.id);
}

/**
 * The scores of the rows that were read. Of any other it is known that its cell or its short codes
 * promised less than those of rows that were read: it counts as the worst of them.
 */
class SomeScores implements DenseScores {
  readonly mean: number;
  readonly deviation: number;
  readonly #scores: ReadonlyMap<number, number>;
  readonly #worst: number;

  constructor({ scored, mean, deviation }: FoundMeaning) {
    this.mean = mean;
    this.deviation = deviation;
    const pairs = Array.from(scored.rows, (row, i) => [row, scored.scores[i]!] as const);
    this.#scores = new Map(pairs.sort(([a], [b]) => a - b));
    this.#worst = scored.scores.reduce((a, b) => Math.min(a, b), Infinity);
  }

  has(row: number): boolean {
    return this.#scores.has(row);
  }

  top(limit: number, filter?: Uint32Array): Ranked {
    const best = new TopK(Math.min(limit, this.#scores.size));
    for (const [row, score] of this.#scores) {
      if (!filter || hasBit(filter, row)) best.offer(score, row);
    }
    return best.drain();
  }

  of(rows: Uint32Array): Float32Array {
    const unknown = this.#scores.size > 0 ? this.#worst : this.mean;
    return Float32Array.from(rows, (row) => this.#scores.get(row) ?? unknown);
  }
}
