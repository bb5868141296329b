/** Searches the index in a folder as a visitor's browser does, from a plain static server. */

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, normalize } from 'node:path';
import type { SiteAnswer, SiteIndex } from '../../src/contract/index.ts';
import { openSiteIndex } from '../../src/site/index.ts';

/** @param folder of a built site, whose index is in `nearfield/` */
export async function withIndex<T>(
  folder: string,
  work: (index: SiteIndex) => Promise<T>,
): Promise<T> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://site');
    readFile(join(folder, normalize(pathname))).then(
      (bytes) => response.writeHead(200).end(bytes),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  try {
    const { port } = server.address() as AddressInfo;
    return await work(await openSiteIndex(`http://127.0.0.1:${port}/nearfield/`));
  } finally {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
}

export function firstPage({ pages }: SiteAnswer): string | undefined {
  return pages[0]?.url;
}
