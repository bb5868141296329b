import { describe, expect, it } from 'vitest';
import { roundToHalf } from './half.ts';
import { BLOCK, quantiseMatrix, quantiseTable } from './quantise.ts';

/** A block that begins with `values`, zero after that. */
function block(...values: number[]): Float32Array {
  const filled = new Float32Array(BLOCK);
  filled.set(values);
  return filled;
}

function nibbles(codes: Uint8Array, count: number): number[] {
  return Array.from({ length: count }, (_, i) => (codes[i >> 1]! >> (4 * (i & 1))) & 15);
}

describe('quantiseMatrix', () => {
  it('gives the value farthest from zero the lowest code, whatever its sign', () => {
    const { codes, scales } = quantiseMatrix(block(8, -8, 7), 4, Math.fround);
    expect(scales).toEqual(Float32Array.of(1));
    // -8 comes last among equals; 8 would need the code 16 and is cut to 15.
    expect(nibbles(codes, 4)).toEqual([15, 0, 15, 8]);
  });

  it('rounds halves up, as the C++ kernel does', () => {
    const { codes } = quantiseMatrix(block(-8, 0.5, 1.5, -0.5, -1.5), 4, Math.fround);
    expect(nibbles(codes, 5)).toEqual([0, 9, 10, 8, 7]);
  });

  it('keeps one code a byte at 8 bits, offset by 128', () => {
    const { codes, scales } = quantiseMatrix(block(-128, 127, 0, 1), 8, Math.fround);
    expect(scales).toEqual(Float32Array.of(1));
    expect([...codes.subarray(0, 4)]).toEqual([0, 255, 128, 129]);
  });

  it('codes a block of zeros as zeros', () => {
    expect(new Set(quantiseMatrix(block(), 4, Math.fround).codes)).toEqual(new Set([0x88]));
    expect(new Set(quantiseMatrix(block(), 8, Math.fround).codes)).toEqual(new Set([128]));
  });
});

describe('quantiseTable', () => {
  it('rounds halves to even, as numpy does, into signed codes', () => {
    const { codes, scales } = quantiseTable(block(-8, 0.5, 1.5, -0.5, -1.5), Math.fround);
    expect(scales).toEqual(Float32Array.of(1));
    expect(nibbles(codes, 5)).toEqual([8, 0, 2, 0, 14]);
  });

  it('rounds scales to the float type of the graph', () => {
    const { scales } = quantiseTable(block(0.8), roundToHalf);
    expect(scales[0]).toBe(roundToHalf(-0.1));
  });

  it('codes a block of zeros as zeros', () => {
    expect(new Set(quantiseTable(block(), Math.fround).codes)).toEqual(new Set([0]));
  });
});
