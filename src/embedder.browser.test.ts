import { afterEach, beforeEach, expect, inject, it } from 'vitest';
import type { LoggedRequest } from '../e2e/support/model-server.ts';
import type { EmbedProgress } from './contract/index.ts';
import { deleteStoredModels } from './describe.ts';
import { createEmbedder } from './embedder.ts';

const server = `${inject('modelServer')}/for/embedder`;

async function fetched(): Promise<string[]> {
  const log = (await (await fetch(`${server}/log`)).json()) as LoggedRequest[];
  return log.filter(({ method }) => method === 'GET').map(({ path }) => path.replace(/.*\//, ''));
}

beforeEach(() => fetch(`${server}/log`, { method: 'DELETE' }));
afterEach(deleteStoredModels);

it('fetches no weights of a file that the device cannot run', async () => {
  const model = `${server}/models/qwen3-seeded-webgpu-only`;
  const options = { model, device: 'wasm', runtime: 'onnxruntime', cache: false } as const;
  await expect(createEmbedder(options)).rejects.toMatchObject({
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

it('says why ONNX Runtime runs a graph that its own kernels do not know', async () => {
  const model = `${server}/models/bert-seeded-relu`;
  await using embedder = await createEmbedder({ model, device: 'wasm', cache: false });
  expect(embedder.info).toMatchObject({
    runtime: 'onnxruntime',
    runtimeReason: expect.stringMatching(/own kernels cannot run this graph: .*Relu/) as string,
  });
  expect((await embedder.embed('free and equal')).rows).toBe(1);
  const named = createEmbedder({ model, device: 'wasm', runtime: 'native', cache: false });
  await expect(named).rejects.toMatchObject({ code: 'unsupported-model' });
});

it('refuses a kind of text that there is not', async () => {
  const model = `${server}/models/qwen3-seeded`;
  await using embedder = await createEmbedder({ model, device: 'wasm', cache: false });
  await expect(embedder.embed('a', { kind: 'passage' as 'document' })).rejects.toMatchObject({
    code: 'bad-input',
    message: expect.stringContaining('kind: expected document, query; got "passage"') as string,
  });
});

/** So that a text takes longer than it does from one report to the next. */
const SLOW = { device: 'wasm', threads: 1, simd: 'simd128' } as const;

/** Each is as long as the model takes, and other from its first word on. */
const LONG_TEXTS = Array.from({ length: 6 }, (_, i) => `${i} ${'words and '.repeat(1500)}`);

it('tells how far it is in the midst of long texts, and that all are ready', async () => {
  const model = `${server}/models/qwen3-seeded`;
  await using embedder = await createEmbedder({ ...SLOW, model, cache: 'memory' });
  const told: EmbedProgress[] = [];
  const out = await embedder.embed(LONG_TEXTS, { onProgress: (progress) => told.push(progress) });
  expect(Math.min(...out.tokens)).toBe(embedder.info.maxTokens);
  const total = LONG_TEXTS.length;
  const shares = told.map(({ share }) => share);
  expect(shares).toEqual(shares.toSorted((a, b) => a - b));
  expect(told.some(({ done, share }) => share > done / total)).toBe(true);
  expect(told.at(-1)).toEqual({ done: total, total, share: 1 });
});

/** Works for a second or so on the longest text it takes: time enough to stop it. */
const STARTER = { model: 'starter', modelsUrl: '/models/' } as const;

it('gives up a long text in its midst', async () => {
  await using embedder = await createEmbedder({ ...SLOW, ...STARTER, cache: false });
  const abort = new AbortController();
  let ready: number | undefined;
  const stopped = embedder.embed(LONG_TEXTS, {
    signal: abort.signal,
    onProgress: ({ done, total, share }) => {
      if (share <= done / total) return;
      ready ??= done;
      abort.abort();
    },
  });
  await expect(stopped).rejects.toMatchObject({ code: 'aborted' });
  expect(embedder.info.counts.texts).toBe(ready);
  expect((await embedder.embed('short')).rows).toBe(1);
});

it('answers a query in the midst of a bulk job', async () => {
  const model = `${server}/models/qwen3-seeded`;
  await using embedder = await createEmbedder({ model, device: 'wasm', cache: 'memory' });
  const order: string[] = [];
  let query: Promise<unknown> | undefined;
  const ask = () => embedder.embed('a question', { kind: 'query' }).then(() => order.push('query'));
  await embedder.embed(LONG_TEXTS, {
    onProgress: ({ done }) => {
      if (done > 0) query ??= ask();
    },
  });
  order.push('documents');
  await query;
  expect(order).toEqual(['query', 'documents']);
});
