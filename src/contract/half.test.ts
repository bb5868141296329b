import { describe, expect, it } from 'vitest';
import { halfToNumber, numberToHalf } from './half.ts';

const BITS = Array.from({ length: 0x10000 }, (_, bits) => bits);
const isNaNBits = (bits: number): boolean => (bits & 0x7c00) === 0x7c00 && (bits & 0x3ff) !== 0;

describe('numberToHalf', () => {
  it('gives back the bits of every float16', () => {
    const wrong = BITS.filter(
      (bits) => !isNaNBits(bits) && numberToHalf(halfToNumber(bits)) !== bits,
    );
    expect(wrong).toEqual([]);
    expect(halfToNumber(numberToHalf(NaN))).toBeNaN();
  });

  it('takes the nearest, and of two as near the even one', () => {
    const wrong = BITS.slice(0, 0x7bff).filter((bits) => {
      const [low, high] = [halfToNumber(bits), halfToNumber(bits + 1)];
      const [middle, step] = [(low + high) / 2, high - low];
      return (
        numberToHalf(middle) !== bits + (bits & 1) ||
        numberToHalf(middle - step / 8) !== bits ||
        numberToHalf(-middle - step / 8) !== (0x8000 | (bits + 1))
      );
    });
    expect(wrong).toEqual([]);
  });

  it('is infinite past the largest', () => {
    expect(halfToNumber(numberToHalf(65519))).toBe(65504);
    expect(halfToNumber(numberToHalf(65520))).toBe(Infinity);
    expect(halfToNumber(numberToHalf(-1e10))).toBe(-Infinity);
  });
});
