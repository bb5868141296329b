import fc from 'fast-check';
import { expect, it } from 'vitest';
import { blended } from './blend.ts';

it('keeps what is held, and puts the better answer below it', () => {
  expect(blended(['a', 'b', 'c'], ['c', 'd', 'a'], 0)).toEqual(['c', 'd', 'a']);
  expect(blended(['a', 'b', 'c'], ['c', 'd', 'a'], 1)).toEqual(['a', 'c', 'd']);
  expect(blended(['a', 'b', 'c'], ['c', 'd', 'a'], 2)).toEqual(['a', 'b', 'c', 'd']);
});

it('moves nothing that is held, loses nothing of the better answer, and has nothing twice', () => {
  const keys = fc.uniqueArray(fc.integer({ min: 0, max: 20 }));
  fc.assert(
    fc.property(keys, keys, fc.nat(21), (shown, better, held) => {
      const result = blended(shown, better, held);
      expect(result.slice(0, Math.min(held, shown.length))).toEqual(shown.slice(0, held));
      expect(new Set(result).size).toBe(result.length);
      const rest = result.slice(Math.min(held, shown.length));
      expect(rest).toEqual(better.filter((key) => rest.includes(key)));
      for (const key of better) expect(result).toContain(key);
    }),
  );
});
