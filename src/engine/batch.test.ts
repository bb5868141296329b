import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planBatches } from './batch.ts';

const lengths = fc.array(fc.integer({ min: 1, max: 700 }), { maxLength: 60 });
const budget = fc.integer({ min: 1, max: 2048 });

describe('planBatches', () => {
  it('takes every text exactly once', () => {
    fc.assert(
      fc.property(lengths, budget, (list, tokens) => {
        const seen = planBatches(list, tokens).flat();
        expect(seen.toSorted((a, b) => a - b)).toEqual(list.map((_, i) => i));
      }),
    );
  });

  it('keeps the padded size within the budget, but for a text that alone is over it', () => {
    fc.assert(
      fc.property(lengths, budget, (list, tokens) => {
        for (const batch of planBatches(list, tokens)) {
          const longest = Math.max(...batch.map((i) => list[i]!));
          if (batch.length > 1) expect(batch.length * longest).toBeLessThanOrEqual(tokens);
        }
      }),
    );
  });

  it('counts real tokens where nothing is padded, and mixes all lengths', () => {
    expect(planBatches([600, 8, 300, 92, 1500], 1000, false)).toEqual([[4], [0, 2, 3, 1]]);
  });

  it('goes from the longest to the shortest, and never pads to more than twice a long text', () => {
    fc.assert(
      fc.property(lengths, budget, (list, tokens) => {
        const batches = planBatches(list, tokens).map((batch) => batch.map((i) => list[i]!));
        const order = batches.flat();
        expect(order).toEqual(order.toSorted((a, b) => b - a));
        for (const [longest = 0, ...rest] of batches) {
          if (longest > 32) for (const own of rest) expect(own * 2).toBeGreaterThanOrEqual(longest);
        }
      }),
    );
  });

  it('has nothing to do for no texts', () => {
    expect(planBatches([], 100)).toEqual([]);
  });

  it('keeps texts of one length in the order they came', () => {
    expect(planBatches([4, 9, 4, 4], 100)).toEqual([[1, 0, 2, 3]]);
  });
});
