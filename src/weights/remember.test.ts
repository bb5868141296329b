import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { startModelServer, type ModelServer } from '../../e2e/support/model-server.ts';
import { writeFiles } from '../../tools/write-files.ts';
import { MemoryFileStore } from './memory.ts';
import { resolveRemembered } from './remember.ts';
import type { ResolveOptions } from './resolve.ts';

const COMMIT = 'c'.repeat(40);
const config = JSON.stringify({ model_type: 'bert', hidden_size: 8 });
const files = {
  'config.json': config,
  '1_Pooling/config.json': JSON.stringify({ pooling_mode_mean_tokens: true }),
  'onnx/model.onnx': 'graph',
};
const gone = 'http://127.0.0.1:9';

let root: string;
let server: ModelServer;
/** The server, whose listing fails as long as `isInTrouble`. */
let hub: Server;
let isInTrouble = false;
let options: ResolveOptions;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'nearfield-remember-'));
  await writeFiles(join(root, 'plain'), files);
  server = await startModelServer({ roots: [root] });
  hub = createServer(({ url = '' }, response) => {
    const fails = isInTrouble && url.startsWith('/api/');
    response.writeHead(fails ? 400 : 307, { Location: server.url + url }).end();
  });
  await new Promise<void>((done) => hub.listen(0, '127.0.0.1', done));
  options = { hubUrl: server.url, modelsUrl: `${server.url}/models/` };
});

afterAll(async () => {
  hub.close();
  await server.close();
  await rm(root, { recursive: true });
});

beforeEach(() => {
  server.log.length = 0;
  isInTrouble = false;
});

const folder = (name: string): string => `${server.url}/models/${name}`;

it('asks once for what a commit names', async () => {
  const store = new MemoryFileStore();
  const pinned = { ...options, revision: COMMIT };
  const first = await resolveRemembered('someone/plain', pinned, store);
  server.log.length = 0;
  expect(await resolveRemembered('someone/plain', pinned, store)).toEqual(first);
  expect(server.log).toEqual([]);
});

it('asks again for a branch, and takes what is kept when nothing answers', async () => {
  const store = new MemoryFileStore();
  const own = await startModelServer({ roots: [root] });
  const hub = { ...options, hubUrl: own.url };
  const first = await resolveRemembered('someone/plain', hub, store);
  own.log.length = 0;
  expect(await resolveRemembered('someone/plain', hub, store)).toEqual(first);
  expect(own.log).not.toEqual([]);
  await own.close();
  expect(await resolveRemembered('someone/plain', hub, store)).toEqual(first);
});

it('answers no other question with what is kept', async () => {
  const store = new MemoryFileStore();
  await resolveRemembered('someone/plain', options, store);
  const elsewhere = resolveRemembered('someone/plain', { ...options, hubUrl: gone }, store);
  await expect(elsewhere).rejects.toMatchObject({ code: 'download-failed' });
});

it('does not take a server that lost the model for one that is away', async () => {
  const store = new MemoryFileStore();
  const own = join(root, 'passing');
  await writeFiles(own, { 'config.json': config, 'onnx/model.onnx': 'graph' });
  await resolveRemembered(folder('passing'), options, store);
  await rm(own, { recursive: true });
  const again = resolveRemembered(folder('passing'), options, store);
  await expect(again).rejects.toMatchObject({ code: 'model-not-found' });
});

it('asks again when what is kept is damaged', async () => {
  const damaged = new MemoryFileStore();
  const get = damaged.get.bind(damaged);
  damaged.get = async (key) => {
    const file = await get(key);
    return file && { ...file, blob: file.blob.slice(0, 20) };
  };
  const pinned = { ...options, revision: COMMIT };
  const first = await resolveRemembered('someone/plain', pinned, damaged);
  expect(await resolveRemembered('someone/plain', pinned, damaged)).toEqual(first);
});

it('loads all the same where nothing can be kept, and says so', async () => {
  const full = new MemoryFileStore();
  full.open = () => Promise.reject(new DOMException('full', 'QuotaExceededError'));
  const { warnings } = await resolveRemembered('someone/plain', options, full);
  expect(warnings).toEqual([expect.stringContaining('will not load offline')]);
});

it('prefers what a hub listed to what it answers in trouble', async () => {
  const store = new MemoryFileStore();
  const asked = { ...options, hubUrl: `http://127.0.0.1:${(hub.address() as AddressInfo).port}` };
  const listed = await resolveRemembered('someone/plain', asked, store);
  expect(listed.spec.revision).toMatch(/^[0-9a-f]{40}$/);
  isInTrouble = true;
  expect(await resolveRemembered('someone/plain', asked, store)).toEqual(listed);
  const fresh = await resolveRemembered('someone/plain', asked, new MemoryFileStore());
  expect(fresh).toMatchObject({ unlisted: true, immutable: false });
});

it('takes the place of an answer in trouble once the hub is well', async () => {
  const store = new MemoryFileStore();
  const asked = { ...options, hubUrl: `http://127.0.0.1:${(hub.address() as AddressInfo).port}` };
  isInTrouble = true;
  await resolveRemembered('someone/plain', asked, store);
  isInTrouble = false;
  expect(await resolveRemembered('someone/plain', asked, store)).not.toHaveProperty('unlisted');
});

it.each([null, [], {}, { base: 'x', folder: 'y', warnings: [], spec: { id: 'z' } }])(
  'asks again when %j is kept, which another version may have written',
  async (value) => {
    const store = new MemoryFileStore();
    const pinned = { ...options, revision: COMMIT };
    const first = await resolveRemembered('someone/plain', pinned, store);
    const get = store.get.bind(store);
    store.get = async (key) => {
      const file = await get(key);
      return file && { ...file, blob: new Blob([JSON.stringify(value)]) };
    };
    expect(await resolveRemembered('someone/plain', pinned, store)).toEqual(first);
  },
);
