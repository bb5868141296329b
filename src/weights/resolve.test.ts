import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startModelServer, type ModelServer } from '../../e2e/support/model-server.ts';
import { writeFiles } from '../../tools/write-files.ts';
import { CATALOGUE, type ModelSpec } from '../contract/index.ts';
import { resolveModel, type ResolveOptions } from './resolve.ts';

const COMMIT = 'c'.repeat(40);
const hash = 'a'.repeat(64);
const config = JSON.stringify({ model_type: 'bert', hidden_size: 8 });
const pooling = JSON.stringify({ pooling_mode_mean_tokens: true });
const folders = {
  plain: {
    'config.json': config,
    '1_Pooling/config.json': pooling,
    'onnx/model.onnx': 'graph',
    'onnx/model.onnx_data': 'weights',
    'onnx/model_q4.onnx': 'small graph',
  },
  described: {
    'config.json': config,
    'onnx/model.onnx': 'graph',
    'nearfield.json': JSON.stringify({
      revision: '7',
      pooling: 'cls',
      dimensions: 4,
      sha256: { 'onnx/model.onnx': hash, 'onnx/model.onnx_data/../../../secret': hash },
    }),
  },
  'no-config': { 'onnx/model.onnx': 'graph' },
  'no-graph': { 'config.json': config },
  'no-json': { 'config.json': '{"hidden_size": 8', 'onnx/model.onnx': 'graph' },
};

let root: string;
let server: ModelServer;
/** A single-page application: every path is its index page. */
let site: Server;
/** The hub's file paths and nothing else of it. */
let mirror: Server;
let options: ResolveOptions;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'nearfield-resolve-'));
  for (const [folder, files] of Object.entries(folders)) {
    await writeFiles(join(root, folder), files);
  }
  server = await startModelServer({ roots: [root] });
  site = createServer((_, response) => {
    response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end('<!doctype html>');
  });
  await new Promise<void>((done) => site.listen(0, '127.0.0.1', done));
  mirror = createServer(({ url = '' }, response) => {
    const [, path = ''] = /^\/someone\/plain\/resolve\/main\/(.+)$/.exec(url) ?? [];
    const content = new Map(Object.entries(folders.plain)).get(path);
    response.writeHead(content === undefined ? 404 : 200).end(content);
  });
  await new Promise<void>((done) => mirror.listen(0, '127.0.0.1', done));
  options = { hubUrl: server.url, modelsUrl: `${server.url}/models/` };
});

afterAll(async () => {
  site.close();
  mirror.close();
  await server.close();
  await rm(root, { recursive: true });
});

beforeEach(() => {
  server.log.length = 0;
});

const urlOf = (of: Server): string => `http://127.0.0.1:${(of.address() as AddressInfo).port}`;
const siteUrl = (): string => urlOf(site);
const mirrorUrl = (): string => urlOf(mirror);
const folder = (name: string): string => `${server.url}/models/${name}`;

describe('a hub repository', () => {
  it('is taken at the commit that its branch stands at, with sizes and hashes', async () => {
    const model = await resolveModel('someone/plain', options);
    expect(model.spec).toMatchObject({ id: 'someone/plain', pooling: 'mean', dimensions: 8 });
    expect(model.spec.revision).toMatch(/^[0-9a-f]{40}$/);
    expect(model).toMatchObject({ immutable: true, settled: false, warnings: [] });
    expect(model.base).toBe(`${server.url}/someone/plain/resolve/${model.spec.revision}/`);
    expect(model.spec.dtypes.fp32?.files).toEqual([
      {
        path: 'onnx/model.onnx',
        bytes: 5,
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      },
      { path: 'onnx/model.onnx_data', bytes: 7, sha256: expect.any(String) as string },
    ]);
  });

  it('asks for no file that the listing lacks', async () => {
    await resolveModel('someone/plain', options);
    expect(server.log.filter(({ status }) => status !== 200)).toEqual([]);
  });

  it('is settled when a commit is asked for', async () => {
    const model = await resolveModel('someone/plain', { ...options, revision: COMMIT });
    expect(model).toMatchObject({ settled: true, immutable: true });
    expect(model.spec.revision).toBe(COMMIT);
  });

  it('is read file by file from a mirror without listings, and is no version then', async () => {
    const model = await resolveModel('someone/plain', { ...options, hubUrl: mirrorUrl() });
    expect(Object.keys(model.spec.dtypes)).toEqual(['fp32', 'q4']);
    expect(model.base).toBe(`${mirrorUrl()}/someone/plain/resolve/main/`);
    expect(model).toMatchObject({ immutable: false, settled: false });
    expect(model).not.toHaveProperty('unlisted');
    expect(model.spec).not.toHaveProperty('revision');
  });

  it.each(['someone/missing', 'someone/no-config', 'someone/no-graph'])(
    'is model-not-found: %s',
    async (id) => {
      await expect(resolveModel(id, options)).rejects.toMatchObject({ code: 'model-not-found' });
    },
  );

  it('is not listed where the list is of another commit than the one asked for', async () => {
    const other = 'd'.repeat(40);
    const hub = createServer(({ url = '' }, response) => {
      const listing = url.startsWith('/api/') && JSON.stringify({ sha: COMMIT, siblings: [] });
      const path = url.split(`/resolve/${other}/`)[1] ?? '';
      const content = listing || new Map(Object.entries(folders.plain)).get(path);
      response.writeHead(content === undefined ? 404 : 200).end(content);
    });
    await new Promise<void>((done) => hub.listen(0, '127.0.0.1', done));
    const asked = { ...options, hubUrl: urlOf(hub), revision: other };
    const model = await resolveModel('someone/plain', asked);
    expect(model).toMatchObject({ settled: false, spec: { revision: other } });
    hub.close();
  });

  it('is model-not-found at a revision that it lacks', async () => {
    const asked = resolveModel('someone/plain', { ...options, revision: 'v9' });
    await expect(asked).rejects.toMatchObject({ code: 'model-not-found' });
  });
});

