import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BIAS_UNITS, headBytes, QUERY_MAX, SEGMENT_ROWS, segmentOf } from '../search-layout.ts';
import type { SearchKernels } from '../search-types.ts';
import type { Arena } from './arena.ts';
import { Random } from './random.ts';

const shapes = fc.record({
  seed: fc.nat(),
  /** The last one has heads. */
  width: fc.constantFrom(128, 384, 1024),
  from: fc.integer({ min: SEGMENT_ROWS - 40, max: SEGMENT_ROWS + 3 }),
  rows: fc.integer({ min: 0, max: 60 }),
  /** Of 32 rows, how many may be found. */
  asked: fc.constantFrom(0, 1, 16, 31, 32),
  slope: fc.constantFrom(0, 1, 900, 2 ** 15 - 1),
  shift: fc.integer({ min: -(2 ** 30), max: 2 ** 30 }),
});

/** Two segments of which the rows around their border are filled at random. */
function lay(arena: Arena<SearchKernels>, seed: number, width: number, asked: number) {
  arena.clear();
  const random = new Random(seed);
  const layout = segmentOf(width);
  const both = new Uint8Array(2 * layout.bytes);
  const put = (at: number, values: Uint8Array): void => both.set(values, at);
  const ends = [SEGMENT_ROWS - 40, 0] as const;
  for (const [i, place] of ends.entries()) {
    const at = i * layout.bytes;
    put(at + (place * width) / 8, random.bytes(5 * width));
    put(
      at + layout.codes + place * width,
      random.bytes(40 * width).map((byte) => byte || 1),
    );
    const factors = Array.from({ length: 40 }, () => [
      ...new Uint8Array(random.floats(1).buffer),
      ...new Uint8Array(Int32Array.of(random.integer(60_000) - 30_000).buffer),
      ...new Uint8Array(random.floats(2).buffer),
    ]);
    put(at + layout.factors + place * 16, Uint8Array.from(factors.flat()));
    for (let row = 0; row < SEGMENT_ROWS; row++) {
      if (random.integer(32) < asked) both[at + layout.mask + (row >> 3)]! |= 1 << (row % 8);
    }
  }
  const query = arena.put(random.bytes(width).map((byte) => byte % (QUERY_MAX + 1)));
  const segments = arena.put(both);
  const counts = arena.put(new Int32Array(width + 1));
  return { random, layout, query, segments, counts, list: arena.area(64 * 4) };
}

export function scanCases(arena: Arena<SearchKernels>): void {
  describe('scans', () => {
    bitCases(arena);
    headCases(arena);
    leanCase(arena);
    byteCases(arena);
    widestCase(arena);
  });
}

function bitCases(arena: Arena<SearchKernels>): void {
  it('of bits agree with their twin, and so does the choice of the nearest', () => {
    fc.assert(
      fc.property(shapes, fc.nat(9), ({ seed, width, from, rows, asked, slope, shift }, quota) => {
        const { layout, query, segments, counts, list } = lay(arena, seed, width, asked);
        const to = from + rows;
        arena.both((kernels) => {
          kernels.deriveRows(width, segments, from, to);
          kernels.scanBits(
            ...([query, width, width / 8, segments, from, to] as const),
            ...([layout.mask, counts, slope, shift] as const),
          );
        });
        arena.expectSame(counts, 4 * (width + 1));
        arena.expectSame(segments, 2 * layout.bytes);
        const chosen: number[] = [];
        arena.both((kernels) => {
          chosen.push(kernels.selectRows(width, segments, from, to, width / 2, quota, list));
        });
        expect(chosen[0]).toBe(chosen[1]);
        arena.expectSame(list, 64 * 4);
      }),
      { numRuns: 60 },
    );
  });
}

function headCases(arena: Arena<SearchKernels>): void {
  it('of heads agree with their twin', () => {
    fc.assert(
      fc.property(shapes, ({ seed, from, rows, asked, slope, shift }) => {
        const width = 1024;
        const { layout, query, segments, counts } = lay(arena, seed, width, asked);
        const [bytes, to] = [headBytes(width), from + rows];
        arena.both((kernels) => {
          kernels.deriveRows(width, segments, from, to);
          kernels.scanBits(
            ...([query, width, bytes, segments, from, to] as const),
            ...([layout.mask, counts, slope, shift] as const),
          );
        });
        arena.expectSame(counts, 4 * (8 * bytes + 1));
        arena.expectSame(segments, 2 * layout.bytes);
      }),
      { numRuns: 60 },
    );
  });

  it('of listed rows give the distances of a scan', () => {
    fc.assert(
      fc.property(shapes, ({ seed, width, from, rows, slope, shift }) => {
        const { layout, query, segments, counts } = lay(arena, seed, width, 32);
        const scanned = arena.put(new Int32Array(width + 1));
        const list = arena.put(Int32Array.from({ length: rows }, (_, i) => from + rows - 1 - i));
        const distances = arena.area(2 * rows);
        arena.both((kernels) => {
          kernels.deriveRows(width, segments, from, from + rows);
          kernels.measureRows(
            ...([query, width, segments, list, rows, distances] as const),
            ...([counts, slope, shift] as const),
          );
          kernels.scanBits(
            ...([query, width, width / 8, segments, from, from + rows] as const),
            ...([layout.mask, scanned, slope, shift] as const),
          );
        });
        arena.expectSame(distances, 2 * rows);
        arena.expectEqual(counts, scanned, 4 * (width + 1));
        const measured = new Uint16Array(arena.bytes(distances, 2 * rows).buffer);
        for (let row = from; row < from + rows; row++) {
          const at = segments + Math.floor(row / SEGMENT_ROWS) * layout.bytes + layout.results;
          const found = new Uint16Array(arena.bytes(at + (row % SEGMENT_ROWS) * 2, 2).buffer)[0];
          expect(measured[from + rows - 1 - row]).toBe(found);
        }
      }),
      { numRuns: 60 },
    );
  });
}

