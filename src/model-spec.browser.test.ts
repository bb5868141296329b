import { afterEach, expect, inject, it } from 'vitest';
import { bertVector } from '../tools/test-models/bert/reference.ts';
import { bertIds } from '../tools/test-models/bert/wordpiece.ts';
import type { ModelFile, ModelSpec } from './contract/index.ts';
import { deleteStoredModels, storedModels } from './describe.ts';
import { createEmbedder } from './embedder.ts';

const url = `${inject('modelServer')}/models/bert-seeded-mean/`;
const TEXT = 'All human beings are born free.';

afterEach(deleteStoredModels);

async function file(path: string): Promise<Required<Pick<ModelFile, 'path' | 'bytes' | 'sha256'>>> {
  const content = await (await fetch(url + path)).arrayBuffer();
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', content));
  const sha256 = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return { path, bytes: content.byteLength, sha256 };
}

/** Its own recipe, other than what the folder's files say. */
async function spec(changes: Partial<ModelFile> = {}): Promise<ModelSpec> {
  const graph = await file('onnx/model.onnx');
  return {
    id: 'mine',
    source: { url },
    revision: 'v1',
    pooling: 'cls',
    prompts: { query: 'sun ', document: 'sea ' },
    dimensions: 32,
    matryoshka: { min: 8 },
    maxTokens: 64,
    dtypes: { fp32: { files: [{ ...graph, ...changes }] } },
    tokenizer: {
      tokenizer: await file('tokenizer.json'),
      config: await file('tokenizer_config.json'),
    },
  };
}

const load = (model: ModelSpec) =>
  createEmbedder({ model, device: 'wasm', precision: 'exact', cache: false });

it('a model may be given whole: its own recipe counts, not that of the files beside it', async () => {
  await using embedder = await load(await spec());
  const { model, revision, pooling, minDimensions, maxTokens, warnings } = embedder.info;
  expect({ model, revision, pooling, minDimensions, maxTokens, warnings }).toEqual({
    model: 'mine',
    revision: 'v1',
    pooling: 'cls',
    minDimensions: 8,
    maxTokens: 64,
    warnings: [],
  });
  for (const [kind, prompt] of [['query', 'sun '] as const, ['document', 'sea '] as const]) {
    const expected = bertVector(bertIds(prompt + TEXT), 'cls');
    const { data } = await embedder.embed(TEXT, { kind });
    data.forEach((value, i) => expect(Math.abs(value - (expected[i] ?? NaN))).toBeLessThan(1e-4));
  }
});

it.each([
  [undefined, 64],
  [100, 100],
  [512, 128],
])('a caller may ask for more tokens, up to what the model takes: %s', async (wanted, got) => {
  const model = { ...(await spec()), mostTokens: 128 };
  const maxTokens = wanted === undefined ? {} : { maxTokens: wanted };
  const options = { model, device: 'wasm', cache: false, ...maxTokens } as const;
  await using embedder = await createEmbedder(options);
  const { tokens, truncated } = await embedder.embed('sun '.repeat(120));
  expect(embedder.info.maxTokens).toBe(got);
  expect(truncated).toEqual([got < 120]);
  expect(tokens[0]).toBeLessThanOrEqual(got);
});

it.each<[what: string, Partial<ModelFile>]>([
  ['SHA-256', { sha256: '0'.repeat(64) }],
  ['size', { bytes: 1000 }],
])('a file of another %s is refused, and the right one taken afterwards', async (_, changes) => {
  await expect(load(await spec(changes))).rejects.toMatchObject({
    code: 'integrity',
    message: expect.stringContaining('onnx/model.onnx') as string,
  });
  const graph = await file('onnx/model.onnx');
  const [stored] = await storedModels();
  expect(stored?.bytes ?? 0).toBeLessThan(graph.bytes);
  const embedder = await load(await spec());
  await embedder.close();
});
