import { expect, it } from 'vitest';
import { checkedWidth } from './width.ts';

const matryoshka = { id: 'm', dimensions: 300, minDimensions: 50 };

it('takes multiples of 32', () => {
  expect(checkedWidth(matryoshka, 64)).toBe(64);
  expect(checkedWidth({ id: 'f', dimensions: 384, minDimensions: 384 }, undefined)).toBe(384);
});

it.each<[string, typeof matryoshka, number | undefined, RegExp]>([
  ['another width', matryoshka, 100, /a multiple of 32 from 64 to 288; got 100/],
  ['another full width', matryoshka, undefined, /a multiple of 32 from 64 to 288; got 300/],
  ['one of a fixed model', { ...matryoshka, minDimensions: 300 }, undefined, /those of m cannot/],
  ['one that cannot be cut to', matryoshka, 32, /expected 50 to 300; got 32/],
])('refuses %s', (_, model, wanted, message) => {
  expect(() => checkedWidth(model, wanted)).toThrow(message);
});
