/**
 * A light encoder as bytes. All numbers are little-endian; parts begin at multiples of 4, in this order
 * behind the header: the model as JSON in UTF-8, the queries' mean vector in float32, weights and
 * scales in float16, codes of the vectors, costs and strings of the pieces.
 */

import { seal, SEAL, type SealedKind } from '../contract/index.ts';
import type { Int4 } from './int4.ts';
import { BLOCK } from './int4.ts';

/** Positions in the header, in words of 4 bytes. */
export const HEADER = { ...SEAL, words: 8 } as const;

const COUNT_NAMES = ['dimensions', 'pieces', 'modelBytes', 'pieceBytes'] as const;
export type Counts = Record<(typeof COUNT_NAMES)[number], number>;

/** The parts as views into one buffer. */
export interface Parts extends Int4 {
  model: Uint8Array;
  /** dimensions. */
  mean: Float32Array;
  /** float16, one a piece. */
  weights: Uint16Array;
  /** As in `Vocabulary`. */
  costs: Uint8Array;
  /** Of the pieces, see strings.ts. */
  strings: Uint8Array;
}

function sizesOf({ dimensions, pieces, modelBytes, pieceBytes }: Counts): number[] {
  return [
    modelBytes,
    4 * dimensions,
    2 * pieces,
    (2 * pieces * dimensions) / BLOCK,
    (pieces * dimensions) / 2,
    pieces,
    pieceBytes,
  ];
}

function byteLengthOf(counts: Counts): number {
  return sizesOf(counts).reduce((sum, bytes) => sum + padded(bytes), 4 * HEADER.words);
}

/** @param bytes `byteLengthOf(counts)`, beginning at a multiple of 4 in their buffer */
export function partsOf(bytes: Uint8Array<ArrayBuffer>, counts: Counts): Parts {
  let at = bytes.byteOffset + 4 * HEADER.words;
  const [model, mean, weights, scales, codes, costs, strings] = sizesOf(counts).map((size) => {
    const part = new Uint8Array(bytes.buffer, at, size);
    at += padded(size);
    return part;
  }) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array];
  return {
    model,
    mean: new Float32Array(bytes.buffer, mean.byteOffset, mean.length / 4),
    weights: new Uint16Array(bytes.buffer, weights.byteOffset, weights.length / 2),
    scales: new Uint16Array(bytes.buffer, scales.byteOffset, scales.length / 2),
    codes,
    costs,
    strings,
  };
}

/** Parts together, behind their header. */
export function joinParts(counts: Counts, parts: Parts): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(byteLengthOf(counts));
  const places = partsOf(bytes, counts);
  for (const name of Object.keys(places) as (keyof Parts)[]) places[name].set(parts[name]);
  seal(ENCODER, bytes, counts);
  return bytes;
}

function padded(bytes: number): number {
  return 4 * Math.ceil(bytes / 4);
}

export const ENCODER: SealedKind<keyof Counts> = {
  // "NFLQ" read as a number.
  magic: 0x514c464e,
  version: 1,
  headerWords: HEADER.words,
  counts: COUNT_NAMES,
  byteLengthOf,
};
