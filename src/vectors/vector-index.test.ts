import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { xxhash32 } from 'hash-wasm';
import { describe, expect, it } from 'vitest';
import { StructuredVectors } from '../../bench/search/vectors.ts';
import { bruteForce } from './brute-force.ts';
import { loadSearchModule } from './load.ts';
import { MemoryOriginals } from './originals.ts';
import { VectorIndex, type SearchOptions } from './vector-index.ts';

// Node 20 has relaxed SIMD behind a flag only; the browser test runs it.
const kernels = await loadSearchModule('simd128', false, (url) => readFile(url));

/** Values of every kind that a row may have: ties, outliers, tiny ones. */
const values = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: -3, max: 3 }) },
  { weight: 4, arbitrary: fc.float({ min: -1, max: 1, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(1e12, -1e12, 1e-20, 1e-39, -0, 0, 1000) },
);

interface Case {
  dimensions: number;
  rows: number[][];
  removed: number[];
  kept: boolean[];
  query: number[];
  k: number;
  minScore: number;
}

const cases: fc.Arbitrary<Case> = fc.integer({ min: 1, max: 150 }).chain((dimensions) => {
  const row = fc.array(values, { minLength: dimensions, maxLength: dimensions });
  return fc.record({
    dimensions: fc.constant(dimensions),
    rows: fc.array(row, { maxLength: 40 }),
    removed: fc.array(fc.nat(45)),
    kept: fc.array(fc.boolean(), { minLength: 64, maxLength: 64 }),
    query: row,
    k: fc.integer({ min: 1, max: 50 }),
    minScore: fc.oneof(fc.constant(Number.NEGATIVE_INFINITY), fc.integer({ min: -20, max: 20 })),
  });
});

/** Queries whose squares float32 cannot hold. */
const TINY: Case[] = [
  {
    dimensions: 3,
    rows: [[0, 1, 0]],
    query: [1.6202875585149037e-27, -0, 0],
    ...{ removed: [], kept: new Array<boolean>(64).fill(true), k: 1, minScore: 0 },
  },
  {
    dimensions: 4,
    rows: [
      [1e12, 0, 0, 0],
      [0, 1, 0, 0],
    ],
    query: [0, 0, 4.000000765000692e-30, 0],
    ...{ removed: [], kept: new Array<boolean>(64).fill(true), k: 1, minScore: -Infinity },
  },
];

function bitmap(kept: (row: number) => boolean, rows: number): Uint32Array {
  const words = new Uint32Array(Math.ceil(rows / 32));
  for (let row = 0; row < rows; row++) if (kept(row)) words[row >> 5]! |= 1 << (row & 31);
  return words;
}

/** What float32 scores of all rows give. */
function wantedOf(input: Case, kept: (row: number) => boolean): ReturnType<typeof bruteForce> {
  const removed = new Set(input.removed);
  const { rows, query, k, minScore } = input;
  const has = (row: number): boolean => !removed.has(row) && kept(row);
  const values = Float32Array.from(rows.flat());
  return bruteForce(values, Float32Array.from(query), k, { has, minScore });
}

describe('exact search', () => {
  it('is brute force in float32, ties by row, whatever rows, filter and k', async () => {
    await fc.assert(
      fc.asyncProperty(cases, fc.nat(40), fc.boolean(), async (input, split, filtered) => {
        const index = new VectorIndex(kernels, input.dimensions);
        index.add(Float32Array.from(input.rows.slice(0, split).flat()));
        for (const row of input.rows.slice(split)) index.add(Float32Array.from(row));
        for (const row of input.removed) index.remove(row);
        const kept = (row: number): boolean => !filtered || input.kept[row]!;
        const found = await index.search(Float32Array.from(input.query), input.k, {
          exact: true,
          minScore: input.minScore,
          ...(filtered && { filter: bitmap(kept, 64) }),
        });
        const wanted = wantedOf(input, kept);
        expect([...found.rows]).toEqual([...wanted.rows]);
        expect(found.scores).toEqual(wanted.scores);
        expect(found.mode).toBe('exact');
      }),
      { numRuns: 400, examples: TINY.map((input) => [input, 0, false]) },
    );
  });

  it('stays that after a compaction, which renumbers', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async (input) => {
        const index = new VectorIndex(kernels, input.dimensions);
        index.add(Float32Array.from(input.rows.flat()));
        for (const row of input.removed) index.remove(row);
        const old = index.compact();
        expect([index.rows, index.live]).toEqual([old.length, old.length]);
        const { query, k, minScore } = input;
        const found = await index.search(Float32Array.from(query), k, { exact: true, minScore });
        const wanted = wantedOf(input, () => true);
        expect([...found.rows].map((row) => old[row])).toEqual([...wanted.rows]);
        expect(found.scores).toEqual(wanted.scores);
      }),
      { numRuns: 100, examples: TINY.map((input) => [input]) },
    );
  });
});

