import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startModelServer, type ModelServer } from '../../e2e/support/model-server.ts';
import { fetchJson, probe } from './http.ts';

let root: string;
let server: ModelServer;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'nearfield-http-'));
  await mkdir(join(root, 'plain'));
  await writeFile(join(root, 'plain/model.onnx'), 'graph');
  server = await startModelServer({ roots: [root] });
});

afterAll(async () => {
  await server.close();
  await rm(root, { recursive: true });
});

const urlOf = (of: Server): string => `http://127.0.0.1:${(of.address() as AddressInfo).port}`;

describe('fetchJson', () => {
  let own: Server | undefined;
  let asked = 0;

  /** Answers with each of `answers` in turn, and with the last from then on. */
  async function serve(...answers: RequestListener[]): Promise<string> {
    asked = 0;
    own = createServer((request, response) => {
      answers[Math.min(asked++, answers.length - 1)]?.(request, response);
    });
    await new Promise<void>((done) => own?.listen(0, '127.0.0.1', done));
    return urlOf(own);
  }

  afterEach(() => {
    own?.closeAllConnections();
    own?.close();
  });

  const status =
    (code: number): RequestListener =>
    (_, response) =>
      response.writeHead(code).end();
  const hangUp: RequestListener = ({ socket }) => socket.destroy();
  const breakOff: RequestListener = ({ socket }, response) => {
    response.writeHead(200, { 'Content-Length': 100 }).write('{"a"', () => socket.destroy());
  };
  const sound: RequestListener = (_, response) => response.end('{"a":1}');

  it.each([
    ['busy', status(429)],
    ['in trouble', status(503)],
    ['out of reach', hangUp],
    ['gone in the middle of its answer', breakOff],
  ])('asks twice more when the server is %s', async (_, failing) => {
    expect(await fetchJson(await serve(failing, failing, sound))).toEqual({ a: 1 });
    expect(asked).toBe(3);
    await expect(fetchJson(await serve(failing))).rejects.toMatchObject({
      code: 'download-failed',
    });
    expect(asked).toBe(3);
  });

  it.each([
    ['is not there', status(404), undefined],
    ['is refused', status(400), { code: 'download-failed' }],
    ['is not JSON', (_, response) => response.end('{'), { code: 'bad-model' }],
  ])('does not ask again for what %s', async (_, answer, error) => {
    const pending = fetchJson(await serve(answer));
    if (error) await expect(pending).rejects.toMatchObject(error);
    else expect(await pending).toBeUndefined();
    expect(asked).toBe(1);
  });

  it('is aborted in a pause, and in the middle of an answer', async () => {
    for (const answer of [
      status(503),
      ((_, response) => response.writeHead(200).write('{')) as RequestListener,
    ]) {
      const abort = new AbortController();
      const url = await serve((request, response) => {
        answer(request, response);
        setTimeout(() => {
          abort.abort();
        }, 50);
      });
      await expect(fetchJson(url, abort.signal)).rejects.toMatchObject({ code: 'aborted' });
      expect(asked).toBe(1);
    }
  });
});

describe('probe', () => {
  const file = (fault = ''): string => `${server.url}${fault}/models/plain/model.onnx`;

  it('tells size and validator without fetching', async () => {
    expect(await probe(file())).toEqual({
      bytes: 5,
      etag: expect.stringMatching(/^"[0-9a-f]+"$/) as string,
    });
    // Earlier requests may still be on their way into the log.
    const asked = server.log.filter(({ path }) => path.endsWith('plain/model.onnx'));
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
  });
});
