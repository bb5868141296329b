import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inspectModel, readModel, writeModel, type OnnxModel } from '../../src/onnx/index.ts';
import { readGolden, type GoldenDtype } from './golden.ts';
import { writeFolder } from './folder.ts';
import { fromHalfBits, roundToHalf, toHalfBits } from './half.ts';
import { writeTestModels, type TestModels } from './index.ts';
import { MODEL_NAMES } from './models.ts';
import { embedBatch, openSession } from './run.ts';
import { SeededWeights } from './seeded.ts';

const rows = readGolden();
let paths: TestModels;

beforeAll(async () => {
  paths = await writeTestModels();
}, 60_000);

interface Agreement {
  lowestCosine: number;
  largestDifference: number;
}

function compare(vectors: readonly ArrayLike<number>[], golden: readonly number[][]): Agreement {
  const worst = { lowestCosine: 1, largestDifference: 0 };
  golden.forEach((expected, row) => {
    const vector = vectors[row]!;
    const cosine = expected.reduce((sum, value, i) => sum + value * vector[i]!, 0);
    const gaps = expected.map((value, i) => Math.abs(value - vector[i]!));
    worst.lowestCosine = Math.min(worst.lowestCosine, cosine);
    worst.largestDifference = Math.max(worst.largestDifference, ...gaps);
  });
  return worst;
}

function golden(dtype: GoldenDtype): number[][] {
  return rows.map((row) => row.vectors[dtype]);
}

async function embedEach(model: string | Uint8Array): Promise<Float32Array[]> {
  const session = await openSession(model);
  const vectors: Float32Array[] = [];
  for (const row of rows) vectors.push(...(await embedBatch(session, [row.ids])));
  await session.release();
  return vectors;
}

/** The builder's quantised files ask for int8 activations; without that they must be exact. */
function withFloatActivations(model: OnnxModel): OnnxModel {
  const nodes = model.graph.nodes.map((node) => ({
    ...node,
    attributes: node.attributes.filter(({ name }) => name !== 'accuracy_level'),
  }));
  return { ...model, graph: { ...model.graph, nodes } };
}

/** The graph and its data as one file, so that an edited graph needs no folder of its own. */
async function allInOne(path: string): Promise<OnnxModel> {
  const model = readModel(await readFile(path));
  const location = inspectModel(await readFile(path)).externalFiles[0];
  const data = location === undefined ? undefined : await readFile(join(path, '..', location));
  const initializers = model.graph.initializers.map(({ externalData, ...tensor }) => {
    if (!externalData || !data) return tensor;
    const { offset, length } = externalData;
    return { ...tensor, rawData: data.subarray(offset, offset + length!) };
  });
  return { ...model, graph: { ...model.graph, initializers } };
}

describe('the goldens', () => {
  it('cover what they should', () => {
    const lengths = rows.map((row) => row.ids.length);
    expect(rows.length).toBeGreaterThanOrEqual(29);
    expect(Math.min(...lengths)).toBe(2);
    expect(Math.max(...lengths)).toBeGreaterThan(600);
    expect(rows.filter((row) => row.name.startsWith('udhr-1-')).length).toBeGreaterThan(12);
    expect(rows.find((row) => row.name === 'self-test')?.ids.length).toBeGreaterThan(40);
  });

  it('tell texts and dtypes apart', () => {
    const vectors = golden('fp32');
    vectors.forEach((vector, i) => {
      for (const other of vectors.slice(i + 1)) {
        expect(compare([vector], [other]).lowestCosine).toBeLessThan(0.9);
      }
    });
    for (const [i, row] of rows.entries()) {
      for (const dtype of ['q4', 'q8', 'fp16'] as const) {
        const { lowestCosine, largestDifference } = compare([vectors[i]!], [row.vectors[dtype]]);
        expect(lowestCosine).toBeGreaterThan(0.999);
        expect(largestDifference).toBeGreaterThan(2e-4);
      }
    }
  });
});

