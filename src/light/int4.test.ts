import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addInt4, BLOCK, toInt4 } from './int4.ts';

const rows = fc
  .array(fc.float({ noNaN: true, min: -100, max: 100 }), {
    minLength: 2 * BLOCK,
    maxLength: 2 * BLOCK,
  })
  .map((values) => Float32Array.from(values));

function read(values: Float32Array, start: number, length: number): Float64Array {
  const sum = new Float64Array(length);
  addInt4(toInt4(values), start, 1, sum);
  return sum;
}

describe('int4', () => {
  it('is off by half a step at most, and by one at the end that has no code', () => {
    fc.assert(
      fc.property(rows, (values) => {
        for (const start of [0, BLOCK]) {
          const block = values.subarray(start, start + BLOCK);
          const far = block.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
          // A step; float16 rounds it, and below 2^-24 it is 0.
          const step = (far / 8) * 1.001 + 2 ** -24;
          const back = read(values, start, BLOCK);
          for (const [i, value] of block.entries()) {
            const opposite = Math.abs(value) > 7.5 * (far / 8) * 0.999;
            const off = Math.abs(back[i]! - value);
            expect(off).toBeLessThanOrEqual(
              (opposite ? 1 : 0.5) * step + 8 * (far / 8) * 0.001 + 8 * 2 ** -24,
            );
          }
        }
      }),
    );
  });

  it('keeps multiples of a scale as they are', () => {
    const values = Float32Array.from({ length: 2 * BLOCK }, (_, i) => ((i % 16) - 8) * 0.25);
    expect([...read(values, 0, 2 * BLOCK)]).toEqual([...values]);
    expect([...read(new Float32Array(BLOCK), 0, BLOCK)]).toEqual(new Array(BLOCK).fill(0));
  });

  it('adds a multiple', () => {
    const values = Float32Array.from({ length: BLOCK }, (_, i) => (i % 16) - 8);
    const sum = new Float64Array(BLOCK).fill(1);
    addInt4(toInt4(values), 0, 0.5, sum);
    expect([...sum]).toEqual(Array.from(values, (value) => 1 + 0.5 * value));
  });
});