describe('a folder', () => {
  it('is read with the sizes that the server tells', async () => {
    const model = await resolveModel(`${folder('plain')}?x=1#y`, options);
    expect(model.base).toBe(`${folder('plain')}/`);
    expect(model.spec.dtypes).toEqual({
      fp32: {
        files: [
          { path: 'onnx/model.onnx', bytes: 5 },
          { path: 'onnx/model.onnx_data', bytes: 7 },
        ],
      },
      q4: { files: [{ path: 'onnx/model_q4.onnx', bytes: 11 }] },
    });
  });

  it('is what its nearfield.json says, but for files outside of it', async () => {
    const model = await resolveModel(folder('described'), options);
    expect(model.spec).toMatchObject({ revision: '7', pooling: 'cls', dimensions: 4 });
    expect(model.spec.dtypes).toEqual({
      fp32: { files: [{ path: 'onnx/model.onnx', sha256: hash }] },
    });
  });

  it.each([
    ['no-config', 'model-not-found', /config\.json is not there/],
    ['no-graph', 'model-not-found', /onnx\/model\.onnx or a variant/],
    ['missing', 'model-not-found', /config\.json is not there/],
    ['no-json', 'bad-model', /config\.json is not JSON/],
  ])('%s is %s', async (name, code, message) => {
    await expect(resolveModel(folder(name), options)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message) as string,
    });
  });

  it('is missing where a single-page application answers with its index page', async () => {
    const asked = resolveModel(`${siteUrl()}/models/plain`, options);
    await expect(asked).rejects.toMatchObject({ code: 'model-not-found' });
  });

  it('is download-failed where nothing answers, and where the server fails', async () => {
    const failed = { code: 'download-failed' };
    await expect(resolveModel('http://127.0.0.1:9/m', options)).rejects.toMatchObject(failed);
    const failing = `${server.url}/faults/500/models/plain`;
    await expect(resolveModel(failing, options)).rejects.toMatchObject(failed);
  });

  it('is aborted when the caller says so', async () => {
    const asked = resolveModel(folder('plain'), { ...options, signal: AbortSignal.abort() });
    await expect(asked).rejects.toMatchObject({ code: 'aborted' });
  });
});

describe('a spec', () => {
  const spec: ModelSpec = {
    ...(CATALOGUE['starter'] as ModelSpec),
    id: 'mine',
    source: { hub: 'someone/plain', revision: COMMIT },
    dtypes: {
      fp32: { files: [{ path: 'onnx/model.onnx', aboutBytes: 9 }], largestTensorBytes: 3 },
      q4: { files: [{ path: 'onnx/model_q4.onnx' }, { path: 'config.json' }] },
      fp16: { files: [{ path: 'onnx/of-another-name.onnx' }] },
    },
  };

  it("keeps its own files, with the hub's sizes, and loses those that the hub lacks", async () => {
    const { spec: found, settled } = await resolveModel(spec, options);
    expect(settled).toBe(true);
    expect(found.dtypes).toEqual({
      fp32: {
        files: [
          expect.objectContaining({ path: 'onnx/model.onnx', bytes: 5 }),
          expect.objectContaining({ path: 'onnx/model.onnx_data', bytes: 7 }),
        ],
        largestTensorBytes: 3,
      },
      q4: {
        files: [
          expect.objectContaining({ path: 'onnx/model_q4.onnx', bytes: 11 }),
          expect.objectContaining({ path: 'config.json' }),
        ],
      },
    });
  });

  it('is taken as it stands when no listing can be had', async () => {
    const offline = await resolveModel(spec, { ...options, hubUrl: 'http://127.0.0.1:9' });
    expect(offline.spec.dtypes).toEqual(spec.dtypes);
    expect(offline).toMatchObject({ settled: false, unlisted: true });
  });

  it('at a branch is at the commit that the branch stands at', async () => {
    const { spec: found, settled } = await resolveModel(spec, { ...options, revision: 'main' });
    expect(settled).toBe(false);
    expect(found.revision).toMatch(/^[0-9a-f]{40}$/);
  });

  it('of the catalogue needs no question when it is served with the site', async () => {
    const model = await resolveModel('starter', options);
    expect(model.base).toBe(`${server.url}/models/starter/`);
    expect(model).toMatchObject({ immutable: true, settled: true });
    expect(server.log).toEqual([]);
  });
});

it.each([
  '',
  'nonsense',
  'toString',
  '__proto__',
  'constructor',
  'a/..',
  '../b',
  'a/b/c',
  'ftp://h/m',
])('knows no model %j', async (name) => {
  await expect(resolveModel(name, options)).rejects.toMatchObject({ code: 'bad-input' });
});
