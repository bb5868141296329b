import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startModelServer, type ModelServer } from '../../e2e/support/model-server.ts';
import { CATALOGUE, type ModelSpec } from '../contract/index.ts';
import { fetchJson, probe } from './http.ts';
import { MemoryFileStore } from './memory.ts';
import { remoteFile } from './plan.ts';
import { resolveRemembered } from './remember.ts';
import { isSafePath, parseListing, resolveModel, type ResolveOptions } from './resolve.ts';

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
    for (const [path, content] of Object.entries(files)) {
      const file = join(root, folder, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, content);
    }
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
    expect(model.spec).not.toHaveProperty('revision');
  });

  it.each(['someone/missing', 'someone/no-config', 'someone/no-graph'])(
    'is model-not-found: %s',
    async (id) => {
      await expect(resolveModel(id, options)).rejects.toMatchObject({ code: 'model-not-found' });
    },
  );

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
    const offline = { ...options, hubUrl: 'http://127.0.0.1:9' };
    expect((await resolveModel(spec, offline)).spec.dtypes).toEqual(spec.dtypes);
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

describe('resolveRemembered', () => {
  const gone = 'http://127.0.0.1:9';

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
    await mkdir(join(own, 'onnx'), { recursive: true });
    await writeFile(join(own, 'config.json'), config);
    await writeFile(join(own, 'onnx/model.onnx'), 'graph');
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
});

describe('parseListing', () => {
  const listing = (...siblings: unknown[]) => parseListing({ sha: COMMIT, siblings })?.files;

  it.each([
    null,
    [],
    {},
    { sha: COMMIT },
    { sha: 'main', siblings: [] },
    { sha: 7, siblings: [] },
    { sha: COMMIT, siblings: {} },
    { siblings: [] },
  ])('takes %j for no listing', (value) => {
    expect(parseListing(value)).toBeUndefined();
  });

  it('leaves out paths that lead out of the folder, and entries that are none', () => {
    const paths = ['../../x', '/etc/passwd', 'a/../b', 'C:\\x', 'http://host/x', 'a//b', './a', 7];
    const siblings = paths.map((rfilename) => ({ rfilename }));
    expect(listing(...siblings, null, 'text', [], {}, { rfilename: 'ok.json' })).toEqual([
      { path: 'ok.json' },
    ]);
  });

  it('leaves out sizes and hashes that are none', () => {
    const odd = [-1, 1.5, '7', 2 ** 60, null].map((size) => ({ rfilename: 'a', size }));
    expect(listing(...odd)).toEqual(odd.map(() => ({ path: 'a' })));
    const lfs = [{ sha256: 'short' }, { sha256: hash.toUpperCase() }, hash, null];
    expect(listing(...lfs.map((each) => ({ rfilename: 'a', lfs: each })))).toEqual(
      lfs.map(() => ({ path: 'a' })),
    );
    expect(listing({ rfilename: 'a', size: 7, lfs: { sha256: hash } })).toEqual([
      { path: 'a', bytes: 7, sha256: hash },
    ]);
  });
});

describe('isSafePath', () => {
  const part = fc.oneof(
    fc.constantFrom('..', '.', '', '%2e%2e', '\\', 'onnx', '?', '#', ':', '\t', '\ud800', 'ß'),
    fc.string({ unit: 'binary', maxLength: 6 }),
  );
  const paths = fc.array(part, { maxLength: 5 }).map((parts) => parts.join('/'));

  it('lets through only paths whose URL lies below the folder', () => {
    const base = 'https://host/a/b/';
    const model = { base, folder: '', immutable: false, settled: false, warnings: [] };
    fc.assert(
      fc.property(paths, (path) => {
        fc.pre(isSafePath(path));
        const { url } = remoteFile({ ...model, spec: CATALOGUE['starter'] as ModelSpec }, { path });
        const { href, search, hash: fragment, pathname } = new URL(url);
        expect(href.startsWith(base)).toBe(true);
        expect(search + fragment).toBe('');
        expect(decodeURIComponent(pathname)).toBe(`/a/b/${path}`);
      }),
      { numRuns: 2000 },
    );
  });

  it.each(['onnx/model.onnx', 'a b.json', '1_Pooling/config.json', '...', 'ünïcode/日本'])(
    'lets %j through',
    (path) => {
      expect(isSafePath(path)).toBe(true);
    },
  );
});

describe('probe', () => {
  const file = (fault = ''): string => `${server.url}${fault}/models/plain/onnx/model.onnx`;

  it('tells size and validator without fetching', async () => {
    expect(await probe(file())).toEqual({
      bytes: 5,
      etag: expect.stringMatching(/^"[0-9a-f]+"$/) as string,
    });
    // Earlier requests may still be on their way into the log.
    const asked = server.log.filter(({ path }) => path.endsWith('plain/onnx/model.onnx'));
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.every(({ method }) => method === 'HEAD')).toBe(true);
  });

  it('tells no size that the server does not', async () => {
    expect(await probe(file('/faults/no-length'))).not.toHaveProperty('bytes');
  });

  it.each(['/faults/404', '/faults/403', '/faults/410'])(
    'knows what is missing: %s',
    async (at) => {
      expect(await probe(file(at))).toBeUndefined();
    },
  );

  it('asks with GET where HEAD is not served', async () => {
    const plain = createServer((request, response) => {
      response.writeHead(request.method === 'HEAD' ? 405 : 200, { 'Content-Length': 5 });
      response.end(request.method === 'HEAD' ? undefined : '12345');
    });
    await new Promise<void>((done) => plain.listen(0, '127.0.0.1', done));
    expect(await probe(urlOf(plain))).toEqual({ bytes: 5 });
    plain.close();
  });

  it('calls a compressed length rough', async () => {
    const zipped = createServer((_, response) => {
      response.writeHead(200, { 'Content-Length': 5, 'Content-Encoding': 'gzip' }).end();
    });
    await new Promise<void>((done) => zipped.listen(0, '127.0.0.1', done));
    expect(await probe(urlOf(zipped))).toEqual({ aboutBytes: 5 });
    zipped.close();
  });

  it('is download-failed when the server fails', async () => {
    await expect(probe(file('/faults/503'))).rejects.toMatchObject({ code: 'download-failed' });
    const url = `${server.url}/faults/500/models/plain/config.json`;
    await expect(fetchJson(url)).rejects.toMatchObject({ code: 'download-failed' });
  });
});
