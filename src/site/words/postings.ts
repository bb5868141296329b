/** Sets of row numbers, and how often each row has a word, in bits. */

import type { BitReader, BitWriter } from './bits.ts';

export interface Postings {
  /** Row numbers, rising. */
  docs: Uint32Array;
  /** How often each has the word, 1 at least. */
  frequencies: Uint32Array;
}

/** Fewer rows than these are not worth saying how frequencies are coded. */
const WORTH_A_PARAMETER = 16;
const PARAMETER_BITS = 2;

/**
 * Rising numbers below `size`, middle first: binary interpolative coding (Moffat and Stuiver, "Binary
 * Interpolative Coding for Effective Index Compression", 2000). Runs cost nothing, and whatever the
 * bits, what is read rises and stays below `size`.
 */
export function writeRows(bits: BitWriter, rows: ArrayLike<number>, size: number): void {
  const write = (first: number, end: number, low: number, high: number): void => {
    // As many numbers as places: nothing is left to say.
    if (end - first === high - low) return;
    const middle = (first + end) >>> 1;
    const row = rows[middle]!;
    const least = low + (middle - first);
    bits.below(row - least, high - (end - middle) - least + 1);
    if (middle > first) write(first, middle, low, row);
    if (end > middle + 1) write(middle + 1, end, row + 1, high);
  };
  write(0, rows.length, 0, size);
}

/** @param count at most `size` */
export function readRows(bits: BitReader, count: number, size: number): Uint32Array<ArrayBuffer> {
  const rows = new Uint32Array(count);
  const read = (first: number, end: number, low: number, high: number): void => {
    if (end - first === high - low) {
      for (let i = first; i < end; i++) rows[i] = low + i - first;
      return;
    }
    const middle = (first + end) >>> 1;
    const least = low + (middle - first);
    const row = least + bits.below(high - (end - middle) - least + 1);
    rows[middle] = row;
    if (middle > first) read(first, middle, low, row);
    if (end > middle + 1) read(middle + 1, end, row + 1, high);
  };
  read(0, count, 0, size);
  return rows;
}

/** @param size rows in the index */
export function writePostings(
  bits: BitWriter,
  { docs, frequencies }: Postings,
  size: number,
): void {
  writeRows(bits, docs, size);
  const k = docs.length < WORTH_A_PARAMETER ? 0 : bestOrder(frequencies);
  if (docs.length >= WORTH_A_PARAMETER) bits.bits(k, PARAMETER_BITS);
  for (const frequency of frequencies) bits.small(frequency - 1, k);
}

export function readPostings(bits: BitReader, count: number, size: number): Postings {
  const docs = readRows(bits, count, size);
  const k = count < WORTH_A_PARAMETER ? 0 : bits.bits(PARAMETER_BITS);
  return { docs, frequencies: docs.map(() => bits.small(k) + 1) };
}

/** The order of the code in which frequencies take the fewest bits. */
function bestOrder(frequencies: Uint32Array): number {
  const sizes = Array.from({ length: 2 ** PARAMETER_BITS }, (_, k) =>
    frequencies.reduce((sum, frequency) => sum + smallBits(frequency - 1, k), 0),
  );
  return sizes.indexOf(Math.min(...sizes));
}

function smallBits(value: number, k: number): number {
  return 2 * (32 - Math.clz32((value >>> k) + 1)) - 1 + k;
}