function leanCase(arena: Arena<SearchKernels>): void {
  it('of biases too large for leans take the largest', () => {
    const width = 128;
    const { layout, segments } = lay(arena, 1, width, 32);
    const biases = [1, -1, 0.5 / BIAS_UNITS, 1.5 / BIAS_UNITS, 3, -3, 1e30, -1e30];
    const whole = arena.bytes(segments, 2 * layout.bytes);
    const factors = new Float32Array(whole.buffer, whole.byteOffset + layout.factors, 4 * 8);
    biases.forEach((bias, row) => factors.set([bias], 4 * row + 3));
    const other = arena.put(whole);
    arena.both((kernels) => {
      kernels.deriveRows(width, other, 0, biases.length);
    });
    arena.expectSame(other, 2 * layout.bytes);
    const leans = new Int16Array(arena.bytes(other + layout.leans, 2 * biases.length).buffer);
    expect([...leans]).toEqual([16_384, -16_384, 0, 2, 32_767, -32_767, 32_767, -32_767]);
  });
}

function byteCases(arena: Arena<SearchKernels>): void {
  it('of int8 rows give the same scores as their twin, to the bit', () => {
    fc.assert(
      fc.property(shapes, ({ seed, width, from, rows, asked }) => {
        const { random, layout, query, segments } = lay(arena, seed, width, asked);
        const [factor, offset] = [random.float(0.01), random.float()];
        arena.both((kernels) => {
          kernels.scanBytes(
            ...([query, width, segments, from, from + rows, layout.mask] as const),
            ...([factor, offset] as const),
          );
        });
        arena.expectSame(segments, 2 * layout.bytes);
      }),
      { numRuns: 60 },
    );
  });

  it('of listed rows give what a scan gives', () => {
    fc.assert(
      fc.property(shapes, ({ seed, width, from, rows }) => {
        const { random, layout, query, segments } = lay(arena, seed, width, 32);
        const [factor, offset] = [random.float(0.01), random.float()];
        const list = arena.put(Int32Array.from({ length: rows }, (_, i) => from + rows - 1 - i));
        const scores = arena.area(rows * 4);
        arena.both((kernels) => {
          kernels.scoreRows(query, width, segments, list, rows, factor, offset, scores);
          kernels.scanBytes(
            ...([query, width, segments, from, from + rows, layout.mask] as const),
            ...([factor, offset] as const),
          );
        });
        arena.expectSame(scores, rows * 4);
        const listed = arena.floats(scores, rows);
        for (let row = from; row < from + rows; row++) {
          const at = segments + Math.floor(row / SEGMENT_ROWS) * layout.bytes + layout.results;
          const scanned = arena.floats(at + (row % SEGMENT_ROWS) * 4, 1)[0];
          expect(listed[from + rows - 1 - row]).toBe(scanned);
        }
      }),
      { numRuns: 60 },
    );
  });
}

function widestCase(arena: Arena<SearchKernels>): void {
  it('of the widest row neither overflow nor saturate', () => {
    arena.clear();
    const width = 2048;
    const layout = segmentOf(width);
    const both = new Uint8Array(layout.bytes).fill(0xff, 0, layout.codes);
    // -127, the least there is.
    both.fill(0x81, layout.codes, layout.factors).fill(0xff, layout.mask, layout.results);
    const segments = arena.put(both);
    const query = arena.put(new Uint8Array(width).fill(QUERY_MAX));
    const opposite = arena.put(new Uint8Array(width / 8));
    const counts = arena.put(new Int32Array(width + 1));
    arena.both((kernels) => {
      kernels.scanBytes(query, width, segments, 0, 4, layout.mask, 1, 0);
    });
    arena.expectSame(segments, layout.bytes);
    arena.both((kernels) => {
      kernels.scanBits(opposite, width, width / 8, segments, 0, 4, layout.mask, counts, 0, 0);
    });
    arena.expectSame(segments, layout.bytes);
    expect(new Int32Array(arena.bytes(counts + 4 * width, 4).buffer)[0]).toBe(4);
  });
}
