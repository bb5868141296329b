import { NearfieldError } from '../contract/index.ts';
import { dot } from './dot.ts';
import { TopK, type Ranked } from './top-k.ts';

/**
 * Exact search over rows x dimensions in one buffer. Row numbers are given in the order of adding
 * and never reused; a removed row is a tombstone that keeps its place.
 */
export class ExactIndex {
  readonly dimensions: number;
  #data: Float32Array<ArrayBuffer>;
  #dead: Uint8Array<ArrayBuffer>;
  #rows = 0;
  #deadRows = 0;

  /**
   * @param dimensions values in a row
   * @param capacity rows to make room for at once. @default 0
   */
  constructor(dimensions: number, capacity = 0) {
    if (!Number.isInteger(dimensions) || dimensions < 1) {
      throw badInput(`dimensions must be a whole number above 0, got ${dimensions}`);
    }
    this.dimensions = dimensions;
    this.#data = new Float32Array(capacity * dimensions);
    this.#dead = new Uint8Array(capacity);
  }

  /** Rows added so far, removed ones counted in. */
  get rows(): number {
    return this.#rows;
  }

  /** Rows that search can find. */
  get live(): number {
    return this.#rows - this.#deadRows;
  }

  /** Appends rows x dimensions finite values; gives the number of the first row. */
  add(rows: Float32Array): number {
    const count = rows.length / this.dimensions;
    if (!Number.isInteger(count)) {
      throw badInput(`${rows.length} values are no whole number of rows of ${this.dimensions}`);
    }
    const wrong = firstNotFinite(rows);
    if (wrong >= 0) {
      throw badInput(`value ${wrong % this.dimensions} is ${rows[wrong]}`, {
        index: Math.floor(wrong / this.dimensions),
      });
    }
    this.#reserve(this.#rows + count);
    this.#data.set(rows, this.#rows * this.dimensions);
    const first = this.#rows;
    this.#rows += count;
    return first;
  }

  /** Gives whether the row was there. */
  remove(row: number): boolean {
    if (!Number.isInteger(row) || row < 0 || row >= this.#rows || this.#dead[row] === 1) {
      return false;
    }
    this.#dead[row] = 1;
    this.#deadRows++;
    return true;
  }

  /** Copies rows `first` up to `end`, removed ones too. */
  slice(first: number, end: number): Float32Array<ArrayBuffer> {
    return this.#data.slice(first * this.dimensions, Math.min(end, this.#rows) * this.dimensions);
  }

  /**
   * The `k` rows with the largest dot product; fewer when there are not so many.
   *
   * @param query `dimensions` finite values
   * @param k a whole number above 0; more than there are rows is fine
   * @param minScore rows that score below are left out. @default none
   */
  search(query: Float32Array, k: number, minScore: number = Number.NEGATIVE_INFINITY): Ranked {
    this.#assertQuery(query, k, minScore);
    const best = new TopK(Math.min(k, this.live));
    const data = this.#data;
    const dead = this.#dead;
    const { dimensions } = this;
    for (let row = 0, start = 0; row < this.#rows; row++, start += dimensions) {
      if (dead[row] === 1) continue;
      const score = dot(query, data, start);
      if (score >= minScore) best.offer(score, row);
    }
    return best.drain();
  }

  #assertQuery(query: Float32Array, k: number, minScore: number): void {
    if (query.length !== this.dimensions) {
      throw badInput(`the query has ${query.length} values, the index ${this.dimensions}`);
    }
    if (firstNotFinite(query) >= 0) {
      throw badInput('the query has a value that is not finite');
    }
    if (!Number.isInteger(k) || k < 1) {
      throw badInput(`k must be a whole number above 0, got ${k}`);
    }
    if (Number.isNaN(minScore)) throw badInput('minScore must be a number, got NaN');
  }

  /** Grows by half, so that adding row by row copies each row a few times and wastes a third. */
  #reserve(rows: number): void {
    if (rows <= this.#dead.length) return;
    const capacity = Math.max(rows, Math.ceil(this.#dead.length * 1.5));
    const data = new Float32Array(capacity * this.dimensions);
    data.set(this.#data.subarray(0, this.#rows * this.dimensions));
    const dead = new Uint8Array(capacity);
    dead.set(this.#dead);
    this.#data = data;
    this.#dead = dead;
  }
}

/** A callback for each value would take longer than the copy. */
function firstNotFinite(values: Float32Array): number {
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) return i;
  }
  return -1;
}

function badInput(message: string, options: { index?: number } = {}): NearfieldError {
  return new NearfieldError('bad-input', `Vector index: ${message}.`, options);
}
