/** A folder as a plain static host serves it, which counts what is asked for. */

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { isolation } from '../../vite.shared.ts';

export interface CountingServer {
  url: string;
  /** Paths and bytes of bodies since the last call. */
  taken(): { path: string; bytes: number }[];
  close(): void;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.json': 'application/json',
};

export function serveFolder(folder: string): Promise<CountingServer> {
  return serveFolders({ '/': folder });
}

/** @param folders by what paths in them begin with: the longest counts. Isolated, for threads */
export async function serveFolders(
  folders: Readonly<Record<string, string>>,
): Promise<CountingServer> {
  const places = Object.entries(folders).sort(([a], [b]) => b.length - a.length);
  let taken: { path: string; bytes: number }[] = [];
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://site');
    const path = normalize(decodeURIComponent(pathname));
    const [start, folder] = places.find(([start]) => path.startsWith(start))!;
    readFile(join(folder, path.slice(start.length))).then(
      (body) => {
        taken.push({ path, bytes: body.length });
        const type = TYPES[extname(path)] ?? 'application/octet-stream';
        response
          .writeHead(200, { 'Content-Type': type, 'Cache-Control': 'max-age=3600', ...isolation })
          .end(body);
      },
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port');
  return {
    url: `http://127.0.0.1:${address.port}/`,
    taken: () => {
      const before = taken;
      taken = [];
      return before;
    },
    close: () => server.close(),
  };
}
