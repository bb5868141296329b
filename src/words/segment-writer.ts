/** Writes a segment: rows first, then forms in rising order with their postings, then stems. */

import { NearfieldError, seal } from '../contract/index.ts';
import { partsOf, SEGMENT } from './layout.ts';
import { ByteWriter } from './varint.ts';

/** A posting's gap shares a varint with one bit. */
const MOST_ROWS = 2 ** 31;

export class SegmentWriter {
  readonly #after: number;
  readonly #rows: number[] = [];
  readonly #lengths: number[] = [];
  readonly #forms: string[] = [];
  readonly #postings = new ByteWriter();
  readonly #postingEnds: number[] = [];
  readonly #stems = new Map<string, number[]>();

  /** @param after the number that all rows are to be greater than. @default -1 */
  constructor(after = -1) {
    this.#after = after;
  }

  /**
   * Adds a row with so many words. Throws `bad-input` where its number is not greater than the one
   * before, or past 2^32 - 1.
   */
  row(row: number, length: number): void {
    const last = this.#rows.at(-1) ?? this.#after;
    if (!Number.isInteger(row) || row <= last || row > 0xffffffff) {
      throw new NearfieldError(
        'bad-input',
        `Word index: expected a whole row number above ${last} and below 2^32, got ${row}.`,
      );
    }
    if (this.#rows.length >= MOST_ROWS) {
      throw new NearfieldError('internal', `A segment of words holds ${MOST_ROWS} rows at most.`);
    }
    this.#rows.push(row);
    this.#lengths.push(length);
  }

  /**
   * Adds a form. @returns its position
   * @param form greater than the one before
   * @param docs positions of the rows that have it, rising; the first `count` of them are taken
   * @param frequencies how often each has it
   */
  form(
    form: string,
    docs: ArrayLike<number>,
    frequencies: ArrayLike<number>,
    count: number,
  ): number {
    let before = -1;
    for (let i = 0; i < count; i++) {
      const gap = docs[i]! - before - 1;
      before = docs[i]!;
      // Most words stand in a row once: the lowest bit says so, and saves a byte.
      const once = frequencies[i] === 1;
      this.#postings.varint(gap * 2 + (once ? 1 : 0));
      if (!once) this.#postings.varint(frequencies[i]!);
    }
    this.#postingEnds.push(this.#postings.length);
    return this.#forms.push(form) - 1;
  }

  /** Notes that a form has a stem. Forms of one stem come in rising order. */
  stem(key: string, form: number): void {
    const members = this.#stems.get(key);
    if (!members) this.#stems.set(key, [form]);
    else if (members.at(-1) !== form) members.push(form);
  }

  finish(): Uint8Array<ArrayBuffer> {
    const stems = [...this.#stems].sort(([a], [b]) => (a < b ? -1 : 1));
    const keys = stems.map(([key]) => key);
    const memberEnds = endsOf(stems.map(([, members]) => members.length));
    const [formEnds, stemEnds] = [this.#forms, keys].map((list) =>
      endsOf(list.map((text) => text.length)),
    ) as [number[], number[]];
    const counts = {
      rows: this.#rows.length,
      forms: this.#forms.length,
      formUnits: formEnds.at(-1) ?? 0,
      postings: this.#postings.length,
      stems: keys.length,
      stemUnits: stemEnds.at(-1) ?? 0,
      members: memberEnds.at(-1) ?? 0,
    };
    const bytes = new Uint8Array(SEGMENT.byteLengthOf(counts));
    const parts = partsOf(bytes, counts);
    parts.rows.set(this.#rows);
    parts.lengths.set(this.#lengths);
    parts.formEnds.set(formEnds);
    parts.postingEnds.set(this.#postingEnds);
    parts.stemEnds.set(stemEnds);
    parts.memberEnds.set(memberEnds);
    parts.members.set(stems.flatMap(([, members]) => members));
    setUnits(parts.formUnits, this.#forms);
    setUnits(parts.stemUnits, keys);
    parts.postings.set(this.#postings.view());
    seal(SEGMENT, bytes, counts);
    return bytes;
  }
}

function endsOf(lengths: readonly number[]): number[] {
  let end = 0;
  return lengths.map((length) => (end += length));
}

function setUnits(units: Uint16Array, texts: readonly string[]): void {
  let at = 0;
  for (const text of texts) {
    for (let i = 0; i < text.length; i++) units[at++] = text.charCodeAt(i);
  }
}
