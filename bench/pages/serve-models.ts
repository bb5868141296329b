/** Serves the models that tools/bench-models wrote, without a copy of their gigabytes in the build. */

import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join, resolve, sep } from 'node:path';
import type { Plugin } from 'vite';
import { parseRange } from '../../e2e/support/byte-range.ts';
import { BENCH_MODELS } from '../../tools/bench-models/shapes.ts';

export function serveBenchModels(): Plugin {
  return {
    name: 'nearfield:bench-models',
    configurePreviewServer({ middlewares }) {
      middlewares.use('/bench-models', (request, response) => {
        send(request, response).catch(() => response.writeHead(500).end());
      });
    },
  };
}

async function send(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const name = decodeURIComponent((request.url ?? '/').replace(/\?.*$/, ''));
  const path = resolve(join(BENCH_MODELS, name));
  const found = await stat(path).catch(() => undefined);
  if (!path.startsWith(BENCH_MODELS + sep) || !found?.isFile()) {
    response.writeHead(404).end();
    return;
  }
  const range = parseRange(request.headers.range, found.size);
  if (range === 'none') {
    response.writeHead(416, { 'Content-Range': `bytes */${found.size}` }).end();
    return;
  }
  const { start, end } = range ?? { start: 0, end: found.size };
  response.writeHead(range ? 206 : 200, {
    'Content-Type': path.endsWith('.json') ? 'application/json' : 'application/octet-stream',
    'Content-Length': end - start,
    'Accept-Ranges': 'bytes',
    ETag: `"${found.size}-${found.mtimeMs}"`,
    ...(range && { 'Content-Range': `bytes ${start}-${end - 1}/${found.size}` }),
  });
  if (request.method === 'HEAD' || start === end) response.end();
  else createReadStream(path, { start, end: end - 1, highWaterMark: 1 << 20 }).pipe(response);
}
