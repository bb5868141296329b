import { describe, expect, it } from 'vitest';
import { EngineMemory, Layout } from './memory.ts';
import type { PackedQwen3 } from './packed.ts';
import { layOut } from './pass.ts';

const outOfMemory = expect.objectContaining({ code: 'out-of-memory' }) as Error;

describe('EngineMemory', () => {
  it.each([false, true])('keeps things apart, above the reserved part (shared: %s)', (shared) => {
    const memory = new EngineMemory(shared);
    const first = memory.keep(100);
    const second = memory.keep(1_000_000);
    expect(first).toBeGreaterThanOrEqual(65_536);
    expect(first % 64).toBe(0);
    expect(second - first).toBe(128);
    const work = memory.work(3_000_000);
    expect(work).toBeGreaterThanOrEqual(second + 1_000_000);
    expect(memory.bytes).toBeGreaterThanOrEqual(work + 3_000_000);
    expect(memory.work(10)).toBe(work);
  });

  it('refuses what no memory holds', () => {
    const memory = new EngineMemory(false);
    expect(() => memory.work(2 ** 33)).toThrow(outOfMemory);
    expect(() => memory.keep(Number.NaN)).toThrow(outOfMemory);
  });
});

describe('a pass of Qwen3-Embedding-0.6B', () => {
  const sizes = { hidden: 1024, heads: 16, kvHeads: 8, headDim: 128, ffn: 3072 };
  const model = { family: 'qwen3', ...sizes } as PackedQwen3;
  // 440 million weights of 4 bits with a float32 scale for 32, and the rotations of 32,768 positions.
  const WEIGHTS = 440.4e6 * (0.5 + 4 / 32) + 2 * 32_768 * 64 * 4;

  it.each([
    [8192, 1e9],
    [32_768, 2e9],
  ])('fits %d tokens into %d bytes, weights and all', (rows, most) => {
    for (const threads of [1, 8]) {
      const { end } = layOut(model, { rows, texts: 1, threads }, 0);
      expect(WEIGHTS + end).toBeLessThan(most);
    }
  });

  it('lays areas out without overlap', () => {
    const { areas, end } = layOut(model, { rows: 100, texts: 3, threads: 2 }, 640);
    expect(areas.q - areas.x).toBeGreaterThanOrEqual(100 * 1024 * 4);
    expect(areas.k - areas.attention).toBeGreaterThanOrEqual(100 * 2048 * 4);
    expect(end).toBeGreaterThan(areas.own.at(-1)!.scratch);
  });
});

it('places things on cache lines of their own', () => {
  const layout = new Layout(64);
  expect([layout.place(1), layout.place(65), layout.place(0), layout.end]).toEqual([
    64, 128, 256, 256,
  ]);
});
