import { TopK, type Ranked } from '../vectors/top-k.ts';
import type { Shard } from './matches.ts';

/** What scoring found out, by shard and position of the row. */
export interface Scored {
  /** BM25. */
  scores: readonly Float32Array[];
  /** BM25 with the cube of each word's idf. */
  told: readonly Float32Array[];
  /** The most that `told` could be. */
  toTell: number;
  forms: ReadonlyMap<string, number>;
}

/** The scores of one query. Every row has one, 0 where nothing matches. */
export class WordScores {
  /** Forms that matched, folded, with how much each tells: `highlight` finds them in a text. */
  readonly forms: ReadonlyMap<string, number>;
  readonly #shards: readonly Shard[];
  readonly #scored: Scored;

  constructor(shards: readonly Shard[], scored: Scored) {
    this.#shards = shards;
    this.#scored = scored;
    this.forms = scored.forms;
  }

  /**
   * The `limit` best of the rows that match, best first; equal scores by row number.
   * @param filter one bit a row, bit `row % 32` of word `row >>> 5`: rows without it are left out
   */
  top(limit: number, filter?: Uint32Array): Ranked {
    const rows = this.#scored.scores.reduce((sum, { length }) => sum + length, 0);
    const best = new TopK(Math.min(limit, rows));
    for (const [i, { segment }] of this.#shards.entries()) {
      const scores = this.#scored.scores[i]!;
      for (let at = 0; at < scores.length; at++) {
        if (scores[at] === 0) continue;
        const row = segment.rows[at]!;
        if (!filter || has(filter, row)) best.offer(scores[at]!, row);
      }
    }
    return best.drain();
  }

  /** BM25 of some rows, in their order; 0 for one that does not match or is not there. */
  of(rows: ArrayLike<number>): Float32Array {
    return this.#valuesOf(rows, this.#scored.scores);
  }

  /**
   * What part of the query some rows have, 0 to 1, where a rare word is far more of it than a common
   * one: each counts with the cube of its idf, and with its saturation as in BM25.
   */
  coverageOf(rows: ArrayLike<number>): Float32Array {
    const { told, toTell } = this.#scored;
    return this.#valuesOf(rows, told).map((value) => (toTell > 0 ? value / toTell : 0));
  }

  #valuesOf(rows: ArrayLike<number>, values: readonly Float32Array[]): Float32Array {
    return Float32Array.from(rows, (row) => {
      const i = this.#shards.findIndex(({ segment }) => (segment.rows.at(-1) ?? -1) >= row);
      const at = this.#shards[i]?.segment.positionOf(row) ?? -1;
      return values[i]?.[at] ?? 0;
    });
  }
}

function has(bits: Uint32Array, row: number): boolean {
  return ((bits[row >>> 5] ?? 0) & (1 << (row & 31))) !== 0;
}