describe('the written models on the CPU', () => {
  const exact = { lowestCosine: 0.99999, largestDifference: 1e-4 };

  it.each([
    ['qwen3-seeded', 'model.onnx', 'fp32'],
    ['qwen3-seeded-genai', 'model.onnx', 'fp32'],
    ['qwen3-seeded-mha', 'model.onnx', 'fp32'],
  ] as const)('%s/%s gives the golden vectors', async (name, file, dtype) => {
    const vectors = await embedEach(join(paths[name], 'onnx', file));
    const { lowestCosine, largestDifference } = compare(vectors, golden(dtype));
    expect(lowestCosine).toBeGreaterThan(exact.lowestCosine);
    expect(largestDifference).toBeLessThan(exact.largestDifference);
  });

  it.each([
    ['qwen3-seeded', 'model_q4.onnx', 'q4'],
    ['qwen3-seeded', 'model_quantized.onnx', 'q8'],
    ['qwen3-seeded-genai', 'model_q4.onnx', 'q4'],
  ] as const)('%s/%s is what its codes and scales say', async (name, file, dtype) => {
    const path = join(paths[name], 'onnx', file);
    // Activations are rounded to int8 here, which costs up to 0.0007 of cosine.
    const asBuilt = compare(await embedEach(path), golden(dtype));
    expect(asBuilt.lowestCosine).toBeGreaterThan(0.999);
    const edited = writeModel(withFloatActivations(await allInOne(path)));
    const { lowestCosine, largestDifference } = compare(await embedEach(edited), golden(dtype));
    expect(lowestCosine).toBeGreaterThan(exact.lowestCosine);
    expect(largestDifference).toBeLessThan(exact.largestDifference);
  });

  it.each(['qwen3-seeded', 'qwen3-seeded-mha'] as const)(
    '%s gives the same vectors in a batch padded on the right',
    async (name) => {
      const session = await openSession(join(paths[name], 'onnx/model.onnx'));
      const vectors: Float32Array[] = [];
      for (let i = 0; i < rows.length; i += 13) {
        const batch = rows.slice(i, i + 13).map((row) => row.ids);
        vectors.push(...(await embedBatch(session, batch)));
      }
      await session.release();
      const { largestDifference } = compare(vectors, golden('fp32'));
      expect(largestDifference).toBeLessThan(1e-5);
    },
  );

  it.each([
    ['model_q4f16.onnx', 'cpu-int4', 'q4f16'],
    ['model_fp16.onnx', 'cpu-fp32', 'fp16'],
  ] as const)('the weights of the WebGPU-only %s are right', async (file, fixture, dtype) => {
    const { graph } = await allInOne(join(paths['qwen3-seeded-webgpu-only'], 'onnx', file));
    const url = new URL(`fixtures/${fixture}.onnx`, import.meta.url);
    const cpu = withFloatActivations(readModel(await readFile(url)));
    // The CPU graph's nodes norm Q and K outside the attention; its value_info says float32.
    const runnable = { ...cpu, graph: { ...graph, nodes: cpu.graph.nodes, rest: [] } };
    const vectors = await embedEach(writeModel(runnable));
    const { lowestCosine, largestDifference } = compare(vectors, golden(dtype));
    expect(lowestCosine).toBeGreaterThan(exact.lowestCosine);
    expect(largestDifference).toBeLessThan(2e-3);
  });

  it.each(['model_q4f16.onnx', 'model_fp16.onnx'])(
    'cannot run what the builder wrote for WebGPU (%s)',
    async (file) => {
      const path = join(paths['qwen3-seeded-webgpu-only'], 'onnx', file);
      expect(inspectModel(await readFile(path)).cpuRefuses).toContain('q_norm');
      // The session opens without a word; only running it fails.
      const session = await openSession(path);
      await expect(embedBatch(session, [rows[0]!.ids])).rejects.toThrow('q_norm_weight');
    },
  );
});

describe('the written folders', () => {
  let scratch: string;

  beforeAll(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'nearfield-test-models-'));
  });
  afterAll(async () => {
    await rm(scratch, { recursive: true });
  });

  it.each(MODEL_NAMES)('%s names the hash of each of its files', async (name) => {
    const folder = paths[name];
    const text = await readFile(join(folder, 'nearfield.json'), 'utf8');
    const { sha256 } = JSON.parse(text) as { sha256: Record<string, string> };
    const files = ['config.json', 'tokenizer.json', 'tokenizer_config.json'];
    expect(Object.keys(sha256)).toEqual(expect.arrayContaining(files));
    for (const [path, hash] of Object.entries(sha256)) {
      const content = await readFile(join(folder, path));
      expect(createHash('sha256').update(content).digest('hex')).toBe(hash);
    }
  });

  it('are left alone while they are up to date', async () => {
    const folder = paths['qwen3-seeded'];
    const before = await stat(folder);
    expect(await writeTestModels()).toEqual(paths);
    expect((await stat(folder)).ino).toBe(before.ino);
  });

  it('come out the same anywhere', async () => {
    const name = 'qwen3-seeded-webgpu-only';
    await writeFolder(scratch, name, new SeededWeights());
    const read = (folder: string) => readFile(join(folder, 'nearfield.json'), 'utf8');
    expect(await read(scratch)).toBe(await read(paths[name]));
  });
});

describe('float16', () => {
  it('reads back every bit pattern that it writes', () => {
    const finite = Array.from({ length: 0x7c00 }, (_, bits) => [bits, bits | 0x8000]).flat();
    expect(finite.map((bits) => toHalfBits(fromHalfBits(bits)))).toEqual(finite);
  });

  it('rounds halves to even, also below the normal range', () => {
    expect(roundToHalf(1 + 2 ** -11)).toBe(1);
    expect(roundToHalf(1 + 3 * 2 ** -11)).toBe(1 + 2 ** -9);
    expect(roundToHalf(2 ** -25)).toBe(0);
    expect(roundToHalf(3 * 2 ** -25)).toBe(2 ** -23);
    expect(roundToHalf(65520)).toBe(Infinity);
    expect(roundToHalf(65519)).toBe(65504);
  });
});
