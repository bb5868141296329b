/** Serves model folders as the hub and as plain files do, and fails on request. */

import { open } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { parseRange, type ByteRange } from './byte-range.ts';
import { parseFaults, type Faults } from './model-faults.ts';
import { ModelFiles, type StoredFile } from './model-files.ts';

/** The port that e2e specs know. */
export const MODEL_SERVER_PORT = 4329;

/** Later roots are asked when earlier ones lack a folder. */
export const MODEL_ROOTS: readonly string[] = ['.cache/test-models', 'public/models'];

export interface LoggedRequest {
  method: string;
  path: string;
  range?: string;
  status: number;
}

export interface ModelServer {
  /** Origin, without a slash at its end. */
  url: string;
  /** Of those who gave no name. */
  log: LoggedRequest[];
  close(): Promise<void>;
}

export interface ModelServerOptions {
  /** @default any free one */
  port?: number;
  /** @default MODEL_ROOTS */
  roots?: readonly string[];
}

const PIECE = 65_536;

/** Open to pages of any origin, isolated ones too. */
const OPEN = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Allow-Methods': 'GET, HEAD, DELETE, OPTIONS',
  'Access-Control-Allow-Headers': '*, Range, If-Range, If-None-Match',
  'Access-Control-Expose-Headers': '*',
  'Cross-Origin-Resource-Policy': 'cross-origin',
};

export async function startModelServer(options: ModelServerOptions = {}): Promise<ModelServer> {
  const answer = new Answers(new ModelFiles(options.roots ?? MODEL_ROOTS));
  const server = createServer((request, response) => {
    answer.handle(request, response).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500, OPEN);
      response.end(String(error));
    });
  });
  await listen(server, options.port ?? 0);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get log() {
      return answer.visit('').log;
    },
    close: () => {
      server.closeAllConnections();
      return new Promise((done) => server.close(() => done()));
    },
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((done, failed) => {
    server.once('error', failed);
    server.listen(port, '127.0.0.1', done);
  });
}

/** What one asker has asked for. */
class Visit {
  readonly log: LoggedRequest[] = [];
  readonly #seen = new Set<string>();

  firstTime(key: string): boolean {
    if (this.#seen.has(key)) return false;
    this.#seen.add(key);
    return true;
  }
}

/**
 * Test files that run at the same time put `/for/NAME` before every path, and have a log
 * (`/for/NAME/log`, cleared by DELETE) and first times of their own.
 */
class Answers {
  readonly #files: ModelFiles;
  readonly #visits = new Map<string, Visit>();

  constructor(files: ModelFiles) {
    this.#files = files;
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const asked = decodeURIComponent((request.url ?? '/').replace(/\?.*$/, ''));
    const [, asker = '', url = '/'] = /^(?:\/for\/([^/]+))?(\/.*)/.exec(asked) ?? [];
    if (request.method === 'OPTIONS') return end(response, 204);
    if (url === '/log') return this.#handleLog(request, response, asker);
    const visit = this.visit(asker);
    response.once('close', () => visit.log.push(logged(request, url, response.statusCode)));
    const { path, faults } = parseFaults(url, (key) => visit.firstTime(key));
    if (faults.status !== undefined) return end(response, faults.status, 'as asked for');
    const revision = await this.#files.revision(path);
    if (revision) return sendJson(response, revision);
    const file = await this.#files.file(path);
    if (!file) return end(response, 404, 'Entry not found');
    await this.#send(request, response, file, faults, visit);
  }

  visit(asker: string): Visit {
    let visit = this.#visits.get(asker);
    if (!visit) this.#visits.set(asker, (visit = new Visit()));
    return visit;
  }

  #handleLog(request: IncomingMessage, response: ServerResponse, asker: string): void {
    if (request.method !== 'DELETE') return sendJson(response, this.visit(asker).log);
    // What ends later still counts for the visit that began it.
    this.#visits.delete(asker);
    end(response, 204);
  }

  async #send(
    request: IncomingMessage,
    response: ServerResponse,
    file: StoredFile,
    faults: Faults,
    visit: Visit,
  ): Promise<void> {
    const etag = `"${file.sha256}"`;
    if (request.headers['if-none-match'] === etag) return end(response, 304);
    const range = wantedRange(request, file, etag, faults);
    if (range === 'none') {
      response.setHeader('Content-Range', `bytes */${file.size}`);
      return end(response, 416);
    }
    const { start, end: stop } = range ?? { start: 0, end: file.size };
    response.writeHead(range ? 206 : 200, headersOf(file, etag, range, faults));
    if (request.method === 'HEAD') {
      response.end();
      return;
    }
    const cut = faults.cutAt;
    const cuts = cut && cut.bytes < stop - start && visit.firstTime(cut.key);
    await sendBytes(response, file, { start, end: cuts ? start + cut.bytes : stop }, faults);
    // Lets the last bytes leave before the connection breaks.
    if (cuts) setImmediate(() => response.destroy());
    else response.end();
  }
}

function logged(request: IncomingMessage, path: string, status: number): LoggedRequest {
  const { range } = request.headers;
  return { method: request.method ?? 'GET', path, ...(range !== undefined && { range }), status };
}

function wantedRange(
  request: IncomingMessage,
  file: StoredFile,
  etag: string,
  faults: Faults,
): ByteRange | 'none' | undefined {
  const same = (request.headers['if-range'] ?? etag) === etag;
  return faults.noLength || !same ? undefined : parseRange(request.headers.range, file.size);
}

function headersOf(
  file: StoredFile,
  etag: string,
  range: ByteRange | undefined,
  faults: Faults,
): Record<string, string | number> {
  return {
    ...OPEN,
    'Content-Type': file.path.endsWith('.json') ? 'application/json' : 'application/octet-stream',
    'Cache-Control': 'no-store',
    ETag: etag,
    ...(file.commit !== undefined && { 'X-Repo-Commit': file.commit }),
    ...(!faults.noLength && {
      'Accept-Ranges': 'bytes',
      'Content-Length': range ? range.end - range.start : file.size,
    }),
    ...(range && { 'Content-Range': `bytes ${range.start}-${range.end - 1}/${file.size}` }),
  };
}

async function sendBytes(
  response: ServerResponse,
  file: StoredFile,
  range: ByteRange,
  faults: Faults,
): Promise<void> {
  const handle = await open(file.path);
  try {
    for (let at = range.start; at < range.end && !response.destroyed; at += PIECE) {
      if (faults.slow !== undefined) await wait(faults.slow);
      const piece = Buffer.alloc(Math.min(PIECE, range.end - at));
      await handle.read(piece, 0, piece.length, at);
      const flipped = (faults.flip ?? -1) - at;
      if (flipped >= 0 && flipped < piece.length) piece[flipped]! ^= 1;
      if (!response.write(piece)) await drained(response);
    }
  } finally {
    await handle.close();
  }
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((done) => {
    const settle = (): void => {
      response.off('drain', settle).off('close', settle);
      done();
    };
    response.on('drain', settle).on('close', settle);
  });
}

function sendJson(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { ...OPEN, 'Content-Type': 'application/json' });
  response.end(JSON.stringify(value));
}

function end(response: ServerResponse, status: number, text = ''): void {
  response.writeHead(status, OPEN);
  response.end(text);
}
