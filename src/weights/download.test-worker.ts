/** Fetches files where a model's are fetched: in a dedicated worker, which has sync access handles. */

import { replyWith } from '../contract/index.ts';
import { fetchFile } from './download.ts';
import { openFileStore } from './open-store.ts';
import { QUIET, type Fetched, type FetchNews, type FetchOrder } from './download.test-orders.ts';

const store = openFileStore();
let beQuiet: () => void = () => undefined;
const quiet = new Promise<void>((resolve) => {
  beQuiet = resolve;
});

async function carryOut({ id, file, abortAt, later }: FetchOrder): Promise<Fetched> {
  const abort = new AbortController();
  const warnings: string[] = [];
  const pending = fetchFile(file, {
    store,
    signal: abort.signal,
    ...(later && { quiet }),
    onWarning: (message) => warnings.push(message),
    onBytes: (loaded) => {
      tell({ id, loaded });
      if (abortAt !== undefined && loaded >= abortAt) abort.abort(new Error('enough'));
    },
  });
  if (abortAt === 0) abort.abort(new Error('at once'));
  const { blob, meta } = await pending;
  // Read again: what counts is what the caller is given.
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await blob.arrayBuffer()));
  const sha256 = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return { bytes: meta.bytes, sha256, warnings };
}

function tell(news: FetchNews): void {
  postMessage(news);
}

addEventListener('message', ({ data }: MessageEvent<FetchOrder | typeof QUIET>) => {
  if (data === QUIET) {
    beQuiet();
    return;
  }
  void replyWith(() => carryOut(data)).then((reply) => {
    tell({ id: data.id, reply });
  });
});
