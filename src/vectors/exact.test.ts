import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dot } from './dot.ts';
import { ExactIndex } from './exact.ts';

interface Case {
  dimensions: number;
  rows: number[][];
  removed: number[];
  query: number[];
  k: number;
  minScore: number;
}

/** Small whole numbers: their dot products are exact in any order, and ties are common. */
const cases: fc.Arbitrary<Case> = fc.integer({ min: 1, max: 9 }).chain((dimensions) => {
  const row = fc.array(fc.integer({ min: -3, max: 3 }), {
    minLength: dimensions,
    maxLength: dimensions,
  });
  return fc.record({
    dimensions: fc.constant(dimensions),
    rows: fc.array(row, { maxLength: 60 }),
    removed: fc.array(fc.nat(70)),
    query: row,
    k: fc.integer({ min: 1, max: 70 }),
    minScore: fc.oneof(fc.constant(Number.NEGATIVE_INFINITY), fc.integer({ min: -20, max: 20 })),
  });
});

function naive({ rows, removed, query, k, minScore }: Case): { row: number; score: number }[] {
  return rows
    .map((values, row) => ({
      row,
      score: values.reduce((sum, value, i) => sum + value * (query[i] ?? 0), 0),
    }))
    .filter(({ row, score }) => !removed.includes(row) && score >= minScore)
    .sort((a, b) => b.score - a.score || a.row - b.row)
    .slice(0, k);
}

describe('ExactIndex', () => {
  it('finds what sorting everything finds, ties by row number', () => {
    fc.assert(
      fc.property(cases, fc.nat(60), (input, split) => {
        const index = new ExactIndex(input.dimensions);
        index.add(Float32Array.from(input.rows.slice(0, split).flat()));
        for (const row of input.rows.slice(split)) index.add(Float32Array.from(row));
        for (const row of input.removed) index.remove(row);
        const found = index.search(Float32Array.from(input.query), input.k, input.minScore);
        const wanted = naive(input);
        expect([...found.rows]).toEqual(wanted.map(({ row }) => row));
        expect([...found.scores].map((score) => score + 0)).toEqual(
          wanted.map(({ score }) => score + 0),
        );
      }),
      { numRuns: 500 },
    );
  });

  it('numbers rows in the order of adding, and counts the living', () => {
    const index = new ExactIndex(2);
    expect(index.add(Float32Array.of(1, 0, 0, 1))).toBe(0);
    expect(index.add(Float32Array.of(1, 1))).toBe(2);
    expect([index.remove(1), index.remove(1), index.remove(3), index.remove(-1)]).toEqual([
      true,
      false,
      false,
      false,
    ]);
    expect([index.rows, index.live]).toEqual([3, 2]);
    expect(index.slice(1, 9)).toEqual(Float32Array.of(0, 1, 1, 1));
  });

  it('finds nothing in nothing', () => {
    const index = new ExactIndex(2);
    expect(index.search(Float32Array.of(1, 0), 5).rows).toHaveLength(0);
    index.add(Float32Array.of(1, 0));
    index.remove(0);
    expect(index.search(Float32Array.of(1, 0), 5).rows).toHaveLength(0);
  });

  it.each([
    ['NaN in the query', [Number.NaN, 0], 1, 0],
    ['a narrow query', [1], 1, 0],
    ['k = 0', [1, 0], 0, 0],
    ['k = 1.5', [1, 0], 1.5, 0],
    ['k = NaN', [1, 0], Number.NaN, 0],
    ['minScore = NaN', [1, 0], 1, Number.NaN],
  ])('refuses %s', (_, query, k, minScore) => {
    const index = new ExactIndex(2);
    index.add(Float32Array.of(1, 0));
    expect(() => index.search(Float32Array.from(query), k, minScore)).toThrow(
      expect.objectContaining({ code: 'bad-input' }),
    );
  });

  it('refuses rows of another width or with holes, and keeps what it had', () => {
    const index = new ExactIndex(2);
    const add = (...values: number[]) => index.add(Float32Array.from(values));
    expect(() => add(1, 2, 3)).toThrow(expect.objectContaining({ code: 'bad-input' }));
    expect(() => add(1, 2, 3, Number.NaN)).toThrow(
      expect.objectContaining({ code: 'bad-input', index: 1 }),
    );
    expect(() => add(1, Number.POSITIVE_INFINITY)).toThrow(
      expect.objectContaining({ code: 'bad-input', index: 0 }),
    );
    expect(index.rows).toBe(0);
    expect(() => new ExactIndex(0)).toThrow(expect.objectContaining({ code: 'bad-input' }));
    expect(() => new ExactIndex(1.5)).toThrow(expect.objectContaining({ code: 'bad-input' }));
  });
});

it('dot agrees with a plain loop at every width', () => {
  const value = fc.float({ min: -1, max: 1, noNaN: true });
  fc.assert(
    fc.property(fc.array(fc.tuple(value, value), { maxLength: 40 }), fc.nat(5), (pairs, start) => {
      const query = Float32Array.from(pairs, ([a]) => a);
      const rows = new Float32Array(start + pairs.length).fill(7, 0, start);
      rows.set(
        pairs.map(([, b]) => b),
        start,
      );
      const plain = pairs.reduce((sum, [a, b]) => sum + a * b, 0);
      expect(dot(query, rows, start)).toBeCloseTo(plain, 5);
    }),
  );
});
