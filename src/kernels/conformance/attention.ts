import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attentionScratchBytes } from '../layout.ts';
import type { Kernels } from '../types.ts';
import type { Arena } from './arena.ts';
import { Random } from './random.ts';

const shapes = fc.record({
  seed: fc.nat(),
  headDim: fc.constantFrom(8, 32, 64, 128),
  keys: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.constantFrom(33, 71, 72, 73, 145, 290)),
  queries: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constantFrom(65, 143, 144, 147, 290)),
  prefix: fc.constantFrom(0, 1, 24, 73),
  causal: fc.constantFrom<(0 | 1)[]>(0, 1),
});
type Shape = typeof shapes extends fc.Arbitrary<infer T> ? T : never;

function lay(arena: Arena, shape: Shape) {
  const { headDim, causal, prefix } = shape;
  const queries = causal ? Math.min(shape.queries, shape.keys) : shape.queries;
  const firstQuery = shape.keys - queries;
  const random = new Random(shape.seed);
  const stride = headDim * 2;
  const all = prefix + shape.keys;
  // Scores of some tens: what float32 loses of larger ones is more than the bound.
  const q = arena.put(random.floats(queries * stride, 0.2));
  const k = arena.put(random.floats(all * stride));
  const v = arena.put(random.floats(all * stride));
  const outs = [0, 1].map(() => arena.put(new Float32Array(queries * stride)));
  const scratch = arena.area(attentionScratchBytes(headDim));
  /** Queries [from, to), with `kept` of the rows given as prefix. */
  const run = (
    kernels: Kernels,
    out: number,
    from: number,
    to: number,
    kept: number = prefix,
  ): void => {
    const own = kept * stride * 4;
    // The rest of the prefix is then a part of the sequence.
    const first = firstQuery + from + (causal ? prefix - kept : 0);
    kernels.attention(
      ...([q + from * stride * 4, stride, to - from, first, k, v, stride, kept] as const),
      ...([k + own, v + own, stride, all - kept, headDim, headDim ** -0.5, causal] as const),
      ...([out + from * stride * 4, stride, scratch] as const),
    );
  };
  return { run, queries, outs: outs as [number, number], floats: queries * stride };
}

export function attentionCases(arena: Arena): void {
  describe('attention', () => {
    it('comes within 1e-5 of its twin, whatever keys, queries and prefix', () => {
      fc.assert(
        fc.property(shapes, (shape) => {
          arena.clear();
          const { run, queries, outs, floats } = lay(arena, shape);
          arena.both((kernels) => {
            run(kernels, outs[0], 0, queries);
          });
          arena.expectClose(outs[0], floats, 1e-5);
        }),
        { numRuns: 50 },
      );
    });

    it('gives the same bits for queries in parts and for keys not kept as a prefix', () => {
      fc.assert(
        fc.property(shapes, fc.nat(300), (shape, cut) => {
          arena.clear();
          const { run, queries, outs, floats } = lay(arena, shape);
          arena.tested((kernels) => {
            run(kernels, outs[0], 0, queries);
            const border = cut % (queries + 1);
            if (border < queries) run(kernels, outs[1], border, queries, 0);
            if (border > 0) run(kernels, outs[1], 0, border, Math.min(shape.prefix, 3));
          });
          arena.expectEqual(outs[1], outs[0], floats * 4);
        }),
        { numRuns: 50 },
      );
    });

    it('keeps scores apart that differ by far', () => {
      arena.clear();
      const [keys, dim] = [40, 8];
      const q = arena.put(new Float32Array(dim).fill(100));
      const k = arena.put(new Float32Array(keys * dim).map((_, i) => Math.floor(i / dim) - 20));
      const v = arena.put(new Float32Array(keys * dim).map((_, i) => Math.floor(i / dim)));
      const out = arena.area(dim * 4);
      const scratch = arena.area(attentionScratchBytes(dim));
      arena.tested((kernels) => {
        kernels.attention(
          ...([q, dim, 1, 0, 0, 0, 0, 0, k, v, dim, keys, dim, 1, 0, out, dim, scratch] as const),
        );
      });
      expect(arena.floats(out, dim)).toEqual(new Float32Array(dim).fill(39));
    });
  });
}
