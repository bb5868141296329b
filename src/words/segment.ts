/** A part of the index that never changes: some rows, their words, and who has them, in one buffer. */

import { sealedCounts } from '../contract/index.ts';
import { partsOf, SEGMENT, type Parts } from './layout.ts';
import { STEM_MARK } from './analyse.ts';
import { SortedStrings } from './strings.ts';
import { validate } from './validate.ts';

export class Segment {
  /** Of the whole segment, as it is stored. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly forms: SortedStrings;
  readonly stems: SortedStrings;
  /** Languages whose stemmers made its stems. */
  readonly languages: readonly string[];
  readonly #parts: Parts;

  private constructor(bytes: Uint8Array<ArrayBuffer>) {
    this.bytes = bytes;
    this.#parts = partsOf(bytes, sealedCounts(SEGMENT, bytes));
    this.forms = new SortedStrings(this.#parts.formUnits, this.#parts.formEnds);
    this.stems = new SortedStrings(this.#parts.stemUnits, this.#parts.stemEnds);
    this.languages = languagesOf(this.stems);
  }

  /** From bytes that a `SegmentWriter` has just made. */
  static of(bytes: Uint8Array<ArrayBuffer>): Segment {
    return new Segment(bytes);
  }

  /** From bytes of anywhere. Throws `storage` where they are not a sound segment of this version. */
  static from(stored: Uint8Array): Segment {
    // A view of its own begins at a multiple of 4, and nobody else writes into it.
    const bytes = new Uint8Array(stored);
    validate(bytes);
    return new Segment(bytes);
  }

  get rows(): Uint32Array {
    return this.#parts.rows;
  }

  /** Words in each row. */
  get lengths(): Uint32Array {
    return this.#parts.lengths;
  }

  /** Position of a row; -1 where it is not there. */
  positionOf(row: number): number {
    const { rows } = this.#parts;
    let low = 0;
    let high = rows.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (rows[middle]! < row) low = middle + 1;
      else high = middle;
    }
    return rows[low] === row ? low : -1;
  }

  /** Positions of the forms that share a stem. */
  formsOf(stem: number): Uint32Array {
    const { members, memberEnds } = this.#parts;
    return members.subarray(stem === 0 ? 0 : memberEnds[stem - 1], memberEnds[stem]);
  }

  /** Bytes of a form's postings: about how many rows have it. */
  weight(form: number): number {
    const { postingEnds } = this.#parts;
    return postingEnds[form]! - (form === 0 ? 0 : postingEnds[form - 1]!);
  }

  /**
   * Who has a form, and how often. @returns how many they are
   * @param docs takes positions of rows, rising; as many as the segment has rows must fit
   */
  postings(form: number, docs: Uint32Array, frequencies: Uint32Array): number {
    const { postings, postingEnds } = this.#parts;
    let at = form === 0 ? 0 : postingEnds[form - 1]!;
    const end = postingEnds[form]!;
    let doc = -1;
    let count = 0;
    while (at < end) {
      let value = 0;
      let byte = 0;
      let shift = 0;
      do {
        byte = postings[at++]!;
        value |= (byte & 127) << shift;
        shift += 7;
      } while (byte > 127);
      doc += (value >>> 1) + 1;
      let frequency = 1;
      if ((value & 1) === 0) {
        frequency = 0;
        shift = 0;
        do {
          byte = postings[at++]!;
          frequency |= (byte & 127) << shift;
          shift += 7;
        } while (byte > 127);
      }
      docs[count] = doc;
      frequencies[count++] = frequency;
    }
    return count;
  }
}

/** Stems are sorted by their language first: one look for each. */
function languagesOf(stems: SortedStrings): string[] {
  const languages: string[] = [];
  let at = 0;
  while (at < stems.length) {
    const key = stems.at(at);
    const prefix = key.slice(0, key.indexOf(STEM_MARK) + 1);
    languages.push(prefix.slice(0, -1));
    at = stems.startingWith(prefix)[1];
  }
  return languages;
}
