import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cutShards, separator } from './cut.ts';
import { homeOf } from './strings.ts';

it('fills shards, and gives large words one of their own', () => {
  expect(cutShards([], 10)).toEqual([]);
  expect(cutShards([4, 4, 4, 1, 1], 10)).toEqual([0, 2]);
  expect(cutShards([1, 6, 1, 1], 10)).toEqual([0, 1, 2]);
  expect(cutShards([90, 90], 10)).toEqual([0, 1]);
});

it('finds each word in the shard that it was put in', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', '\ud800', '\udc00'), minLength: 1 });
  fc.assert(
    fc.property(
      fc.uniqueArray(word, { minLength: 1 }),
      fc.integer({ min: 1, max: 5 }),
      (list, size) => {
        const words = list.sort();
        const starts = words.map((_, i) => i).filter((i) => i % size === 0);
        const firsts = starts.map((at) => separator(words[at - 1], words[at]!));
        for (const [i, word] of words.entries()) {
          expect(homeOf(firsts, word)).toBe(Math.floor(i / size));
        }
      },
    ),
  );
});
