import { describe, expect, it } from 'vitest';
import { attentionScratchBytes, MATMUL_SCRATCH_BYTES } from '../../kernels/index.ts';
import { EngineMemory, Layout } from './memory.ts';
import type { PackedModel, PackedQwen3 } from './packed.ts';
import { GATE_COLUMNS, GATE_ROWS, layOut, TASK_ROWS, type Areas, type Quantised } from './pass.ts';

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

  it.each(['qwen3', 'bert'] as const)('lays areas out without overlap: %s', (family) => {
    const [rows, texts, start] = [100, 3, 640];
    const packed = { ...model, family } as PackedModel;
    const { areas, end } = layOut(packed, { rows, texts, threads: 2 }, start);
    const spans = spansOf(packed, areas, rows, texts).toSorted(([a], [b]) => a - b);
    expect(spans[0]![0]).toBe(start);
    spans.forEach(([at, length], i) => {
      expect(at + length).toBeLessThanOrEqual(spans[i + 1]?.[0] ?? end);
    });
  });
});

/** Where each area of a pass begins, and the bytes that are needed there. */
function spansOf(
  { family, hidden, heads, kvHeads, headDim, ffn }: PackedModel,
  areas: Areas,
  rows: number,
  texts: number,
): [at: number, length: number][] {
  const quantised = ({ q, scales, starts }: Quantised, rows: number): [number, number][] => [
    [q, rows * ffn],
    [scales, (4 * rows * ffn) / 16],
    [starts, (4 * rows * ffn) / 16],
  ];
  const spans: [number, number][] = [
    [areas.x, 4 * rows * hidden],
    ...(family === 'bert' ? [[areas.y, 4 * rows * hidden] as [number, number]] : []),
    [areas.q, 4 * rows * heads * headDim],
    [areas.attention, 4 * rows * heads * headDim],
    [areas.k, 4 * rows * kvHeads * headDim],
    [areas.v, 4 * rows * kvHeads * headDim],
    [areas.positions, 4 * rows],
    [areas.pooledPositions, 4 * texts],
    [areas.pooled, 4 * texts * hidden],
    [areas.out, 4 * texts * hidden],
    [areas.active, 4 * rows * ffn],
    ...quantised(areas.quantised, rows),
  ];
  for (const own of areas.own) {
    spans.push(
      ...quantised(own.quantised, TASK_ROWS),
      [own.normed, 4 * TASK_ROWS * hidden],
      [own.scratch, attentionScratchBytes(headDim)],
      [own.totals, MATMUL_SCRATCH_BYTES],
      ...(family === 'qwen3'
        ? [[own.gated, 8 * GATE_ROWS * GATE_COLUMNS] as [number, number]]
        : []),
    );
  }
  return spans;
}

it('places things on cache lines of their own', () => {
  const layout = new Layout(64);
  expect([layout.place(1), layout.place(65), layout.place(0), layout.end]).toEqual([
    64, 128, 256, 256,
  ]);
});
