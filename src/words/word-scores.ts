/** What a search by words found, row by row. */

import { hasBit } from '../vectors/bitmap.ts';
import { TopK, type Ranked } from '../vectors/top-k.ts';
import type { Matches, Shard } from './matches.ts';

/** Positions of forms in each shard. */
export type Forms = readonly ReadonlySet<number>[];

/** What one word of the query found in each shard, by one kind of likeness. */
export interface Part {
  /** The word, folded. */
  term: string;
  forms: Forms;
  matches: readonly Matches[];
  /** BM25 of each match. */
  scores: readonly Float32Array[];
}

/** What one word of the query gives a row. */
export interface TermScore {
  /** The word, folded. */
  term: string;
  /** What the row has of it, folded: the word, others of its stem, or only words that are like it. */
  forms: string[];
  /** Its part of the row's BM25. */
  score: number;
}

/** What scoring found out, by shard and position of the row. */
export interface Scored {
  /** BM25. */
  scores: readonly Float32Array[];
  /** BM25 with the cube of each word's idf. */
  told: readonly Float32Array[];
  /** The most that `told` could be. */
  toTell: number;
  parts: readonly Part[];
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
        if (!filter || hasBit(filter, row)) best.offer(scores[at]!, row);
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

  /** What a row's BM25 is the sum of: the words of the query that it has, in their order. */
  explain(row: number): TermScore[] {
    const { shard, at } = this.#placeOf(row);
    return this.#scored.parts.flatMap(({ term, forms, matches, scores }) => {
      const match = matches[shard]?.docs.indexOf(at) ?? -1;
      if (match < 0) return [];
      return { term, forms: this.#formsIn(shard, at, forms), score: scores[shard]![match]! };
    });
  }

  #formsIn(shard: number, at: number, forms: Forms): string[] {
    const { segment } = this.#shards[shard]!;
    const docs = new Uint32Array(segment.rows.length);
    const frequencies = new Uint32Array(segment.rows.length);
    const found = [...forms[shard]!].filter((form) =>
      docs.subarray(0, segment.postings(form, docs, frequencies)).includes(at),
    );
    return found.map((form) => segment.forms.at(form));
  }

  #valuesOf(rows: ArrayLike<number>, values: readonly Float32Array[]): Float32Array {
    return Float32Array.from(rows, (row) => {
      const { shard, at } = this.#placeOf(row);
      return values[shard]?.[at] ?? 0;
    });
  }

  /** Which shard has a row, and where; -1 for none. */
  #placeOf(row: number): { shard: number; at: number } {
    const shard = this.#shards.findIndex(({ segment }) => (segment.rows.at(-1) ?? -1) >= row);
    return { shard, at: this.#shards[shard]?.segment.positionOf(row) ?? -1 };
  }
}
