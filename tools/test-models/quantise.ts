/**
 * Symmetric rounding in blocks of 32, as onnxruntime 1.31's `MatMulNBitsQuantizer` does it: byte for
 * byte what the builder's data files hold (tools/golden/README.md says how that was checked).
 */

export const BLOCK = 32;

export interface Quantised {
  codes: Uint8Array;
  scales: Float32Array;
}

/** How scales (and quotients of the table) are rounded: to float32 or to float16. */
export type Round = (value: number) => number;

/** For MatMulNBits, from [out, in]: the C++ kernel's way, codes offset by half their range. */
export function quantiseMatrix(values: Float32Array, bits: 4 | 8, round: Round): Quantised {
  const middle = 2 ** (bits - 1);
  const codes = new Uint8Array(values.length);
  const scales = new Float32Array(values.length / BLOCK);
  for (let block = 0; block < scales.length; block++) {
    const scale = Math.fround(extremeOf(values, block * BLOCK) / -middle);
    const reciprocal = scale === 0 ? 0 : Math.fround(1 / scale);
    scales[block] = round(scale);
    for (let i = block * BLOCK; i < (block + 1) * BLOCK; i++) {
      const shifted = Math.fround(Math.fround(values[i]! * reciprocal) + middle);
      const code = Math.floor(Math.fround(shifted + 0.5));
      codes[i] = Math.min(Math.max(code, 0), 2 * middle - 1);
    }
  }
  return { codes: bits === 4 ? packNibbles(codes) : codes, scales };
}

/** For GatherBlockQuantized: numpy's way, codes in two's complement, halves to even. */
export function quantiseTable(values: Float32Array, round: Round): Quantised {
  const codes = new Uint8Array(values.length);
  const scales = new Float32Array(values.length / BLOCK);
  for (let block = 0; block < scales.length; block++) {
    const scale = round(extremeOf(values, block * BLOCK) / -8);
    scales[block] = scale;
    for (let i = block * BLOCK; i < (block + 1) * BLOCK; i++) {
      const code = scale === 0 ? 0 : roundHalfEven(round(values[i]! / scale));
      codes[i] = Math.min(Math.max(code, -8), 7) & 15;
    }
  }
  return { codes: packNibbles(codes), scales };
}

/** The value farthest from zero, with its sign. */
function extremeOf(values: Float32Array, start: number): number {
  let least = Infinity;
  let most = -Infinity;
  for (let i = start; i < start + BLOCK; i++) {
    least = Math.min(least, values[i]!);
    most = Math.max(most, values[i]!);
  }
  return Math.abs(most) > Math.abs(least) ? most : least;
}

function roundHalfEven(value: number): number {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

/** Two codes a byte, the first in the low half. */
function packNibbles(codes: Uint8Array): Uint8Array {
  const packed = new Uint8Array(codes.length / 2);
  for (let i = 0; i < packed.length; i++) packed[i] = codes[2 * i]! | (codes[2 * i + 1]! << 4);
  return packed;
}
