/** A plain static server, which counts what is asked for and what goes over its sockets. */

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { extname, join, normalize } from 'node:path';
import type { SiteFile } from '../../src/site/files/index.ts';
import { isolation } from '../../vite.shared.ts';

export interface CountingServer {
  url: string;
  /** Paths and bytes of bodies since the last call. */
  taken(): { path: string; bytes: number }[];
  /** Bytes that all connections so far have sent, headers included. */
  sent(): number;
  close(): void;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.json': 'application/json',
};

/** Files below a folder. */
export function serveFolder(folder: string): Promise<CountingServer> {
  return serveFolders({ '/': folder });
}

/** @param folders by what the paths in them begin with: the longest counts */
export function serveFolders(folders: Readonly<Record<string, string>>): Promise<CountingServer> {
  const places = Object.entries(folders).sort(([a], [b]) => b.length - a.length);
  return serve((path) => {
    const [start, folder] = places.find(([start]) => path.startsWith(start))!;
    return readFile(join(folder, path.slice(start.length)));
  });
}

/** Files in memory. */
export function serveFiles(files: readonly SiteFile[]): Promise<CountingServer> {
  const known = new Map(files.map(({ name, bytes }) => [`/${name}`, bytes]));
  return serve((path) => {
    const bytes = known.get(path);
    return bytes ? Promise.resolve(bytes) : Promise.reject(new Error('404'));
  });
}

/** @param read rejects where there is no such file */
async function serve(read: (path: string) => Promise<Uint8Array>): Promise<CountingServer> {
  let taken: { path: string; bytes: number }[] = [];
  const sockets = new Set<Socket>();
  let ended = 0;
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://site');
    const path = normalize(decodeURIComponent(pathname));
    read(path).then(
      (body) => {
        taken.push({ path, bytes: body.length });
        response.writeHead(200, {
          'content-type': TYPES[extname(path)] ?? 'application/octet-stream',
          'content-length': body.length,
          'cache-control': 'public, max-age=31536000, immutable',
          // For threads.
          ...isolation,
        });
        response.end(body);
      },
      () => response.writeHead(404).end(),
    );
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => {
      ended += socket.bytesWritten;
      sockets.delete(socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    taken: () => {
      const before = taken;
      taken = [];
      return before;
    },
    sent: () => [...sockets].reduce((sum, { bytesWritten }) => sum + bytesWritten, ended),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
