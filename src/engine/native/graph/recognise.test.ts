import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { readGolden, type GoldenDtype } from '../../../../tools/test-models/golden.ts';
import { writeTestModels, type TestModels } from '../../../../tools/test-models/index.ts';
import { isRecognised, recognise, tensorsOf, type TensorRef } from './index.ts';
import { Reference } from './reference.ts';

const MODELS = [
  ['qwen3-seeded', 'model.onnx', 'fp32'],
  ['qwen3-seeded', 'model_q4.onnx', 'q4'],
  ['qwen3-seeded', 'model_quantized.onnx', 'q8'],
  ['qwen3-seeded-genai', 'model.onnx', 'fp32'],
  ['qwen3-seeded-genai', 'model_q4.onnx', 'q4'],
  ['qwen3-seeded-mha', 'model.onnx', 'fp32'],
  ['qwen3-seeded-webgpu-only', 'model_fp16.onnx', 'fp16'],
  ['qwen3-seeded-webgpu-only', 'model_q4f16.onnx', 'q4f16'],
] as const satisfies readonly (readonly [keyof TestModels, string, GoldenDtype])[];

const STARTER = fileURLToPath(
  new URL('../../../../public/models/starter/onnx/model_q4.onnx', import.meta.url),
);

let paths: TestModels;
beforeAll(async () => {
  paths = await writeTestModels();
}, 60_000);

function opened(path: string) {
  const files = new Map<string, Uint8Array>([['', readFileSync(path)]]);
  const model = recognise(files.get('')!);
  if (!isRecognised(model)) throw new Error(model.reason);
  const read = (ref: TensorRef) => {
    const bytes = files.get(ref.file) ?? readFileSync(join(dirname(path), ref.file));
    files.set(ref.file, bytes);
    expect(ref.offset + ref.length).toBeLessThanOrEqual(bytes.length);
    return bytes.subarray(ref.offset, ref.offset + ref.length);
  };
  return { model, reference: new Reference(model, read) };
}

function distance(vector: Float64Array, golden: readonly number[]): number {
  const length = (values: ArrayLike<number>) => Math.hypot(...Array.from(values));
  const product = golden.reduce((sum, value, i) => sum + value * vector[i]!, 0);
  return 1 - product / length(vector) / length(golden);
}

describe('recognise', () => {
  it.each(MODELS)('reads %s/%s', (name, file) => {
    const { model } = opened(join(paths[name], 'onnx', file));
    const sizes = { hidden: 64, heads: 4, kvHeads: 2, headDim: 32, ffn: 160 };
    expect(model).toMatchObject({
      family: 'qwen3',
      ...sizes,
      embedding: { rows: 151669, width: 64 },
    });
    expect(model.layers).toHaveLength(3);
    expect(tensorsOf(model).length).toBeGreaterThan(30);
  });

  it.each(MODELS)('%s/%s gives the golden vectors in float64', (name, file, dtype) => {
    const { reference } = opened(join(paths[name], 'onnx', file));
    const rows = readGolden().filter(({ ids }) => ids.length <= 60);
    const short = [
      ...rows.filter((_, i) => i % 9 === 0),
      rows.find((row) => row.name === 'self-test')!,
    ];
    expect(short.length).toBeGreaterThan(3);
    // Rotary tables in float16 are rounded; the golden vectors were made without.
    const limit = dtype.endsWith('16') ? 5e-7 : 1e-12;
    for (const { ids, vectors } of short) {
      expect(distance(reference.vector(ids, 'last'), vectors[dtype])).toBeLessThan(limit);
    }
  });

  it('reads the starter, which gives its golden vectors', () => {
    const golden = new URL('../../../../tools/golden/starter.json', import.meta.url);
    const { rows } = JSON.parse(readFileSync(golden, 'utf8')) as {
      rows: { ids: number[]; vector: number[] }[];
    };
    const { model, reference } = opened(STARTER);
    const sizes = {
      hidden: 384,
      heads: 12,
      headDim: 32,
      ffn: 1536,
      positions: 512,
      positionOffset: 0,
    };
    expect(model).toMatchObject({ family: 'bert', ...sizes });
    expect(model).not.toHaveProperty('typeTable');
    const { ids, vector } = rows.toSorted((a, b) => a.ids.length - b.ids.length)[0]!;
    expect(distance(reference.vector(ids, 'mean'), vector)).toBeLessThan(1e-12);
  });
});