describe('scores of rows', () => {
  it('are those of brute force, in their order', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async (input) => {
        const index = new VectorIndex(kernels, input.dimensions);
        index.add(Float32Array.from(input.rows.flat()));
        const rows = Uint32Array.from(input.rows.keys()).filter((row) => input.kept[row]);
        const query = Float32Array.from(input.query);
        const wanted = wantedOf({ ...input, removed: [], k: 100 }, (row) => input.kept[row]!);
        const byRow = new Map([...wanted.rows].map((row, i) => [row, wanted.scores[i]!]));
        const scores = await index.scores(query, rows);
        for (const [i, row] of rows.entries()) {
          const { minScore } = input;
          if (byRow.has(row)) expect(scores[i]).toBe(byRow.get(row));
          else expect(scores[i]).toBeLessThan(minScore);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('refuses rows that are not there or not in order', async () => {
    const index = new VectorIndex(kernels, 2);
    index.add(Float32Array.of(1, 2, 3, 4));
    const query = Float32Array.of(1, 1);
    for (const rows of [[2], [1, 0], [0, 0]]) {
      await expect(index.scores(query, Uint32Array.from(rows))).rejects.toMatchObject({
        code: 'bad-input',
      });
    }
  });
});

const DIMENSIONS = 256;
const ROWS = 30_000;
const structured = new StructuredVectors(DIMENSIONS, ROWS);
const questions = Array.from({ length: 50 }, (_, i) => structured.question(i));

/** Share of the exact ten among the ten found. */
async function recall(index: VectorIndex, options: SearchOptions = {}): Promise<number> {
  let hits = 0;
  for (const question of questions) {
    const exact = await index.search(question, 10, { ...options, exact: true });
    const { rows, mode } = await index.search(question, 10, { ...options, exact: false });
    expect(mode).toBe('bits');
    hits += [...rows].filter((row) => exact.rows.includes(row)).length;
  }
  return hits / (10 * questions.length);
}

describe('on 30,000 structured rows', () => {
  const all = structured.rows(0, ROWS);
  const index = new VectorIndex(kernels, DIMENSIONS);
  index.add(all);

  it('tells what a query finds everywhere, from a sample', () => {
    const query = questions[0]!;
    const scores = Array.from({ length: ROWS }, (_, row) => {
      let score = 0;
      for (let i = 0; i < DIMENSIONS; i++) score += query[i]! * all[row * DIMENSIONS + i]!;
      return score;
    });
    const mean = scores.reduce((sum, score) => sum + score, 0) / ROWS;
    const squares = scores.reduce((sum, score) => sum + (score - mean) ** 2, 0);
    const deviation = Math.sqrt(squares / ROWS);
    const told = index.background(query);
    expect(Math.abs(told.mean - mean)).toBeLessThan(0.15 * deviation);
    expect(Math.abs(told.deviation / deviation - 1)).toBeLessThan(0.15);
    expect(new VectorIndex(kernels, DIMENSIONS).background(query)).toEqual({
      mean: 0,
      deviation: 0,
    });
  });

  it('the exact search is brute force, and rescores few rows', async () => {
    for (const question of questions.slice(0, 10)) {
      const found = await index.search(question, 10, { exact: true });
      const wanted = bruteForce(all, question, 10);
      expect([...found.rows]).toEqual([...wanted.rows]);
      expect(found.scores).toEqual(wanted.scores);
      expect(found.rescored).toBeLessThan(ROWS / 20);
    }
  });

  it('the quick search finds 99 of 100, with float32 scores', async () => {
    expect(await recall(index)).toBeGreaterThanOrEqual(0.99);
    const [question] = questions;
    const exact = await index.search(question!, 1, { exact: true });
    const found = await index.search(question!, 1, { exact: false });
    expect(found.mode).toBe('bits');
    expect(found.scores).toEqual(exact.scores);
  });

  it('a filter that keeps half is heeded by the quick search', async () => {
    const index = new VectorIndex(kernels, DIMENSIONS);
    index.add(all);
    const filter = bitmap((row) => row % 2 === 1, ROWS);
    const { rows } = await index.search(questions[0]!, 50, { exact: false, filter });
    expect(rows).toHaveLength(50);
    expect([...rows].every((row) => row % 2 === 1)).toBe(true);
    expect(await recall(index, { filter })).toBeGreaterThanOrEqual(0.99);
  });

  it('a filter that keeps few is exact', async () => {
    const filter = bitmap((row) => row % 1000 === 7, ROWS);
    const found = await index.search(questions[0]!, 10, { exact: false, filter });
    expect(found.mode).toBe('exact');
    expect(await index.search(questions[0]!, 10, { exact: true, filter })).toEqual(found);
  });

  it('takes the mode that it is told, and says which', async () => {
    const mode = async (rows: number, options?: SearchOptions): Promise<string> => {
      const filter = bitmap((row) => row < rows, ROWS);
      return (await index.search(questions[0]!, 10, { ...options, filter })).mode;
    };
    expect(await mode(20_000)).toBe('exact');
    expect(await mode(20_000, { exact: false })).toBe('bits');
    expect(await mode(20_001, { exact: true })).toBe('exact');
  });

  it('has the same codes whatever the pieces that rows come in', async () => {
    const pieces = new VectorIndex(kernels, DIMENSIONS);
    for (let row = 0; row < ROWS;) {
      const end = row < 3000 ? row + 7 : row + 1024;
      pieces.add(all.subarray(row * DIMENSIONS, end * DIMENSIONS));
      row = end;
    }
    const [blocks, others] = [[...pieces.blocks()], [...index.blocks()]];
    expect(blocks.length).toBeGreaterThan(20);
    expect(blocks.map((block, i) => Buffer.compare(block, others[i]!))).toEqual(
      others.map(() => 0),
    );
    expect(await recall(pieces)).toBeGreaterThanOrEqual(0.99);
  });
});

describe('on rows whose mean moves', () => {
  const other = new StructuredVectors(DIMENSIONS, ROWS);
  /** The second half far from the first: its values turned round. */
  const rows = other.rows(0, ROWS);
  rows.subarray((ROWS / 2) * DIMENSIONS).reverse();
  const index = new VectorIndex(kernels, DIMENSIONS);
  index.add(rows);

  it('begins one frame, not two, where the rows of the last one are gone', async () => {
    const index = new VectorIndex(kernels, DIMENSIONS);
    const block = (number: number, count: number): Float32Array => {
      const values = new Float32Array(count * DIMENSIONS);
      for (let row = 0; row < count; row++) values[row * DIMENSIONS + number] = 1;
      return values;
    };
    index.add(block(0, 128));
    index.add(block(1, 4096));
    index.add(block(2, 4096));
    for (let row = 4224; row < 8320; row++) index.remove(row);
    index.compact();
    index.add(block(3, 1));
    const bytes = new Uint8Array(Buffer.concat([...index.blocks()]));
    expect(VectorIndex.from(kernels, bytes, new MemoryOriginals(DIMENSIONS)).rows).toBe(4225);
  });

  it('still finds 99 of 100 of both halves, and exact search is exact', async () => {
    const turned = questions.map((question) => question.toReversed());
    const both = [...questions.slice(0, 25), ...turned.slice(0, 25)];
    let hits = 0;
    for (const question of both) {
      const exact = await index.search(question, 10, { exact: true });
      expect([...exact.rows]).toEqual([...bruteForce(rows, question, 10).rows]);
      const found = await index.search(question, 10, { exact: false });
      hits += [...found.rows].filter((row) => exact.rows.includes(row)).length;
    }
    expect(hits / (10 * both.length)).toBeGreaterThanOrEqual(0.99);
  });
});

describe('on rows wide enough to have heads', () => {
  it('each row is found by itself, also after a compaction and more rows', async () => {
    const [dimensions, rows] = [1024, 3000];
    const vectors = new StructuredVectors(dimensions, rows);
    const index = new VectorIndex(kernels, dimensions);
    const findsItself = async (number: number, row: number): Promise<void> => {
      const query = vectors.rows(number, number + 1);
      const found = await index.search(query, 1, { exact: false });
      expect([found.mode, found.rows[0]]).toEqual(['bits', row]);
    };
    index.add(vectors.rows(0, rows));
    for (let row = 0; row < rows; row += 100) await findsItself(row, row);
    for (let row = 0; row < rows; row++) if (row % 3 > 0) index.remove(row);
    const old = index.compact();
    index.add(vectors.rows(rows, 2 * rows));
    for (let row = 0; row < old.length; row += 50) await findsItself(old[row]!, row);
    for (let row = 0; row < rows; row += 100) await findsItself(rows + row, old.length + row);
  });
});

describe('bad input', () => {
  it.each<[string, number[], number, SearchOptions]>([
    ['NaN in the query', [Number.NaN, 0], 1, {}],
    ['infinity in the query', [Number.NEGATIVE_INFINITY, 0], 1, {}],
    ['a huge query', [1e30, 0], 1, {}],
    ['a narrow query', [1], 1, {}],
    ['a wide query', [1, 0, 0], 1, {}],
    ['k = 0', [1, 0], 0, {}],
    ['k = 1.5', [1, 0], 1.5, {}],
    ['k = NaN', [1, 0], Number.NaN, {}],
    ['no candidates', [1, 0], 1, { candidates: 0 }],
    ['minScore = NaN', [1, 0], 1, { minScore: Number.NaN }],
    ['a short filter', [1, 0], 1, { filter: new Uint32Array() }],
  ])('refuses %s', async (_, query, k, options) => {
    const index = new VectorIndex(kernels, 2);
    index.add(Float32Array.of(1, 0));
    await expect(index.search(Float32Array.from(query), k, options)).rejects.toThrow(
      expect.objectContaining({ code: 'bad-input' }),
    );
  });

  it('refuses rows of another width or with holes, and keeps what it had', () => {
    const index = new VectorIndex(kernels, 2);
    const refuses = (values: number[], row?: number): void => {
      expect(() => index.add(Float32Array.from(values))).toThrow(
        expect.objectContaining({ code: 'bad-input', ...(row !== undefined && { index: row }) }),
      );
    };
    refuses([1, 2, 3]);
    refuses([1, 2, 3, Number.NaN], 1);
    refuses([1, Number.POSITIVE_INFINITY], 0);
    refuses([1, 1, 1e20, 1], 1);
    expect(index.rows).toBe(0);
  });

  it.each([0, -1, 1.5, Number.NaN, 16_385])('refuses %s dimensions', (dimensions) => {
    expect(() => new VectorIndex(kernels, dimensions)).toThrow(
      expect.objectContaining({ code: 'bad-input' }),
    );
  });

  it('finds nothing in nothing', async () => {
    const index = new VectorIndex(kernels, 2);
    expect((await index.search(Float32Array.of(1, 0), 5)).rows).toHaveLength(0);
    index.add(Float32Array.of(1, 0));
    expect([index.remove(0), index.remove(0), index.remove(1), index.remove(-1)]).toEqual([
      true,
      false,
      false,
      false,
    ]);
    expect((await index.search(Float32Array.of(1, 0), 5)).rows).toHaveLength(0);
  });
});

it('has for rows, wherever they lie, the XXH32 of each seeded with that before it', async () => {
  const tables = fc.integer({ min: 1, max: 70 }).chain((dimensions) =>
    fc.record({
      dimensions: fc.constant(dimensions),
      values: fc.array(values, { minLength: dimensions, maxLength: 5 * dimensions }),
      before: fc.integer({ min: 0, max: 3 }),
    }),
  );
  await fc.assert(
    fc.asyncProperty(tables, async ({ dimensions, values, before }) => {
      const count = Math.floor(values.length / dimensions);
      const whole = Float32Array.from([...values.slice(0, before), ...values]);
      const at = Math.min(before, values.length);
      const rows = whole.subarray(at, at + count * dimensions);
      let hash = 0;
      for (let from = 0; from < rows.length; from += dimensions) {
        const row = new Uint8Array(rows.slice(from, from + dimensions).buffer);
        hash = Number.parseInt(await xxhash32(row, hash), 16);
      }
      expect(new VectorIndex(kernels, dimensions).originalsChecksum(rows)).toBe(hash);
    }),
    { numRuns: 30 },
  );
});
