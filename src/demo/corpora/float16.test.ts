import { expect, test } from 'vitest';
import { toFloat16 } from '../../../tools/samples/float16.ts';
import { fromFloat16 } from './float16.ts';

test('every finite half comes back from float32 as itself', () => {
  const finite = Uint16Array.from({ length: 0x10000 }, (_, bits) => bits).filter(
    (bits) => ((bits >> 10) & 31) !== 31,
  );
  expect(toFloat16(fromFloat16(finite))).toEqual(finite);
});

test('known values', () => {
  const halves = Uint16Array.of(0x3c00, 0xc000, 0x3555, 0x0001, 0x7c00);
  expect([...fromFloat16(halves)]).toEqual([1, -2, 0.333251953125, 2 ** -24, Infinity]);
});

test('rounds to the nearest half, ties to even', () => {
  const step = 2 ** -10;
  const values = Float32Array.of(1 + step / 2, 1 + (3 * step) / 2, 1 + 0.51 * step, 0.1);
  expect([...toFloat16(values)]).toEqual([0x3c00, 0x3c02, 0x3c01, 0x2e66]);
  expect(() => toFloat16(Float32Array.of(70_000))).toThrow(RangeError);
});
