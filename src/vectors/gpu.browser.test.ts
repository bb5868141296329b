import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { headBytes } from '../kernels/index.ts';
import { requestAdapter } from '../device/index.ts';
import { ask } from './asked.ts';
import { scanBits, takeScanned } from './bit-scan.ts';
import { Encoder } from './encoder.ts';
import { GpuScan } from './gpu-scan.ts';
import { loadSearchModule } from './load.ts';
import { frameQuery } from './query.ts';
import { Space } from './space.ts';
import { VectorIndex, type SearchOptions } from './vector-index.ts';

const kernels = await loadSearchModule();
const device = await newDevice();

async function newDevice(): Promise<GPUDevice> {
  const { adapter } = await requestAdapter(true);
  return adapter.requestDevice();
}

/** Has a device say that its buffers hold so many bytes. */
function limit(small: GPUDevice, bytes: number): GPUDevice {
  const limits = { maxBufferSize: bytes, maxStorageBufferBindingSize: bytes };
  return Object.defineProperty(small, 'limits', { value: limits, configurable: true });
}

/** Seeded values; whole ones from -1 to 1 make ties. */
function valuesOf(count: number, seed: number, tied: boolean): Float32Array {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return tied ? ((state >>> 16) % 3) - 1 : state / 2 ** 31;
  });
}

describe('a scan on the GPU', () => {
  const scans = fc.record({
    dimensions: fc.oneof(fc.integer({ min: 1, max: 200 }), fc.constantFrom(384, 1000, 1024, 2100)),
    rows: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1000, max: 3500 })),
    seed: fc.nat(),
    tied: fc.boolean(),
    /** Rows in a part: one segment or all. */
    segments: fc.constantFrom(1, 1000),
  });

  const own = newDevice();

  it('counts and measures as scanBits does, whatever width, rows, mask, frames and parts', async () => {
    const check = async ({ dimensions, rows, seed, tied, segments }: Scan): Promise<void> => {
      const space = new Space(kernels, dimensions, seed, undefined);
      const encoder = new Encoder(space);
      encoder.add(valuesOf(rows * dimensions, seed, tied), 0);
      const { layout, words, width } = space;
      const bits = new Uint32Array(valuesOf(Math.ceil(rows / 32), seed + 1, false).buffer);
      for (let row = 0; row < rows; row++) {
        const at = (space.segmentAt(row) + layout.alive) / 4 + ((row % 1024) >> 5);
        words[at]! |= (bits[row >> 5]! & (1 << (row & 31))) >>> 0;
      }
      const { mask } = ask(space, rows, rows, undefined);
      const query = valuesOf(dimensions, seed + 2, tied);
      const queries = encoder.frames.map((frame) => frameQuery(space, query, frame));
      const rowBytes = headBytes(width) || width / 8;
      const limited = limit(await own, segments * 1024 * rowBytes);
      const gpu = await GpuScan.open(space, limited, rowBytes);
      const counts = scanBits(space, rows, queries, mask, rowBytes);
      const wanted = takeScanned(space, rows, counts);
      for (let time = 0; time < 2; time++) {
        const found = await gpu.scan(rows, queries, mask);
        expect(found.distances).toEqual(wanted.distances);
        expect(found.counts).toEqual(wanted.counts);
      }
      gpu.close();
    };
    await fc.assert(fc.asyncProperty(scans, check), { numRuns: 20 });
  });
});

interface Scan {
  dimensions: number;
  rows: number;
  seed: number;
  tied: boolean;
  segments: number;
}

/** The same rows twice: searched on WASM, and on a GPU from the first row on. */
class Pair {
  readonly wasm: VectorIndex;
  readonly gpu: VectorIndex;

  constructor(dimensions: number, open: () => Promise<GPUDevice> = () => Promise.resolve(device)) {
    this.wasm = new VectorIndex(kernels, dimensions);
    this.gpu = new VectorIndex({ ...kernels, gpu: { device: open, fromRows: 1 } }, dimensions);
  }

  add(rows: Float32Array): void {
    this.wasm.add(rows);
    this.gpu.add(rows);
  }

  remove(row: number): void {
    expect(this.gpu.remove(row)).toBe(this.wasm.remove(row));
  }

  compact(): void {
    expect(this.gpu.compact()).toEqual(this.wasm.compact());
  }

  /** Gives where it was scanned; its answer is that of WASM. */
  async search(query: Float32Array, k: number, options: SearchOptions = {}): Promise<string> {
    const asked = { exact: false, candidates: 2 * k + 10, ...options };
    const { scan, ...found } = await this.gpu.search(query, k, asked);
    expect({ ...found, scan: 'wasm' }).toEqual(await this.wasm.search(query, k, asked));
    return scan;
  }

