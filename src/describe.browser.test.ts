import { afterEach, beforeEach, expect, inject, it } from 'vitest';
import { CATALOGUE, type ModelSpec } from './contract/index.ts';
import { deleteStoredModels, describeModel, storedModels } from './describe.ts';
import { createEmbedder } from './embedder.ts';

const server = inject('modelServer');
const HUB = { hubUrl: server, device: 'wasm' } as const;

beforeEach(deleteStoredModels);
afterEach(deleteStoredModels);

async function load(model: string | ModelSpec): Promise<void> {
  const embedder = await createEmbedder({ model, ...HUB, cache: false });
  await embedder.close();
}

it.each([`${server}/models/bert-seeded-mean`, 'acme/bert-seeded-mean'])(
  'tells what %s takes before it is loaded, and what is stored of it afterwards',
  async (model) => {
    const before = await describeModel(model, HUB);
    expect(before).toMatchObject({ model, device: 'wasm', dtype: 'fp32', storedBytes: 0 });
    const paths = ['onnx/model.onnx', 'tokenizer.json', 'tokenizer_config.json'];
    expect(before.files.map(({ path }) => path)).toEqual(paths);
    for (const { path, bytes } of before.files) {
      const file = await fetch(`${server}/models/bert-seeded-mean/${path}`);
      expect(bytes).toBe((await file.arrayBuffer()).byteLength);
    }
    expect(await storedModels()).toEqual([]);

    await load(model);
    const after = await describeModel(model, HUB);
    expect(after.files.every(({ stored }) => stored)).toBe(true);
    expect(after.storedBytes).toBe(before.bytes);
    const [stored, ...others] = await storedModels();
    expect(others).toEqual([]);
    expect(stored?.id).toContain('bert-seeded-mean');
    // Beside each file lies a small record of it.
    expect(stored?.bytes).toBeGreaterThanOrEqual(before.bytes);
    expect(stored?.bytes).toBeLessThan(before.bytes + 2000);

    await deleteStoredModels();
    expect(await storedModels()).toEqual([]);
    expect((await describeModel(model, HUB)).storedBytes).toBe(0);
  },
);

it('knows the catalogue by heart, and says what it cannot find', async () => {
  const nowhere = { ...HUB, modelsUrl: 'http://127.0.0.1:1/' };
  const starter = await describeModel('starter', nowhere);
  const files = Object.values(CATALOGUE['starter']?.dtypes ?? {}).flatMap(({ files }) => files);
  expect(starter.bytes).toBeGreaterThan(files[0]?.bytes ?? Infinity);
  expect(starter).toMatchObject({ revision: CATALOGUE['starter']?.revision, storedBytes: 0 });
  await expect(describeModel('acme/nothing-here', HUB)).rejects.toMatchObject({
    code: 'model-not-found',
  });
  await expect(describeModel('starter', { ...HUB, dtype: 'fp16' })).rejects.toMatchObject({
    code: 'bad-input',
  });
});
