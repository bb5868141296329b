/** A plain static server, which counts what goes over its sockets. */

import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { SiteFile } from '../../src/site/files/index.ts';

export interface FileServer {
  url: string;
  /** Bytes that all connections so far have sent, headers included. */
  sent(): number;
  close(): void;
}

export async function serveFiles(files: readonly SiteFile[]): Promise<FileServer> {
  const known = new Map(files.map(({ name, bytes }) => [`/${name}`, bytes]));
  const sockets = new Set<Socket>();
  let ended = 0;
  const server = createServer(({ url }, response) => {
    const bytes = known.get(url ?? '');
    if (!bytes) return void response.writeHead(404).end();
    response.writeHead(200, {
      'content-type': 'application/octet-stream',
      'content-length': bytes.length,
      'cache-control': 'public, max-age=31536000, immutable',
    });
    response.end(bytes);
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
    sent: () => [...sockets].reduce((sum, { bytesWritten }) => sum + bytesWritten, ended),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
