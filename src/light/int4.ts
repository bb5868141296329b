/** Rows in four bits a value: blocks of 32 with a scale each. */

import { halfToNumber, numberToHalf } from '../contract/index.ts';

/** Values that share a scale. */
export const BLOCK = 32;

/** Codes 0 to 15 stand for -8 to 7 times the scale. */
const ZERO = 8;

export interface Int4 {
  /** Two values a byte, the first in its lower half. */
  codes: Uint8Array;
  /** float16, one a block. */
  scales: Uint16Array;
}

/** @param values blocks of 32, one after the other */
export function toInt4(values: Float32Array): Int4 {
  const codes = new Uint8Array(values.length / 2);
  const scales = new Uint16Array(values.length / BLOCK);
  for (const block of scales.keys()) {
    const start = block * BLOCK;
    scales[block] = numberToHalf(scaleOf(values.subarray(start, start + BLOCK)));
    const scale = halfToNumber(scales[block]);
    for (let i = start; i < start + BLOCK; i++) {
      codes[i >>> 1]! |= codeOf(values[i]!, scale) << (4 * (i & 1));
    }
  }
  return { codes, scales };
}

/** The value farthest from zero becomes -8, the one code that has no opposite: hence a scale's sign. */
function scaleOf(block: Float32Array): number {
  let far = 0;
  for (const value of block) if (Math.abs(value) > Math.abs(far)) far = value;
  return far / -ZERO;
}

function codeOf(value: number, scale: number): number {
  if (scale === 0) return ZERO;
  return Math.min(15, Math.max(0, Math.round(value / scale) + ZERO));
}

/** sum += factor * the `sum.length` values from `start` on, a multiple of 32. */
export function addInt4(
  { codes, scales }: Int4,
  start: number,
  factor: number,
  sum: Float64Array,
): void {
  for (let j = 0; j < sum.length; j += BLOCK) {
    const scale = factor * halfToNumber(scales[(start + j) / BLOCK]!);
    for (let i = j; i < j + BLOCK; i += 2) {
      const pair = codes[(start + i) >>> 1]!;
      sum[i] = sum[i]! + scale * ((pair & 15) - ZERO);
      sum[i + 1] = sum[i + 1]! + scale * ((pair >>> 4) - ZERO);
    }
  }
}
