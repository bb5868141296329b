import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openNative, readModelFiles, type ModelFiles } from '../../node/open.ts';
import { writeTestModels } from '../../../tools/test-models/index.ts';
import type { Runtime } from '../runtime.ts';
import type { Qwen3Model, TensorRef } from './graph/model.ts';
import { StoredSource, type ByteSource } from './source.ts';

/** What a weight's bytes say: neither is a number. */
const NAN_HALF = [0x00, 0x7e];
const INFINITE = { float32: [0x00, 0x00, 0x80, 0x7f], float16: [0x00, 0xfc] };

const files = new Map<string, ModelFiles>();
let runtime: Runtime | undefined;

beforeAll(async () => {
  const paths = await writeTestModels();
  const read = (folder: keyof typeof paths, file: string): Promise<ModelFiles> =>
    readModelFiles(join(paths[folder], `onnx/${file}.onnx`));
  files.set('q4', await read('qwen3-seeded', 'model_q4'));
  files.set('q8', await read('qwen3-seeded', 'model_quantized'));
  files.set('fp32', await read('qwen3-seeded', 'model'));
  files.set('q4f16', await read('qwen3-seeded-webgpu-only', 'model_q4f16'));
}, 60_000);

afterEach(() => runtime?.close());

/** A file in memory, and in a store of the browser. */
const SOURCES = [
  ['in memory', (bytes: Uint8Array<ArrayBuffer>): ByteSource => bytes],
  ['stored', (bytes: Uint8Array<ArrayBuffer>): ByteSource => new StoredSource(new Blob([bytes]))],
] as const;

/** The model with some bytes of a tensor replaced. */
function withBytes(
  { model, sources }: ModelFiles,
  { file, offset, length }: TensorRef,
  bytes: readonly number[],
): ModelFiles {
  const changed = sources.get(file)!.slice();
  // Not the first one: a check of one value is none.
  changed.set(bytes, offset + length - 4 * bytes.length);
  return { model, sources: new Map([...sources, [file, changed]]) };
}

function firstLayer({ model }: ModelFiles): Qwen3Model['layers'][number] {
  return (model as Qwen3Model).layers[0]!;
}

function scalesOf(found: ModelFiles): TensorRef {
  const { weight } = firstLayer(found).down;
  return weight.kind === 'blocks' ? weight.scales : weight.data;
}

async function expectBad(found: ModelFiles): Promise<void> {
  for (const [, source] of SOURCES) {
    const sources = new Map(Array.from(found.sources, ([name, bytes]) => [name, source(bytes)]));
    const pending = openNative({ model: found.model, sources });
    await expect(pending).rejects.toMatchObject({ name: 'NearfieldError', code: 'bad-model' });
  }
}

describe('weights that are no numbers', () => {
  it.each([
    ['q4', 'float32'],
    ['q8', 'float32'],
    ['fp32', 'float32'],
    ['q4f16', 'float16'],
  ] as const)('in a linear are bad-model: %s', async (name, dtype) => {
    const found = files.get(name)!;
    expect(scalesOf(found).dtype).toBe(dtype);
    await expectBad(withBytes(found, scalesOf(found), INFINITE[dtype]));
  });

  it('in a norm are bad-model', async () => {
    const found = files.get('q4f16')!;
    const { weight } = firstLayer(found).inputNorm;
    expect(weight.dtype).toBe('float16');
    await expectBad(withBytes(found, weight, NAN_HALF));
  });

  it('in a token of the table are bad-model when a text has it', async () => {
    const found = files.get('fp32')!;
    const { embedding } = found.model as Qwen3Model;
    runtime = await openNative(withBytes(found, embedding.data, INFINITE.float32));
    const broken = runtime.run([[1, 2, embedding.rows - 1]]);
    await expect(broken).rejects.toMatchObject({ code: 'bad-model' });
    const [value] = await runtime.run([[1, 2, 3]]);
    expect(value).not.toBeNaN();
  });
});

describe('a tensor that lies outside its file', () => {
  it.each([
    ['past its end', 2 ** 40],
    ['across its end', undefined],
    ['before its start', -8],
  ])('is bad-model: %s', async (_, offset) => {
    const found = files.get('q4')!;
    const model = structuredClone(found.model) as Qwen3Model;
    const scales = scalesOf({ ...found, model });
    const { byteLength } = found.sources.get(scales.file)!;
    scales.offset = offset ?? byteLength - scales.length + 1;
    await expectBad({ ...found, model });
  });

  it('is bad-model where the file is not there', async () => {
    const found = files.get('q4')!;
    const model = structuredClone(found.model) as Qwen3Model;
    scalesOf({ ...found, model }).file = 'another';
    await expectBad({ ...found, model });
  });
});
