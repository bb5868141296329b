/** Which rows pass a filter, answered as a bitmap before anything is scored. */

import type { Metadata } from '../../contract/index.ts';
import {
  clearBit,
  emptyBitmap,
  hasBit,
  intersect,
  setRange,
  subtract,
  unite,
  type Bitmap,
} from '../../vectors/bitmap.ts';
import type { Expression } from './expression.ts';
import { FieldIndex } from './field.ts';

/**
 * The metadata of rows, by field and value. Rows are added in rising order, as `Table` gives their
 * numbers; a table that was compacted takes a new index.
 */
export class MetadataIndex {
  readonly #fields = new Map<string, FieldIndex>();
  #live: Bitmap = emptyBitmap(0);
  #rows = 0;

  /** One past the greatest row. */
  get rows(): number {
    return this.#rows;
  }

  /** Rows `first` up to `first + count` belong to a document with this metadata. */
  add(first: number, count: number, metadata: Metadata = {}): void {
    const end = first + count;
    this.#reserve(end);
    setRange(this.#live, first, end);
    for (const [name, value] of Object.entries(metadata)) this.#field(name).add(value, first, end);
  }

  /** Gives whether the row was there. */
  remove(row: number): boolean {
    const was = hasBit(this.#live, row);
    if (was) clearBit(this.#live, row);
    return was;
  }

  /** Rows that are there and pass. A field that a row does not have equals null. */
  evaluate(expression: Expression): Bitmap {
    const live = this.#live.slice(0, Math.ceil(this.#rows / 32));
    const bits = this.#bitsOf(expression, live);
    intersect(bits, live);
    return bits;
  }

  /** May hold rows that are not there any more. */
  #bitsOf(expression: Expression, live: Bitmap): Bitmap {
    switch (expression.kind) {
      case 'test': {
        const bits: Bitmap = new Uint32Array(live.length);
        const field = this.#fields.get(expression.field) ?? NOBODY;
        field.addTo(bits, expression.test, live);
        return bits;
      }
      case 'not': {
        const bits = live.slice();
        subtract(bits, this.#bitsOf(expression.of, live));
        return bits;
      }
      case 'and': {
        const bits = live.slice();
        for (const part of expression.of) intersect(bits, this.#bitsOf(part, live));
        return bits;
      }
      case 'or': {
        const bits: Bitmap = new Uint32Array(live.length);
        for (const part of expression.of) unite(bits, this.#bitsOf(part, live));
        return bits;
      }
    }
  }

  #field(name: string): FieldIndex {
    let field = this.#fields.get(name);
    if (!field) {
      field = new FieldIndex();
      this.#fields.set(name, field);
    }
    return field;
  }

  #reserve(rows: number): void {
    this.#rows = Math.max(this.#rows, rows);
    if (rows <= 32 * this.#live.length) return;
    const live = emptyBitmap(Math.max(rows, 64 * this.#live.length));
    live.set(this.#live);
    this.#live = live;
  }
}

/** A field that no row has. */
const NOBODY = new FieldIndex();