  /** After the GPU has come, or was refused. */
  async settled(query: Float32Array): Promise<void> {
    await this.search(query, 1);
    await vi.waitFor(() => expect(this.gpu.gpu?.state).not.toBe('opening'));
  }
}

const DIMENSIONS = 100;
const ROWS = 6000;
const questionOf = (seed: number): Float32Array => valuesOf(DIMENSIONS, seed, true);

/** A pair with rows, and what its GPU is. */
async function filled(open?: () => Promise<GPUDevice>): Promise<Pair> {
  const pair = new Pair(DIMENSIONS, open);
  pair.add(valuesOf(ROWS * DIMENSIONS, 1, true));
  await pair.settled(questionOf(2));
  return pair;
}

describe('searches on the GPU', () => {
  it('answer as WASM while rows come, go, move and are filtered', async () => {
    const steps = fc.array(
      fc.oneof(
        fc.record({ add: fc.integer({ min: 1, max: 1500 }), tied: fc.boolean() }),
        fc.record({ removed: fc.array(fc.nat(4000), { maxLength: 300 }) }),
        fc.record({ filter: fc.array(fc.nat(2 ** 32 - 1), { minLength: 3, maxLength: 3 }) }),
        fc.constant({ compact: true } as const),
      ),
      { maxLength: 10 },
    );
    const scans = new Set<string>();
    const check = async (dimensions: number, made: Step[], seed: number): Promise<void> => {
      const pair = new Pair(dimensions);
      const query = valuesOf(dimensions, seed, false);
      pair.add(valuesOf(300 * dimensions, seed, true));
      await pair.settled(query);
      for (const [i, step] of made.entries()) {
        if ('add' in step) pair.add(valuesOf(step.add * dimensions, seed + i, step.tied));
        else if ('removed' in step) for (const row of step.removed) pair.remove(row);
        else if ('compact' in step) pair.compact();
        const words = Math.ceil(pair.gpu.rows / 32);
        const filter = 'filter' in step && {
          filter: Uint32Array.from({ length: words }, (_, i) => step.filter[i % 3]!),
        };
        scans.add(await pair.search(query, 1 + (i % 5), { ...filter }));
      }
      pair.gpu.close();
    };
    await fc.assert(fc.asyncProperty(fc.constantFrom(3, 130, 1024), steps, fc.nat(), check), {
      numRuns: 15,
    });
    expect(scans).toContain('webgpu');
  });

  it('answer as WASM where rows are measured from several means', async () => {
    const pair = new Pair(30);
    for (let piece = 0; piece < 12; piece++) {
      const rows = valuesOf(1201 * 30, piece, false);
      pair.add(rows.map((value) => value + (piece < 6 ? 3 : -3)));
    }
    expect(pair.gpu.shape.frames.length).toBeGreaterThan(1);
    await pair.settled(new Float32Array(30).fill(1));
    for (let seed = 0; seed < 5; seed++) {
      expect(await pair.search(valuesOf(30, seed, false), 20)).toBe('webgpu');
    }
  });

  it('say what they take, and go on without it once closed', async () => {
    const pair = await filled();
    expect(await pair.search(questionOf(3), 5)).toBe('webgpu');
    expect(pair.gpu.gpu).toMatchObject({ state: 'ready' });
    // 20 bytes a row in parts of 2^18, its distances once more, and a bit each.
    expect(pair.gpu.gpu!.bytes).toBeGreaterThan(2 ** 18 * (16 + 2 + 2 + 2));
    expect(await pair.search(questionOf(3), 5, { exact: true })).toBe('wasm');
    pair.gpu.close();
    expect(await pair.search(questionOf(3), 5)).toBe('wasm');
    expect(pair.gpu.gpu).toMatchObject({ state: 'failed', bytes: 0 });
  });

  it('run on WASM while it does not answer, and there again once it has', async () => {
    const own = await newDevice();
    const make = own.createBuffer.bind(own);
    const held: Promise<undefined>[] = [];
    own.createBuffer = (wanted) => {
      const buffer = make(wanted);
      const map = buffer.mapAsync.bind(buffer);
      buffer.mapAsync = async (...asked) => {
        await held[0];
        return map(...asked);
      };
      return buffer;
    };
    const pair = await filled(() => Promise.resolve(own));
    expect(await pair.search(questionOf(3), 5)).toBe('webgpu');
    const { promise, resolve } = Promise.withResolvers<undefined>();
    held.push(promise);
    expect(await pair.search(questionOf(4), 5)).toBe('wasm');
    expect(await pair.search(questionOf(5), 5)).toBe('wasm');
    expect(pair.gpu.gpu).toMatchObject({ state: 'ready' });
    resolve(undefined);
    await vi.waitFor(async () => expect(await pair.search(questionOf(6), 5)).toBe('webgpu'));
  });

  it('give way to each other, and to a compaction', async () => {
    const pair = await filled();
    const filters = [0x0f0f0f0f, 0xf0f0f0f0].map((word) => new Uint32Array(200).fill(word));
    const scans = filters.map((filter) => pair.search(questionOf(4), 10, { filter }));
    expect(await Promise.all(scans)).toEqual(['webgpu', 'wasm']);
    for (let row = 0; row < ROWS; row += 3) pair.remove(row);
    const asked = { exact: false, candidates: 40 };
    const searching = pair.gpu.search(questionOf(5), 10, asked);
    pair.compact();
    expect((await searching).rows).toEqual((await pair.wasm.search(questionOf(5), 10, asked)).rows);
    expect(await pair.search(questionOf(5), 10)).toBe('webgpu');
  });

  it('are sent there from as many rows on as was said, not before', async () => {
    let asked = 0;
    const gpu = {
      fromRows: ROWS,
      device: () => Promise.resolve(device).finally(() => asked++),
    };
    const index = new VectorIndex({ ...kernels, gpu }, 1024);
    const query = valuesOf(1024, 1, false);
    const options = { exact: false, candidates: 30 };
    index.add(valuesOf((ROWS - 1) * 1024, 1, false));
    expect(await index.search(query, 10, options)).toMatchObject({ mode: 'bits', scan: 'wasm' });
    expect([index.gpu, asked]).toEqual([undefined, 0]);
    index.add(query);
    await index.search(query, 10, options);
    await vi.waitFor(() => expect(index.gpu?.state).toBe('ready'));
    expect(await index.search(query, 10, options)).toMatchObject({ scan: 'webgpu' });
  });
});

