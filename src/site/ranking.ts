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
  /** About the score of a row, by its sketch. */
  estimate: (sketch: Uint8Array) => number | undefined;
}

/** Passages of each side that are looked at. */
const CANDIDATES = 200;

/**
 * Of the best by words, those whose meaning is looked up where no file of vectors told of it.
 */
const LOOKED_UP = 20;

export function rankByWords({ hits }: Pick<TextAnswer, 'hits'>): RankedPassage[] {
  return hits.map(({ id, score }) => ({ id, score, via: 'words' }));
}

/**
 * Best first, as a collection's hybrid search ranks them; but of vectors that were not read, sketches
 * tell the score of the best by words, and of others it is only known that it is not among the best.
 * Throws `aborted`.
 *
 * @param mask only these passages, one bit each
 */
export async function rankByBoth(
  reader: Pick<TextReader, 'sketches' | 'weightOf'>,
  { words }: Pick<TextAnswer, 'words'>,
  found: FoundMeaning,
  { mask, signal }: { mask?: Uint32Array | undefined; signal?: AbortSignal | undefined },
): Promise<RankedPassage[]> {
  const ids = [...words.top(LOOKED_UP, mask).rows];
  const sketches = await reader.sketches(ids, signal);
  const estimates = new Map<number, number>();
  for (const [i, sketch] of sketches.entries()) {
    const estimate = sketch && found.estimate(sketch);
    if (estimate !== undefined) estimates.set(ids[i]!, estimate);
  }
  const dense = new SomeScores(found, estimates);
  const rows = await fuse(dense, words, { limit: CANDIDATES, filter: mask });
  const ranked = rows.map(({ row, score, words: bm25 }): RankedPassage => {
    const weight = reader.weightOf(row);
    const via = dense.has(row) ? (bm25 > 0 ? 'both' : 'meaning') : 'words';
    return { id: row, score: score > 0 ? score * weight : score / weight, via };
  });
  return ranked.sort((a, b) => b.score - a.score || a.id - b.id);
}

class SomeScores implements DenseScores {
  readonly mean: number;
  readonly deviation: number;
  readonly #scores: ReadonlyMap<number, number>;
  readonly #estimates: ReadonlyMap<number, number>;
  readonly #worst: number;

  constructor({ scored, mean, deviation }: FoundMeaning, estimates: ReadonlyMap<number, number>) {
    this.mean = mean;
    this.deviation = deviation;
    const pairs = Array.from(scored.rows, (row, i) => [row, scored.scores[i]!] as const);
    this.#scores = new Map(pairs.sort(([a], [b]) => a - b));
    this.#estimates = estimates;
    this.#worst = scored.scores.reduce((a, b) => Math.min(a, b), Infinity);
  }

  /** Whether its vector was read. */
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

  /** A row of which nothing is known counts as the worst of those that were read. */
  of(rows: Uint32Array): Float32Array {
    const unknown = this.#scores.size > 0 ? this.#worst : this.mean;
    return Float32Array.from(
      rows,
      (row) => this.#scores.get(row) ?? this.#estimates.get(row) ?? unknown,
    );
  }
}
