import { afterEach, expect, it } from 'vitest';
import { clearStored, listStored } from './opfs.ts';

const key = { folder: 'unanswered', path: 'onnx/model.onnx' };

afterEach(() => clearStored());

/** A worker in which the browser never answers the first request for a handle. */
function openInDeafWorker(): Promise<string> {
  const worker = new Worker(new URL('./opfs-writer.test-worker.ts', import.meta.url), {
    type: 'module',
  });
  return new Promise((resolve) => {
    worker.onmessage = ({ data }: MessageEvent<string>) => {
      worker.terminate();
      resolve(data);
    };
    worker.postMessage(key);
  });
}

it('gives up a handle that the browser does not answer for, and opens the next file', async () => {
  expect(await openInDeafWorker()).toMatch(
    /^storage: .*could not be opened in time.* then opened$/i,
  );
  expect(await listStored()).toHaveLength(1);
});
