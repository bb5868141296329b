import fc from 'fast-check';
import { describe, it } from 'vitest';
import type { Arena } from './arena.ts';
import { Random } from './random.ts';

const shapes = fc.record({
  seed: fc.nat(),
  rows: fc.integer({ min: 1, max: 9 }),
  fours: fc.integer({ min: 1, max: 70 }),
  gap: fc.integer({ min: 0, max: 5 }),
});

interface Rows {
  random: Random;
  rows: number;
  width: number;
  stride: number;
  x: number;
  out: number;
  /** Floats from the first row to the end of the last. */
  floats: number;
}

/** Runs `work` on rows of `perRow(width)` floats at x; what is at x and out has to come close. */
function check(
  arena: Arena,
  { bound, perRow = 1, scale = 1 }: { bound: number; perRow?: number; scale?: number },
  work: (rows: Rows) => (kernels: Parameters<Parameters<Arena['both']>[0]>[0]) => void,
): void {
  fc.assert(
    fc.property(shapes, ({ seed, rows, fours, gap }) => {
      arena.clear();
      const random = new Random(seed);
      const width = fours * 4;
      const stride = width * perRow + gap;
      const floats = rows * stride;
      const x = arena.put(random.floats(floats, scale));
      const out = arena.put(new Float32Array(floats));
      arena.both(work({ random, rows, width, stride, x, out, floats }));
      arena.expectClose(x, floats, bound);
      arena.expectClose(out, floats, bound);
    }),
    { numRuns: 40 },
  );
}

export function rowCases(arena: Arena): void {
  describe('rows', () => {
    normCases(arena);
    activationCases(arena);
    sumCases(arena);
  });
}

function normCases(arena: Arena): void {
  it('rmsNorm', () => {
    check(arena, { bound: 2e-6 }, ({ random, rows, width, stride, x, out }) => {
      const weight = arena.put(random.floats(width));
      return (kernels) => {
        kernels.rmsNorm(x, stride, rows, width, weight, 1e-6, out, stride);
      };
    });
  });

  it('layerNorm', () => {
    check(arena, { bound: 4e-6 }, ({ random, rows, width, stride, x, out }) => {
      const weight = arena.put(random.floats(width));
      const bias = arena.put(random.floats(width));
      return (kernels) => {
        kernels.layerNorm(x, stride, rows, width, weight, bias, 1e-12, out, stride);
      };
    });
  });

  it('headNormRope', () => {
    check(arena, { bound: 3e-6 }, ({ random, rows, width, stride, x }) => {
      const [headDim, heads] = [8, Math.floor(width / 8)];
      const weight = arena.put(random.floats(headDim));
      const angles = random.floats(50 * (headDim / 2));
      const cos = arena.put(angles.map(Math.cos));
      const sin = arena.put(angles.map(Math.sin));
      const positions = arena.put(Int32Array.from({ length: rows }, () => random.integer(50)));
      return (kernels) => {
        kernels.headNormRope(
          ...([x, stride, rows, heads, headDim, weight, 1e-6, cos, sin, positions] as const),
        );
      };
    });
  });
}

function activationCases(arena: Arena): void {
  it('swiglu, also where the exponential leaves float32', () => {
    check(arena, { bound: 1e-6, perRow: 2, scale: 20 }, ({ rows, width, stride, x, out }) => {
      return (kernels) => {
        kernels.swiglu(x, stride, rows, width, out, width);
      };
    });
  });

  it('gelu, its erf within 5e-7 at every point', () => {
    const points = Float32Array.from({ length: 4000 }, (_, i) => (i - 2000) / 200);
    arena.clear();
    const x = arena.put(points);
    arena.both((kernels) => {
      kernels.gelu(x, points.length, 1, points.length);
    });
    // Of x / 2 * (1 + erf), and what rounding adds.
    arena.expectWithin(x, points.length, (twin, i) => {
      return 2.5e-7 * Math.abs(points[i]!) + 1e-7 * Math.abs(twin);
    });
  });
}

function sumCases(arena: Arena): void {
  it('meanRows', () => {
    check(arena, { bound: 1e-6 }, ({ rows, width, stride, x, out }) => (kernels) => {
      kernels.meanRows(x, stride, rows, width, out);
    });
  });
}
