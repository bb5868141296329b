import { afterEach, beforeEach, expect, inject, it } from 'vitest';
import type { LoggedRequest } from '../e2e/support/model-server.ts';
import { deleteStoredModels } from './describe.ts';
import { createEmbedder } from './embedder.ts';

const server = inject('modelServer');

async function fetched(): Promise<string[]> {
  const log = (await (await fetch(`${server}/log`)).json()) as LoggedRequest[];
  return log.filter(({ method }) => method === 'GET').map(({ path }) => path.replace(/.*\//, ''));
}

beforeEach(() => fetch(`${server}/log`, { method: 'DELETE' }));
afterEach(deleteStoredModels);

it('fetches no weights of a file that the device cannot run', async () => {
  const model = `${server}/models/qwen3-seeded-webgpu-only`;
  await expect(createEmbedder({ model, device: 'wasm', cache: false })).rejects.toMatchObject({
    code: 'unsupported-model',
    message: expect.stringMatching(/q4f16 .*GroupQueryAttention.*fp16 .*GroupQuery/) as string,
  });
  const files = await fetched();
  expect(files).toContain('model_q4f16.onnx');
  expect(files.filter((file) => file.includes('data'))).toEqual([]);
});

it('takes only the data files that the graph names', async () => {
  const model = `${server}/models/qwen3-seeded`;
  await using embedder = await createEmbedder({ model, device: 'wasm', cache: false });
  const out = await embedder.embed(['one', 'two words']);
  expect(out).toMatchObject({ rows: 2, dimensions: 64, truncated: [false, false] });
  expect(Math.hypot(...out.row(1))).toBeCloseTo(1, 6);
  const files = (await fetched()).filter((file) => file.includes('model'));
  expect(files.toSorted()).toEqual(['model_q4.onnx', 'model_q4.onnx_data']);
});

it('refuses a kind of text that there is not', async () => {
  const model = `${server}/models/qwen3-seeded`;
  await using embedder = await createEmbedder({ model, device: 'wasm', cache: false });
  await expect(embedder.embed('a', { kind: 'passage' as 'document' })).rejects.toMatchObject({
    code: 'bad-input',
    message: expect.stringContaining('kind: expected document, query; got "passage"') as string,
  });
});
