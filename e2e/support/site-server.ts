/** The built site on a port of its own: a server that a scenario may stop, or let ship a new release. */

import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isolation } from '../../vite.shared.ts';

const SITE = fileURLToPath(new URL('../../site/', import.meta.url));
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
};

export interface SiteServer {
  url: string;
  /** From now on the service worker's script is another one, as after a release. */
  release(): void;
  stop(): Promise<void>;
}

/** @param folder what the site is deployed under, with a slash at its end */
export async function serveSite(folder = '/'): Promise<SiteServer> {
  let released = false;
  const server = createServer((request, response) => {
    void answer(request, response, folder, released);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return {
    url: `http://127.0.0.1:${address.port}${folder}`,
    release: () => {
      released = true;
    },
    stop: () => stopped(server),
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  folder: string,
  released: boolean,
): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', 'http://site');
  const path = pathname.startsWith(folder) ? pathname.slice(folder.length) : '..';
  const file = join(SITE, normalize(`/${path === '' ? 'index.html' : path}`));
  const found = await stat(file).catch(() => undefined);
  if (!found?.isFile()) return void response.writeHead(404).end();
  const type = TYPES[extname(file)] ?? 'application/octet-stream';
  response.writeHead(200, { ...isolation, 'Content-Type': type, 'Cache-Control': 'no-cache' });
  if (released && path === 'offline.sw.js') {
    response.end(`${await readFile(file, 'utf8')}\n// The next release.\n`);
  } else createReadStream(file).pipe(response);
}

async function stopped(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
