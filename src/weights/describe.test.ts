import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startModelServer, type ModelServer } from '../../e2e/support/model-server.ts';
import { writeFiles } from '../../tools/write-files.ts';
import { CATALOGUE, type ModelSpec } from '../contract/index.ts';
import { describeFiles } from './describe.ts';
import { MemoryFileStore } from './memory.ts';
import { remoteFile } from './plan.ts';
import { resolveRemembered } from './remember.ts';
import type { ResolvedModel, ResolveOptions } from './resolve.ts';

const MiB = 1024 * 1024;
const COMMIT = 'c'.repeat(40);
const files = {
  'config.json': JSON.stringify({ model_type: 'bert', hidden_size: 8 }),
  'tokenizer.json': '{}',
  'tokenizer_config.json': '{ }',
  'onnx/model.onnx': 'graph',
};
const qwen3 = CATALOGUE['qwen3-embedding-0.6b'] as ModelSpec;

let root: string;
let server: ModelServer;
let options: ResolveOptions;
let store: MemoryFileStore;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'nearfield-describe-'));
  await writeFiles(join(root, 'plain'), files);
  server = await startModelServer({ roots: [root] });
  options = { hubUrl: server.url, modelsUrl: `${server.url}/models/` };
  store = new MemoryFileStore();
});

afterEach(async () => {
  await server.close();
  await rm(root, { recursive: true });
});

const describePlain = (asked: ResolveOptions) =>
  describeFiles('someone/plain', 'wasm', 'auto', undefined, asked, store);

async function storeGraph(model: ResolvedModel): Promise<void> {
  const writer = await store.open(remoteFile(model, { path: 'onnx/model.onnx' }).key);
  await writer.write(new TextEncoder().encode('graph'));
  await writer.finish({ bytes: 5, sha256: '' });
}

it('asks for the sizes of a model that nobody knows yet', async () => {
  expect(await describePlain(options)).toMatchObject({
    model: 'someone/plain',
    dtype: 'fp32',
    bytes: 10,
    storedBytes: 0,
  });
  expect(server.log).not.toEqual([]);
});

it('asks nobody about a commit whose listing is kept', async () => {
  const pinned = { ...options, revision: COMMIT };
  await storeGraph(await resolveRemembered('someone/plain', pinned, store));
  server.log.length = 0;
  const plan = await describePlain(pinned);
  expect(plan).toMatchObject({ revision: COMMIT, bytes: 10, storedBytes: 5 });
  expect(plan.files[0]).toEqual({ path: 'onnx/model.onnx', bytes: 5, stored: true });
  expect(server.log).toEqual([]);
});

it('takes what is kept of a branch when nothing answers', async () => {
  await storeGraph(await resolveRemembered('someone/plain', options, store));
  await server.close();
  expect(await describePlain(options)).toMatchObject({ bytes: 10, storedBytes: 5 });
});

it('asks nobody about a commit whose sizes the catalogue tells', async () => {
  const plan = await describeFiles(qwen3.id, 'wasm', 'auto', undefined, options, store);
  const tokenizer = 11_423_705 + 9_731;
  expect(plan).toMatchObject({ dtype: 'q4', bytes: 872 * MiB + tokenizer, storedBytes: 0 });
  expect(server.log).toEqual([]);
});

it('asks about another revision, and about a spec without sizes', async () => {
  const main = { ...options, revision: 'main' };
  await describeFiles(qwen3.id, 'wasm', 'auto', undefined, main, store);
  expect(server.log).toHaveLength(1);
  const unsized = {
    ...qwen3,
    source: { hub: 'someone/plain', revision: COMMIT },
    dtypes: { fp32: { files: [{ path: 'onnx/model.onnx' }] } },
  };
  const plan = await describeFiles(unsized, 'wasm', 'auto', undefined, options, store);
  expect(plan.bytes).toBe(10);
  expect(server.log).toHaveLength(2);
});
