/** Numbers of rows in order of value, so that a range of values is a range of the column. */

import { setRange, type Bitmap } from '../../vectors/bitmap.ts';
import type { Bound, Ordered, Range } from './expression.ts';

/** A number, and the rows `first` up to `end` that have it. */
interface Entry {
  value: number;
  first: number;
  end: number;
}

export class SortedColumn {
  readonly #entries: Entry[] = [];
  /** Entries from here on were added since the last look. */
  #sorted = 0;

  add(value: number, first: number, end: number): void {
    this.#entries.push({ value, first, end });
  }

  /** Adds to `bits` the rows whose values lie in the range. */
  addRange(bits: Bitmap, { low, high }: Range): void {
    this.#sort();
    const { length } = this.#entries;
    const valueAt = (at: number): Ordered => this.#entries[at]!.value;
    const end = high ? boundOf(length, valueAt, high, high.closed) : length;
    for (let at = low ? boundOf(length, valueAt, low, !low.closed) : 0; at < end; at++) {
      setRange(bits, this.#entries[at]!.first, this.#entries[at]!.end);
    }
  }

  /** Engines sort by merging runs, so entries that were sorted before cost one pass. */
  #sort(): void {
    if (this.#sorted === this.#entries.length) return;
    this.#entries.sort((a, b) => a.value - b.value);
    this.#sorted = this.#entries.length;
  }
}

/**
 * Of `length` values in order, the first that is not less than the bound's, or with `past` the first
 * that is more.
 */
export function boundOf(
  length: number,
  valueAt: (at: number) => Ordered,
  { value }: Bound,
  past: boolean,
): number {
  // Dates compare as their numbers, which the column holds.
  const wanted = value instanceof Date ? value.getTime() : value;
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const found = valueAt(middle);
    if (found < wanted || (past && found === wanted)) low = middle + 1;
    else high = middle;
  }
  return low;
}
