/** Where the parts of a segment lie in its bytes; they begin at multiples of 4. */

import { SEAL, type SealedKind } from '../contract/index.ts';

/** Positions in the header, in words of 4 bytes. */
export const HEADER = { ...SEAL, words: 12 } as const;

/** How much of everything there is. */
export interface Counts {
  rows: number;
  forms: number;
  /** UTF-16 units of all forms. */
  formUnits: number;
  /** Bytes of all postings. */
  postings: number;
  stems: number;
  stemUnits: number;
  /** Forms that stems name, counted with each stem. */
  members: number;
}

const COUNT_NAMES = [
  'rows',
  'forms',
  'formUnits',
  'postings',
  'stems',
  'stemUnits',
  'members',
] as const satisfies readonly (keyof Counts)[];

/** The parts as views into one buffer. */
export interface Parts {
  /** Numbers of the rows, rising. */
  rows: Uint32Array;
  /** Words in each row. */
  lengths: Uint32Array;
  formEnds: Uint32Array;
  /** Where the postings of each form end. */
  postingEnds: Uint32Array;
  stemEnds: Uint32Array;
  /** Where the members of each stem end. */
  memberEnds: Uint32Array;
  /** Positions of the forms that share a stem, rising. */
  members: Uint32Array;
  formUnits: Uint16Array;
  stemUnits: Uint16Array;
  postings: Uint8Array;
}

/** Bytes of a segment with so much in it. */
function byteLengthOf(counts: Counts): number {
  const words =
    HEADER.words +
    2 * counts.rows +
    2 * counts.forms +
    2 * counts.stems +
    counts.members +
    Math.ceil(counts.formUnits / 2) +
    Math.ceil(counts.stemUnits / 2) +
    Math.ceil(counts.postings / 4);
  return 4 * words;
}

/** @param bytes at least `byteLengthOf(counts)`, beginning at a multiple of 4 in their buffer */
export function partsOf(bytes: Uint8Array<ArrayBuffer>, counts: Counts): Parts {
  const { buffer } = bytes;
  let at = bytes.byteOffset + 4 * HEADER.words;
  const words = (length: number): Uint32Array => {
    const view = new Uint32Array(buffer, at, length);
    at += 4 * length;
    return view;
  };
  const units = (length: number): Uint16Array => {
    const view = new Uint16Array(buffer, at, length);
    at += 4 * Math.ceil(length / 2);
    return view;
  };
  return {
    rows: words(counts.rows),
    lengths: words(counts.rows),
    formEnds: words(counts.forms),
    postingEnds: words(counts.forms),
    stemEnds: words(counts.stems),
    memberEnds: words(counts.stems),
    members: words(counts.members),
    formUnits: units(counts.formUnits),
    stemUnits: units(counts.stemUnits),
    postings: new Uint8Array(buffer, at, counts.postings),
  };
}

export const SEGMENT: SealedKind<keyof Counts> = {
  // "NFWD" read as a number.
  magic: 0x4457464e,
  version: 1,
  headerWords: HEADER.words,
  counts: COUNT_NAMES,
  byteLengthOf,
};
