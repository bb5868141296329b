/** Which living rows of a segment have some forms, and how often. */

import type { Segment } from './segment.ts';

/** A segment, and which of its rows were removed. */
export interface Shard {
  segment: Segment;
  /** 1 for each removed row, by its position. */
  dead: Uint8Array;
  deadRows: number;
}

/** Positions of rows, and how often each has any of the forms. */
export interface Matches {
  docs: Uint32Array;
  frequencies: Uint32Array;
}

/** Collects postings of one shard; its scratch room serves one query. */
export class Gatherer {
  readonly #shard: Shard;
  readonly #docs: Uint32Array;
  readonly #frequencies: Uint32Array;
  /** How often each row has any of the forms of this call; all 0 between calls. */
  readonly #sums: Uint32Array;

  constructor(shard: Shard) {
    const rows = shard.segment.rows.length;
    this.#shard = shard;
    this.#docs = new Uint32Array(rows);
    this.#frequencies = new Uint32Array(rows);
    this.#sums = new Uint32Array(rows);
  }

  /** Rows that have any of the forms count once, with all their occurrences. */
  gather(forms: ReadonlySet<number>): Matches {
    const docs = this.#docs;
    if (forms.size === 1) {
      const [form = 0] = forms;
      return this.#living(this.#shard.segment.postings(form, docs, this.#frequencies));
    }
    const rows = this.#sum(forms);
    return {
      docs: Uint32Array.from(rows),
      frequencies: Uint32Array.from(rows, (doc) => {
        const sum = this.#sums[doc]!;
        this.#sums[doc] = 0;
        return sum;
      }),
    };
  }

  #living(count: number): Matches {
    const { dead, deadRows } = this.#shard;
    let living = count;
    if (deadRows > 0) {
      living = 0;
      for (let i = 0; i < count; i++) {
        if (dead[this.#docs[i]!] === 1) continue;
        this.#docs[living] = this.#docs[i]!;
        this.#frequencies[living++] = this.#frequencies[i]!;
      }
    }
    return { docs: this.#docs.slice(0, living), frequencies: this.#frequencies.slice(0, living) };
  }

  #sum(forms: ReadonlySet<number>): number[] {
    const { segment, dead } = this.#shard;
    const rows: number[] = [];
    for (const form of forms) {
      const count = segment.postings(form, this.#docs, this.#frequencies);
      for (let i = 0; i < count; i++) {
        const doc = this.#docs[i]!;
        if (dead[doc] === 1) continue;
        if (this.#sums[doc] === 0) rows.push(doc);
        this.#sums[doc]! += this.#frequencies[i]!;
      }
    }
    return rows;
  }
}

/** Those matches whose rows are not among `others`. */
export function without(matches: Matches, others: Uint32Array): Matches {
  const excluded = new Set(others);
  const kept = [...matches.docs.keys()].filter((i) => !excluded.has(matches.docs[i]!));
  return {
    docs: Uint32Array.from(kept, (i) => matches.docs[i]!),
    frequencies: Uint32Array.from(kept, (i) => matches.frequencies[i]!),
  };
}

export function rowsOf(matches: readonly Matches[]): number {
  return matches.reduce((sum, { docs }) => sum + docs.length, 0);
}