type Step =
  { add: number; tied: boolean } | { removed: number[] } | { filter: number[] } | { compact: true };

describe('where the GPU fails, WASM answers the same, and the index says why', () => {
  it('lost in mid-search', async () => {
    const own = await newDevice();
    const pair = await filled(() => Promise.resolve(own));
    expect(await pair.search(questionOf(3), 5)).toBe('webgpu');
    const searching = pair.search(questionOf(4), 5);
    own.destroy();
    expect(await searching).toBe('wasm');
    expect(await pair.search(questionOf(5), 5)).toBe('wasm');
    expect(pair.gpu.gpu).toMatchObject({ state: 'failed', bytes: 0 });
    expect(pair.gpu.gpu?.reason).toMatch(/\w/);
  });

  it('lost between searches', async () => {
    const own = await newDevice();
    const pair = await filled(() => Promise.resolve(own));
    expect(await pair.search(questionOf(3), 5)).toBe('webgpu');
    own.destroy();
    await own.lost;
    expect(await pair.search(questionOf(4), 5)).toBe('wasm');
    expect(pair.gpu.gpu).toMatchObject({ state: 'failed', bytes: 0 });
  });

  it('none there', async () => {
    const pair = await filled(() => Promise.reject(new Error('no adapter answered')));
    expect(await pair.search(questionOf(3), 5)).toBe('wasm');
    const reason = 'no adapter answered';
    expect(pair.gpu.gpu).toEqual({ state: 'failed', bytes: 0, reason });
  });

  it('it has no room, for codes at all or for more of them', async () => {
    const tight = await filled(async () => limit(await newDevice(), 1000));
    expect(tight.gpu.gpu).toMatchObject({ state: 'failed' });
    const own = limit(await newDevice(), 4096 * 16);
    const pair = await filled(() => Promise.resolve(own));
    expect(await pair.search(questionOf(3), 5)).toBe('webgpu');
    const make = own.createBuffer.bind(own);
    own.createBuffer = (wanted) => make({ ...wanted, size: 2 ** 45 });
    pair.add(valuesOf(4096 * DIMENSIONS, 7, true));
    expect(await pair.search(questionOf(3), 5)).toBe('wasm');
    expect(pair.gpu.gpu).toMatchObject({ state: 'failed', bytes: 0 });
  });

  it('it computes something else', async () => {
    const own = await newDevice();
    const make = own.createShaderModule.bind(own);
    own.createShaderModule = ({ code }) =>
      make({ code: code.replace('sums.x + sums.y', 'sums.x + sums.z') });
    const pair = await filled(() => Promise.resolve(own));
    expect(await pair.search(questionOf(3), 5)).toBe('wasm');
    expect(pair.gpu.gpu?.reason).toContain('computes something else');
  });
});
