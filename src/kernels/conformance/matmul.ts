import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { activationBlock, panelBytes, panelCount, PANEL, type Bits } from '../layout.ts';
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
  const q = arena.area(rows * k);
  const aScales = arena.area(rows * aBlocks * 4);
  const aSums = arena.area(rows * aBlocks * 4);
  const weights = arena.put(random.bytes(panels * panelBytes(bits, k)));
  const wScales = arena.put(random.floats(panels * PANEL * shape.blocks, 0.01));
  const zeroPoints = random.bytes(panels * PANEL * shape.blocks).map((z) => z % 2 ** bits);
  const zeros = shape.zeros ? arena.put(zeroPoints) : 0;
  const bias = shape.bias ? arena.put(random.floats(n)) : 0;
  const start = random.floats(rows * stride);
  const outs = [arena.put(start), arena.put(start)] as const;
  const quantize = (kernels: Kernels): void => {
    kernels.quantizeRows(x, k, rows, k, activationBlock(block), q, aScales, aSums);
  };
  const run = (kernels: Kernels, out: number, [row, to] = [0, rows], [p, pTo] = [0, panels]) => {
    kernels.matmul(
      ...([bits, q + row * k, aScales + row * aBlocks * 4, aSums + row * aBlocks * 4] as const),
      ...([to - row, k, block, weights, wScales, zeros, bias, n] as const),
      ...([out + row * stride * 4, stride, shape.accumulate, p, pTo] as const),
    );
  };
  const quantized = { q, aScales, aSums, aBlocks, k };
  return { quantize, run, outs, panels, floats: rows * stride, quantized };
}

export function matmulCases(arena: Arena): void {
  describe('matmul', () => {
    it('quantizes as its twin, to the bit', () => {
      fc.assert(
        fc.property(shapes, (shape) => {
          arena.clear();
          const { quantize, quantized } = lay(arena, shape);
          arena.both(quantize);
          arena.expectSame(quantized.q, shape.rows * quantized.k);
          arena.expectSame(quantized.aScales, shape.rows * quantized.aBlocks * 4);
          arena.expectSame(quantized.aSums, shape.rows * quantized.aBlocks * 4);
        }),
        { numRuns: 40 },
      );
    });

    it('comes within 3e-6 of its twin, whatever bits, blocks, zero points and sizes', () => {
      fc.assert(
        fc.property(shapes, (shape) => {
          arena.clear();
          const { quantize, run, outs, floats } = lay(arena, shape);
          arena.both(quantize);
          arena.both((kernels) => {
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
    const [q, scales, sums] = [arena.area(96), arena.area(12), arena.area(12)];
    arena.tested((kernels) => {
      kernels.quantizeRows(at, 96, 1, 96, 32, q, scales, sums);
    });
    expect(arena.floats(scales, 3)).toEqual(Float32Array.of(0, 0, Infinity));
    expect(arena.bytes(q, 64)).toEqual(new Uint8Array(64));
  });
}
