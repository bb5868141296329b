import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planSlices } from './slices.ts';

const texts = fc.array(fc.string({ maxLength: 50 }), { maxLength: 40 });
const limits = fc.record({
  texts: fc.integer({ min: 1, max: 10 }),
  characters: fc.integer({ min: 1, max: 100 }),
});

describe('planSlices', () => {
  it('takes every text exactly once, longest first', () => {
    fc.assert(
      fc.property(texts, limits, (list, most) => {
        const seen = [...planSlices(list, most)].flat();
        expect(seen.toSorted((a, b) => a - b)).toEqual(list.map((_, i) => i));
        const lengths = seen.map((i) => list[i]!.length);
        expect(lengths).toEqual(lengths.toSorted((a, b) => b - a));
      }),
    );
  });

  it('looks at the limits for each slice anew', () => {
    const most = { texts: 10, characters: 4 };
    const slices = planSlices(['aa', 'bb', 'cc', 'd', 'e', 'f'], most);
    expect(slices.next().value).toEqual([0, 1]);
    most.characters = 3;
    expect([...slices]).toEqual([
      [2, 3],
      [4, 5],
    ]);
  });

  it('keeps both limits, but for one text that alone is over them', () => {
    fc.assert(
      fc.property(texts, limits, (list, most) => {
        for (const slice of planSlices(list, most)) {
          const characters = slice.reduce((sum, i) => sum + list[i]!.length, 0);
          expect(slice.length).toBeGreaterThan(0);
          expect(slice.length).toBeLessThanOrEqual(most.texts);
          if (slice.length > 1) expect(characters).toBeLessThanOrEqual(most.characters);
        }
      }),
    );
  });
});
