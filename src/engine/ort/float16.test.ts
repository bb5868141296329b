import { describe, expect, it } from 'vitest';
import { fromFloat16 } from './float16.ts';

const valueOf = (bits: number): number => fromFloat16(Uint16Array.of(bits))[0]!;

describe('fromFloat16', () => {
  it.each([
    [0x0000, 0],
    [0x8000, -0],
    [0x3c00, 1],
    [0xc000, -2],
    [0x3555, 0.333251953125],
    [0x7bff, 65504],
    [0x0400, 2 ** -14],
    [0x03ff, 1023 * 2 ** -24],
    [0x0001, 2 ** -24],
    [0x7c00, Infinity],
    [0xfc00, -Infinity],
    [0x7e00, NaN],
    [0xfe01, NaN],
  ])('reads %i as %d', (bits, value) => {
    expect(valueOf(bits)).toBe(value);
  });

  it('reads all finite values in order, each one step of its exponent from the next', () => {
    const values = fromFloat16(Uint16Array.from({ length: 0x7c00 }, (_, bits) => bits));
    for (let bits = 1; bits < 0x7c00; bits++) {
      const step = 2 ** (Math.max(1, (bits - 1) >> 10) - 25);
      expect(values[bits]! - values[bits - 1]!).toBe(step);
    }
  });
});
