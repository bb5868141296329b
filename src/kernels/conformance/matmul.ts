import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  activationBlock,
  MATMUL_SCRATCH_BYTES,
  panelBytes,
  panelCount,
  PANEL,
  tiledRows,
  type Bits,
} from '../layout.ts';
import type { Kernels } from '../types.ts';
import { expectBytes, type Arena } from './arena.ts';
import { Random } from './random.ts';

const shapes = fc.record({
  seed: fc.nat(),
  bits: fc.constantFrom<Bits>(4, 8),
  block: fc.constantFrom(16, 32, 64, 128),
  // Of 128 each: as many inputs as nibbles are taken apart for, and more.
  blocks: fc.oneof(
    { weight: 9, arbitrary: fc.integer({ min: 1, max: 5 }) },
    fc.constantFrom(32, 33),
  ),
  rows: fc.oneof(fc.integer({ min: 1, max: 13 }), fc.constantFrom(64, 67, 130)),
  n: fc.integer({ min: 1, max: 41 }),
  zeros: fc.boolean(),
  bias: fc.boolean(),
  accumulate: fc.constantFrom<(0 | 1)[]>(0, 1),
});
type Shape = typeof shapes extends fc.Arbitrary<infer T> ? T : never;

/** A product laid out in the arena; `run` computes rows and panels of it. */
function lay(arena: Arena, shape: Shape) {
  const { bits, block, rows, n } = shape;
  const random = new Random(shape.seed);
  const k = block * shape.blocks;
  const panels = panelCount(n);
  const aBlocks = k / activationBlock(block);
  const stride = n + random.integer(5);
  const x = arena.put(random.floats(rows * k));
  const room = tiledRows(rows);
  // NaN where nothing is written: it must be part of no result.
  const [q, aScales, aStarts] = [room * k, room * aBlocks * 4, room * aBlocks * 4].map((bytes) =>
    arena.put(new Uint8Array(bytes).fill(0xff)),
  ) as [number, number, number];
  const totals = arena.area(MATMUL_SCRATCH_BYTES);
  const weights = arena.put(random.bytes(panels * panelBytes(bits, k)));
  const wScales = arena.put(random.floats(panels * PANEL * shape.blocks, 0.01));
  const zeroPoints = random.bytes(panels * PANEL * shape.blocks).map((z) => z % 2 ** bits);
  const zeros = shape.zeros ? arena.put(zeroPoints) : 0;
  const bias = shape.bias ? arena.put(random.floats(n)) : 0;
  const start = random.floats(rows * stride);
  const outs = [arena.put(start), arena.put(start)] as const;
  /** Where quantised rows from `row` on begin. */
  const from = (row: number) =>
    [q + row * k, aScales + row * aBlocks * 4, aStarts + row * aBlocks * 4] as const;
  /** Rows [row, to), quantised into those from `into` on. */
  const quantize = (kernels: Kernels, [row, to] = [0, rows], into = 0): void => {
    const at = x + row * k * 4;
    kernels.quantizeRows(at, k, to - row, k, activationBlock(block), ...from(into));
  };
  /** The product of rows [row, to), which are quantised from `taken` on, with some panels. */
  const run = (
    kernels: Kernels,
    out: number,
    [row, to] = [0, rows],
    [p, pTo] = [0, panels],
    taken = 0,
  ): void => {
    kernels.matmul(
      ...([bits, ...from(taken), to - row, k, block, weights, wScales, zeros, bias, n] as const),
      ...([out + row * stride * 4, stride, shape.accumulate, p, pTo, totals] as const),
    );
  };
  const quantized = { q, aScales, aStarts, bytes: room * k, scales: room * aBlocks };
  return { quantize, run, outs, panels, floats: rows * stride, quantized };
}

export function matmulCases(arena: Arena): void {
  describe('matmul', () => {
    it('quantizes as its twin, to the bit', () => {
      fc.assert(
        fc.property(shapes, (shape) => {
          arena.clear();
          const { quantize, quantized } = lay(arena, shape);
          arena.both((kernels) => {
            quantize(kernels);
          });
          arena.expectSame(quantized.q, quantized.bytes);
          arena.expectSame(quantized.aScales, quantized.scales * 4);
          arena.expectSame(quantized.aStarts, quantized.scales * 4);
        }),
        { numRuns: 40 },
      );
    });

    it('comes within 3e-6 of its twin, whatever bits, blocks, zero points and sizes', () => {
      fc.assert(
        fc.property(shapes, (shape) => {
          arena.clear();
          const { quantize, run, outs, floats } = lay(arena, shape);
          arena.both((kernels) => {
            quantize(kernels);
            run(kernels, outs[0]);
          });
          arena.expectClose(outs[0], floats, 3e-6);
        }),
        { numRuns: 60 },
      );
    });

    partCases(arena);
    extremeCases(arena);
  });
}

function partCases(arena: Arena): void {
  it('gives the same bits for a row alone, and for panels in parts', () => {
    fc.assert(
      fc.property(shapes, fc.nat(40), (shape, cut) => {
        arena.clear();
        const { quantize, run, outs, panels, floats } = lay(arena, shape);
        arena.tested((kernels) => {
          quantize(kernels);
          run(kernels, outs[0]);
          const border = cut % (panels + 1);
          for (let row = 0; row < shape.rows; row++) {
            quantize(kernels, [row, row + 1]);
            run(kernels, outs[1], [row, row + 1], [border, panels]);
            run(kernels, outs[1], [row, row + 1], [0, border]);
          }
        });
        arena.expectEqual(outs[1], outs[0], floats * 4);
      }),
      { numRuns: 40 },
    );
  });

  it('gives the same bits for rows quantised and multiplied in parts, from r = 4, 8, ... on', () => {
    fc.assert(
      fc.property(shapes, fc.constantFrom(4, 8, 16), (shape, size) => {
        arena.clear();
        const { quantize, run, outs, panels, floats, quantized } = lay(arena, shape);
        const parts = Array.from({ length: Math.ceil(shape.rows / size) }, (_, part) => {
          return [part * size, Math.min(shape.rows, (part + 1) * size)] as [number, number];
        });
        arena.tested((kernels) => {
          // The last first: a part that wrote past its end would spoil the one behind it.
          for (const part of parts.toReversed()) quantize(kernels, part, part[0]);
          for (const part of parts) run(kernels, outs[1], part, [0, panels], part[0]);
        });
        const inParts = arena.bytes(quantized.q, quantized.bytes);
        arena.tested((kernels) => {
          quantize(kernels);
          run(kernels, outs[0]);
        });
        expectBytes(inParts, arena.bytes(quantized.q, quantized.bytes));
        arena.expectEqual(outs[1], outs[0], floats * 4);
      }),
      { numRuns: 40 },
    );
  });
}

function extremeCases(arena: Arena): void {
  it('takes zeros, numbers too small to divide by, and infinity', () => {
    arena.clear();
    const x = new Float32Array(96).fill(1e-39, 32, 64);
    x[64] = Infinity;
    const at = arena.put(x);
    const [q, scales, starts] = [arena.area(4 * 96), arena.area(48), arena.area(48)];
    arena.tested((kernels) => {
      kernels.quantizeRows(at, 96, 1, 96, 32, q, scales, starts);
    });
    const ofRow = (values: ArrayLike<number>, width: number): number[] =>
      Array.from(values).filter((_, i) => i % (4 * width) < width);
    expect(ofRow(arena.floats(scales, 12), 1)).toEqual([0, 0, Infinity]);
    expect(ofRow(arena.bytes(q, 4 * 64), 4)).toEqual(Array(64).fill(0));
  });
}
