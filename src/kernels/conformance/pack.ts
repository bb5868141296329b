import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { panelBytes, panelCount, PANEL, type Bits } from '../layout.ts';
import type { Arena } from './arena.ts';
import { Random } from './random.ts';

const shapes = fc.record({
  seed: fc.nat(),
  bits: fc.constantFrom<Bits>(4, 8),
  half: fc.constantFrom<(0 | 1)[]>(0, 1),
  transposed: fc.constantFrom<(0 | 1)[]>(0, 1),
  n: fc.integer({ min: 1, max: 41 }),
  blocks: fc.integer({ min: 1, max: 7 }),
  cut: fc.nat(),
});

/** Any finite float16. */
function halves(random: Random, count: number): Uint16Array {
  return Uint16Array.from(
    { length: count },
    () => random.integer(0x7c00) | (random.integer(2) << 15),
  );
}

export function packCases(arena: Arena): void {
  describe('packing', () => {
    blockCases(arena);
    floatCases(arena);
    halfCases(arena);
  });
}

function blockCases(arena: Arena): void {
  it('packs blocks, their scales and zero points as its twin', () => {
    fc.assert(
      fc.property(shapes, ({ seed, bits, half, n, blocks, cut }) => {
        arena.clear();
        const random = new Random(seed);
        const [k, panels] = [blocks * 16, panelCount(n)];
        const from = cut % panels;
        const source = arena.put(random.bytes((n * k * bits) / 8));
        const scales = arena.put(half ? halves(random, n * blocks) : random.floats(n * blocks));
        const zeros = arena.put(random.bytes(n * Math.ceil((blocks * bits) / 8)));
        const sizes = [panels * panelBytes(bits, k), panels * PANEL * blocks * 4] as const;
        const out = arena.area(sizes[0]);
        const outScales = arena.area(sizes[1]);
        const outZeros = arena.area(panels * PANEL * blocks);
        arena.both((kernels) => {
          kernels.packPanels(bits, source, n, k, from, panels, out);
          kernels.packScales(scales, half, n, blocks, from, panels, outScales);
          kernels.packZeros(bits, zeros, n, blocks, from, panels, outZeros);
        });
        arena.expectSame(out, sizes[0]);
        arena.expectSame(outScales, sizes[1]);
        arena.expectSame(outZeros, panels * PANEL * blocks);
      }),
      { numRuns: 50 },
    );
  });
}

function floatCases(arena: Arena): void {
  it('packs floats as its twin, whole and in slices of inputs', () => {
    fc.assert(
      fc.property(shapes, ({ seed, half, transposed, n, blocks }) => {
        arena.clear();
        const random = new Random(seed);
        const [k, panels] = [blocks * 32, panelCount(n)];
        const source = arena.put(half ? halves(random, n * k) : random.floats(n * k, 0.02));
        const bytes = panels * panelBytes(8, k);
        const scaleBytes = panels * PANEL * blocks * 4;
        const [outs, scales] = [
          [arena.area(bytes), arena.area(bytes)],
          [arena.area(scaleBytes), arena.area(scaleBytes)],
        ] as [[number, number], [number, number]];
        arena.both((kernels) => {
          kernels.packDense(
            ...([source, half, transposed, n, k, k, 0, panels, outs[0], scales[0]] as const),
          );
        });
        arena.expectSame(outs[0], bytes);
        arena.expectSame(scales[0], scaleBytes);
        if (!transposed) return;
        arena.tested((kernels) => {
          for (let i = 0; i < k; i += 32) {
            const slice = source + i * n * (half ? 2 : 4);
            kernels.packDense(
              ...([slice, half, 1, n, 32, k, 0, panels] as const),
              ...([outs[1] + i * PANEL, scales[1] + i] as const),
            );
          }
        });
        arena.expectEqual(outs[1], outs[0], bytes);
        arena.expectEqual(scales[1], scales[0], scaleBytes);
      }),
      { numRuns: 50 },
    );
  });
}

function halfCases(arena: Arena): void {
  it('widens every float16, infinities and NaN too', () => {
    arena.clear();
    const [rows, blocks] = [PANEL, 65_536 / PANEL];
    const source = arena.put(Uint16Array.from({ length: 65_536 }, (_, i) => i));
    const out = arena.area(65_536 * 4);
    arena.both((kernels) => {
      kernels.packScales(source, 1, rows, blocks, 0, 1, out);
    });
    const twins = arena.twinFloats(out, 65_536);
    const unlike = (value: number, i: number): boolean => !Object.is(value, twins[i]);
    expect(arena.floats(out, 65_536).findIndex(unlike)).toBe(-1);
    expect(twins.filter(Number.isNaN)).toHaveLength(2 * 1023);
  });

  it.each([
    ['infinity', 0xfc00],
    ['NaN', 0x7e00],
  ])('gives floats with %s among them a scale that is not finite', (_, broken) => {
    for (const transposed of [0, 1] as const) {
      arena.clear();
      const source = arena.put(new Uint16Array(PANEL * 32).fill(0x3c00).fill(broken, 5, 6));
      const [out, scales] = [arena.area(panelBytes(8, 32)), arena.area(PANEL * 4)];
      arena.tested((kernels) => {
        kernels.packDense(source, 1, transposed, PANEL, 32, 32, 0, 1, out, scales);
      });
      const column = transposed ? 5 : 0;
      const finite = Array.from(arena.floats(scales, PANEL), Number.isFinite);
      expect(finite).toEqual(finite.map((_, i) => i !== column));
    }
  });
}
