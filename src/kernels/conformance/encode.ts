import fc from 'fast-check';
import { xxhash32 } from 'hash-wasm';
import { describe, expect, it } from 'vitest';
import {
  FACTOR_BYTES,
  QUERY_MAX,
  rotationRounds,
  segmentOf,
  SEGMENT_ROWS,
} from '../search-layout.ts';
import type { SearchKernels } from '../search-types.ts';
import type { Arena } from './arena.ts';
import { Random } from './random.ts';

const shapes = fc.record({
  seed: fc.nat(),
  rows: fc.integer({ min: 1, max: 5 }),
  /** Powers of two, and widths of which a transform takes a part only. */
  width: fc.constantFrom(128, 256, 384, 640, 768, 1024),
  /** Values short of the width. */
  missing: fc.integer({ min: 0, max: 127 }),
  /** Near the end of a segment, so that rows go over it. */
  first: fc.integer({ min: SEGMENT_ROWS - 4, max: SEGMENT_ROWS }),
});

/** Signs of a rotation as rotateRows takes them. */
function signsFrom(random: Random, width: number): Int32Array {
  return Int32Array.from({ length: rotationRounds(width) * width }, () =>
    random.integer(2) === 0 ? 0 : -0x80000000,
  );
}

export function encodeCases(arena: Arena<SearchKernels>): void {
  describe('encoding', () => {
    agreementCases(arena);
    rotationCases(arena);
    queryCases(arena);
    checksumCase(arena);
  });
}

function agreementCases(arena: Arena<SearchKernels>): void {
  it('centres, rotates and rounds as its twin, to the bit', () => {
    fc.assert(
      fc.property(shapes, ({ seed, rows, width, missing, first }) => {
        arena.clear();
        const random = new Random(seed);
        const dimensions = width - missing;
        const x = arena.put(random.floats(rows * dimensions));
        const mean = arena.put(random.floats(width, 0.3).fill(0, dimensions));
        const y = arena.area(rows * width * 4);
        const signs = arena.put(signsFrom(random, width));
        const norms = arena.area(rows * 4);
        const { bytes, codes, factors } = segmentOf(width);
        const segments = arena.area(2 * bytes);
        arena.both((kernels) => {
          kernels.centreRows(x, rows, dimensions, width, mean, y, segments, first);
          kernels.rotateRows(y, rows, width, signs);
          kernels.encodeRows(y, rows, width, segments, first, norms);
        });
        arena.expectSame(y, rows * width * 4);
        arena.expectWithin(norms, rows, (norm) => 1e-6 * norm);
        for (let row = first; row < first + rows; row++) {
          const at = segments + Math.floor(row / SEGMENT_ROWS) * bytes;
          const place = row % SEGMENT_ROWS;
          arena.expectSame(at + (place * width) / 8, width / 8);
          arena.expectSame(at + codes + place * width, width);
          const known = at + factors + place * FACTOR_BYTES;
          arena.expectSame(known, 8);
          arena.expectWithin(known + 8, 1, (error) => 1e-3 * error);
          arena.expectSame(known + 12, 4);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('takes rows of zeros and of numbers too small to divide by', () => {
    arena.clear();
    const width = 128;
    const y = arena.put(new Float32Array(2 * width).fill(1e-39, width).fill(-0, 0, 9));
    const { bytes, factors } = segmentOf(width);
    const [segments, norms] = [arena.area(bytes), arena.area(8)];
    arena.both((kernels) => {
      kernels.encodeRows(y, 2, width, segments, 0, norms);
    });
    arena.expectSame(segments, factors);
    const [scale, sum, error] = arena.floats(segments + factors, 3);
    expect([scale, sum]).toEqual([0, 0]);
    expect(error).toBeLessThan(1e-30);
  });
}

function rotationCases(arena: Arena<SearchKernels>): void {
  it('keeps lengths and products when it rotates', () => {
    fc.assert(
      fc.property(shapes, ({ seed, width }) => {
        arena.clear();
        const random = new Random(seed);
        const before = random.floats(2 * width);
        const y = arena.put(before);
        const signs = arena.put(signsFrom(random, width));
        arena.tested((kernels) => {
          kernels.rotateRows(y, 2, width, signs);
        });
        const dot = (values: Float32Array, a: number, b: number): number =>
          values
            .subarray(a * width, (a + 1) * width)
            .reduce((sum, value, i) => sum + value * values[b * width + i]!, 0);
        const after = arena.floats(y, 2 * width);
        const size = Math.sqrt(dot(before, 0, 0) * dot(before, 1, 1));
        for (const [a, b] of [
          [0, 0],
          [0, 1],
          [1, 1],
        ] as const) {
          expect(Math.abs(dot(after, a, b) - dot(before, a, b))).toBeLessThan(1e-5 * size);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('spreads a single value over the whole row', () => {
    for (const width of [128, 384, 768, 1024]) {
      arena.clear();
      const row = new Float32Array(width);
      row[width - 1] = 1;
      const y = arena.put(row);
      const signs = arena.put(signsFrom(new Random(width), width));
      arena.tested((kernels) => {
        kernels.rotateRows(y, 1, width, signs);
      });
      const largest = Math.max(...arena.floats(y, width).map(Math.abs));
      expect(largest * Math.sqrt(width)).toBeLessThan(6);
    }
  });
}

function queryCases(arena: Arena<SearchKernels>): void {
  it('rounds a query as its twin, to the bit', () => {
    fc.assert(
      fc.property(shapes, fc.constantFrom(1, 0, 1e-33), ({ seed, width }, scale) => {
        arena.clear();
        const y = arena.put(new Random(seed).floats(width, scale));
        const [bytes, bits, known] = [arena.area(width), arena.area(width / 8), arena.area(12)];
        arena.both((kernels) => {
          kernels.encodeQuery(y, width, bytes, bits, known);
        });
        arena.expectSame(bytes, width);
        arena.expectSame(bits, width / 8);
        arena.expectSame(known, 4);
        arena.expectWithin(known + 4, 2, (length) => 1e-3 * length + 1e-30);
        expect(Math.max(...arena.bytes(bytes, width))).toBeLessThanOrEqual(QUERY_MAX);
      }),
      { numRuns: 40 },
    );
  });

  it('dotRows is its twin, to the bit', () => {
    fc.assert(
      fc.property(shapes, ({ seed, rows, width, missing }) => {
        arena.clear();
        const random = new Random(seed);
        const dimensions = width - missing;
        const query = arena.put(random.floats(dimensions));
        const values = arena.put(random.floats(rows * dimensions));
        const scores = arena.area(4 * rows);
        arena.both((kernels) => {
          kernels.dotRows(query, values, rows, dimensions, scores);
        });
        arena.expectSame(scores, 4 * rows);
      }),
      { numRuns: 40 },
    );
  });
}

function checksumCase(arena: Arena<SearchKernels>): void {
  it('checksum is XXH32', async () => {
    for (const length of [0, 1, 3, 4, 15, 16, 17, 63, 64, 1000, 1023]) {
      arena.clear();
      const random = new Random(length);
      const data = random.bytes(length);
      const at = arena.put(data);
      const seed = random.integer(2 ** 32);
      const wanted = Number.parseInt(await xxhash32(data, seed), 16);
      arena.both((kernels) => {
        expect(kernels.checksum(at, length, seed) >>> 0).toBe(wanted);
      });
    }
  });
}
