/** Who has which values in one field. */

import type { MetadataValue } from '../../contract/index.ts';
import { subtract, unite, type Bitmap } from '../../vectors/bitmap.ts';
import { boundOf, SortedColumn } from './column.ts';
import type { Ordered, Range, Scalar, Test } from './expression.ts';
import { Runs } from './runs.ts';

export class FieldIndex {
  readonly #strings = new Map<string, Runs>();
  readonly #items = new Map<string, Runs>();
  readonly #booleans = { true: new Runs(), false: new Runs() };
  readonly #numbers = new SortedColumn();
  readonly #dates = new SortedColumn();
  /** Rows with any value but null. */
  readonly #present = new Runs();
  /** The keys of `#strings` in order; made when a range of them is asked for. */
  #order: string[] | undefined;

  /** Rows `first` up to `end` have `value`; rows rise. */
  add(value: MetadataValue, first: number, end: number): void {
    if (value === null) return;
    this.#present.add(first, end);
    if (typeof value === 'string') {
      if (!this.#strings.has(value)) this.#order = undefined;
      runsOf(this.#strings, value).add(first, end);
    } else if (typeof value === 'number') this.#numbers.add(value, first, end);
    else if (typeof value === 'boolean') this.#booleans[`${value}`].add(first, end);
    else if (value instanceof Date) this.#dates.add(value.getTime(), first, end);
    else for (const item of value) runsOf(this.#items, item).add(first, end);
  }

  /** Adds to `bits` the rows that pass. @param live all rows that are there */
  addTo(bits: Bitmap, test: Test, live: Bitmap): void {
    switch (test.operator) {
      case 'eq':
        this.#equal(bits, test.operand, live);
        break;
      case 'in':
        for (const value of new Set(test.operand)) this.#equal(bits, value, live);
        break;
      case 'contains':
        this.#items.get(test.operand)?.addTo(bits);
        break;
      case 'range':
        this.#range(bits, test);
    }
  }

  #equal(bits: Bitmap, value: Scalar, live: Bitmap): void {
    if (value === null) this.#absent(bits, live);
    else if (typeof value === 'string') this.#strings.get(value)?.addTo(bits);
    else if (typeof value === 'boolean') this.#booleans[`${value}`].addTo(bits);
    else {
      const bound = { value, closed: true };
      this.#range(bits, { low: bound, high: bound });
    }
  }

  #absent(bits: Bitmap, live: Bitmap): void {
    const absent = live.slice();
    const present: Bitmap = new Uint32Array(live.length);
    this.#present.addTo(present);
    subtract(absent, present);
    unite(bits, absent);
  }

  #range(bits: Bitmap, range: Range): void {
    const value = (range.low ?? range.high)?.value;
    if (typeof value === 'string') this.#texts(bits, range);
    else if (value instanceof Date) this.#dates.addRange(bits, range);
    else this.#numbers.addRange(bits, range);
  }

  #texts(bits: Bitmap, { low, high }: Range): void {
    const order = (this.#order ??= [...this.#strings.keys()].sort());
    const valueAt = (at: number): Ordered => order[at]!;
    const end = high ? boundOf(order.length, valueAt, high, high.closed) : order.length;
    for (let at = low ? boundOf(order.length, valueAt, low, !low.closed) : 0; at < end; at++) {
      this.#strings.get(order[at]!)?.addTo(bits);
    }
  }
}

function runsOf(map: Map<string, Runs>, key: string): Runs {
  let runs = map.get(key);
  if (!runs) {
    runs = new Runs();
    map.set(key, runs);
  }
  return runs;
}
