import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startModelServer, type LoggedRequest, type ModelServer } from './model-server.ts';

const weights = Uint8Array.from({ length: 200_000 }, (_, i) => i % 251);
let root: string;
let server: ModelServer;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'nearfield-models-'));
  await mkdir(join(root, 'tiny/onnx'), { recursive: true });
  await writeFile(join(root, 'tiny/config.json'), '{"hidden_size":8}');
  await writeFile(join(root, 'tiny/onnx/model.onnx'), weights);
  await writeFile(join(root, 'secret.txt'), 'outside of every model');
  server = await startModelServer({ roots: [root] });
});

afterAll(async () => {
  await server.close();
  await rm(root, { recursive: true });
});

beforeEach(async () => {
  await ask('/log', { method: 'DELETE' });
});

const FILE = '/models/tiny/onnx/model.onnx';

function ask(path: string, init?: RequestInit): Promise<Response> {
  return fetch(server.url + path, init);
}

async function bytesOf(response: Response): Promise<Uint8Array> {
  return new Uint8Array(await response.arrayBuffer());
}

describe('plain folders', () => {
  it('serves whole files to isolated pages of any origin', async () => {
    const response = await ask(FILE);
    expect(response.status).toBe(200);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(response.headers.get('cross-origin-resource-policy')).toBe('cross-origin');
    expect(response.headers.get('content-length')).toBe('200000');
    expect(await bytesOf(response)).toEqual(weights);
  });

  it('answers HEAD without a body', async () => {
    const response = await ask(FILE, { method: 'HEAD' });
    expect(response.headers.get('content-length')).toBe('200000');
    expect((await bytesOf(response)).length).toBe(0);
  });

  it.each([
    ['bytes=100-199', 'bytes 100-199/200000', 100, 200],
    ['bytes=199990-', 'bytes 199990-199999/200000', 199_990, 200_000],
    ['bytes=-5', 'bytes 199995-199999/200000', 199_995, 200_000],
  ])('serves the range %s', async (range, contentRange, start, end) => {
    const response = await ask(FILE, { headers: { range } });
    expect(response.status).toBe(206);
    expect(response.headers.get('content-range')).toBe(contentRange);
    expect(await bytesOf(response)).toEqual(weights.slice(start, end));
  });

  it('refuses a range past the end', async () => {
    const response = await ask(FILE, { headers: { range: 'bytes=200000-' } });
    expect(response.status).toBe(416);
    expect(response.headers.get('content-range')).toBe('bytes */200000');
  });

  it('knows its ETag, and sends the whole file when If-Range names another', async () => {
    const etag = (await ask(FILE, { method: 'HEAD' })).headers.get('etag')!;
    expect((await ask(FILE, { headers: { 'if-none-match': etag } })).status).toBe(304);
    const range = 'bytes=5-9';
    expect((await ask(FILE, { headers: { range, 'if-range': etag } })).status).toBe(206);
    expect((await ask(FILE, { headers: { range, 'if-range': '"old"' } })).status).toBe(200);
  });

  it('serves nothing outside of its roots, and no folders', async () => {
    expect((await ask('/models/..%2f..%2fetc/passwd')).status).toBe(404);
    expect((await ask('/models/tiny')).status).toBe(404);
    expect((await ask('/models/tiny/missing.json')).status).toBe(404);
  });
});

describe('hub paths', () => {
  it('serves a repository by owner, name and revision', async () => {
    const response = await ask('/someone/tiny/resolve/main/config.json');
    expect(await response.json()).toEqual({ hidden_size: 8 });
    expect(response.headers.get('x-repo-commit')).toMatch(/^[0-9a-f]{40}$/);
    expect((await ask('/someone/tiny/resolve/nope/config.json')).status).toBe(404);
    expect((await ask('/someone/other/resolve/main/config.json')).status).toBe(404);
  });

  it('lists a revision with sizes, and hashes of the large files', async () => {
    const response = await ask('/api/models/someone/tiny/revision/main?blobs=true');
    expect(await response.json()).toEqual({
      id: 'someone/tiny',
      sha: expect.stringMatching(/^[0-9a-f]{40}$/) as string,
      siblings: [
        { rfilename: 'config.json', size: 17 },
        {
          rfilename: 'onnx/model.onnx',
          size: 200_000,
          lfs: { size: 200_000, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string },
        },
      ],
    });
  });
});

describe('faults', () => {
  it('answers with a status, always or once', async () => {
    expect((await ask(`/faults/500${FILE}`)).status).toBe(500);
    expect((await ask(`/faults/500${FILE}`)).status).toBe(500);
    expect((await ask(`/faults/once-503/a${FILE}`)).status).toBe(503);
    expect((await ask(`/faults/once-503/a${FILE}`)).status).toBe(200);
    expect((await ask(`/faults/once-503/b${FILE}`)).status).toBe(503);
  });

  it('cuts a body once, so that the rest can be fetched', async () => {
    const path = `/faults/cut-at/1000-x${FILE}`;
    await expect(ask(path).then(bytesOf)).rejects.toThrow();
    const rest = await ask(path, { headers: { range: 'bytes=1000-' } });
    expect(rest.status).toBe(206);
    expect(await bytesOf(rest)).toEqual(weights.slice(1000));
  });

  it('leaves files shorter than the cut alone', async () => {
    expect((await ask('/faults/cut-at/1000/models/tiny/config.json')).status).toBe(200);
  });

  it('flips one bit, in ranges too', async () => {
    const path = `/faults/flip/70000${FILE}`;
    expect((await bytesOf(await ask(path)))[70_000]).toBe(weights[70_000]! ^ 1);
    const part = await ask(path, { headers: { range: 'bytes=69999-70001' } });
    expect((await bytesOf(part))[1]).toBe(weights[70_000]! ^ 1);
  });

  it('hides the length and ignores ranges', async () => {
    const response = await ask(`/faults/no-length${FILE}`, { headers: { range: 'bytes=5-' } });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-length')).toBeNull();
    expect(await bytesOf(response)).toEqual(weights);
  });

  it('chains', async () => {
    const response = await ask(`/faults/slow/1/faults/flip/0${FILE}`);
    expect((await bytesOf(response))[0]).toBe(1);
  });
});

it('keeps a log that can be cleared', async () => {
  await bytesOf(await ask(FILE, { headers: { range: 'bytes=0-9' } }));
  await bytesOf(await ask('/models/missing'));
  const log = (await (await ask('/log')).json()) as LoggedRequest[];
  expect(log).toEqual([
    { method: 'GET', path: FILE, range: 'bytes=0-9', status: 206 },
    { method: 'GET', path: '/models/missing', status: 404 },
  ]);
  await ask('/log', { method: 'DELETE' });
  expect(await (await ask('/log')).json()).toEqual([]);
});

it('keeps askers apart', async () => {
  await bytesOf(await ask(`/for/one${FILE}`));
  await bytesOf(await ask('/for/two/faults/once-503/x/models/missing'));
  await bytesOf(await ask('/for/one/faults/once-503/x/models/missing'));
  const logOf = async (asker: string): Promise<unknown> =>
    (await ask(`/for/${asker}/log`)).json() as Promise<unknown>;
  expect(await logOf('one')).toMatchObject([{ path: FILE }, { status: 503 }]);
  expect(await logOf('two')).toMatchObject([{ status: 503 }]);
  await ask('/for/two/log', { method: 'DELETE' });
  expect(await logOf('one')).toHaveLength(2);
  expect(await logOf('two')).toEqual([]);
});
