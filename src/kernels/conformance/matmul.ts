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
import type { Arena } from './arena.ts';
import { Random } from './random.ts';

const shapes = fc.record({
  seed: fc.nat(),
  bits: fc.constantFrom<Bits>(4, 8),
  block: fc.constantFrom(16, 32, 64, 128),
  blocks: fc.integer({ min: 1, max: 5 }),
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
  const q = arena.area(room * k);
  const aScales = arena.area(room * aBlocks * 4);
  const aStarts = arena.area(room * aBlocks * 4);
  const totals = arena.area(MATMUL_SCRATCH_BYTES);
  const weights = arena.put(random.bytes(panels * panelBytes(bits, k)));
  const wScales = arena.put(random.floats(panels * PANEL * shape.blocks, 0.01));
  const zeroPoints = random.bytes(panels * PANEL * shape.blocks).map((z) => z % 2 ** bits);
  const zeros = shape.zeros ? arena.put(zeroPoints) : 0;
  const bias = shape.bias ? arena.put(random.floats(n)) : 0;
  const start = random.floats(rows * stride);
  const outs = [arena.put(start), arena.put(start)] as const;
  const quantize = (kernels: Kernels, [row, to] = [0, rows]): void => {
    const at = x + row * k * 4;
    kernels.quantizeRows(at, k, to - row, k, activationBlock(block), q, aScales, aStarts);
  };
  const run = (kernels: Kernels, out: number, [row, to] = [0, rows], [p, pTo] = [0, panels]) => {
    kernels.matmul(
      ...([
        bits,
        q,
        aScales,
        aStarts,
        to - row,
        k,
        block,
        weights,
        wScales,
        zeros,
        bias,
        n,
      ] as const),
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
          expect(arena.floats(outs[1], floats)).toEqual(arena.floats(outs[0], floats));
        }),
        { numRuns: 40 },
      );
    });

    extremeCases(arena);
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
