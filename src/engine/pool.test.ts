import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Pooling } from '../contract/index.ts';
import { normalizeRows, pool } from './pool.ts';

interface Batch {
  width: number;
  tokens: number;
  lengths: number[];
  data: Float32Array;
}

const batches: fc.Arbitrary<Batch> = fc
  .record({
    width: fc.integer({ min: 1, max: 5 }),
    lengths: fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 5 }),
  })
  .chain(({ width, lengths }) => {
    const tokens = Math.max(...lengths);
    const size = width * tokens * lengths.length;
    const value = fc.float({ noNaN: true, min: -1000, max: 1000 });
    return fc
      .array(value, { minLength: size, maxLength: size })
      .map((values) => ({ width, tokens, lengths, data: Float32Array.from(values) }));
  });

/** One value the plain way, in float64. */
function oracle(batch: Batch, pooling: Pooling, row: number, column: number): number {
  const { width, tokens, lengths, data } = batch;
  const at = (token: number): number => data[(row * tokens + token) * width + column]!;
  const length = lengths[row]!;
  if (pooling === 'cls') return at(0);
  if (pooling === 'last') return at(length - 1);
  return Array.from({ length }, (_, token) => at(token)).reduce((a, b) => a + b, 0) / length;
}

describe.each(['mean', 'cls', 'last'] as const)('%s pooling', (pooling) => {
  it('equals the plain sum in float64', () => {
    fc.assert(
      fc.property(batches, (batch) => {
        const rows = pool(batch, batch.lengths, pooling);
        rows.forEach((value, i) => {
          const row = Math.floor(i / batch.width);
          expect(value).toBe(Math.fround(oracle(batch, pooling, row, i % batch.width)));
        });
      }),
    );
  });

  it('never reads the padding', () => {
    fc.assert(
      fc.property(batches, (batch) => {
        const { width, tokens, lengths } = batch;
        const data = batch.data.map((value, i) => {
          const token = Math.floor(i / width) % tokens;
          return token < lengths[Math.floor(i / width / tokens)]! ? value : Number.NaN;
        });
        expect(pool({ ...batch, data }, lengths, pooling)).toEqual(pool(batch, lengths, pooling));
      }),
    );
  });
});

describe('normalizeRows', () => {
  it('gives rows of L2 norm 1 in the direction they had, large or small', () => {
    const rows = Float32Array.of(3, 4, 3e18, -4e18, 3e-20, 4e-20);
    normalizeRows(rows, 2);
    const expected = [0.6, 0.8, 0.6, -0.8, 0.6, 0.8];
    rows.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i]!, 6);
    });
  });

  it.each([
    ['NaN', Number.NaN],
    ['infinity', Infinity],
    ['a zero vector', 0],
  ])('refuses %s, with the row that has it', (_, value) => {
    const rows = Float32Array.of(1, 0, 0, value, 1, 0);
    expect(() => normalizeRows(rows, 2)).toThrow(
      expect.objectContaining({ code: 'bad-vector', index: 1 }) as Error,
    );
  });
});
