import { afterEach, expect, it } from 'vitest';
import { clearStored } from './opfs.ts';

interface Told {
  /** Whether what was read is what was written, by reader. */
  same: boolean[];
  pastEnd: string;
}

afterEach(() => clearStored());

function readInWorker(): Promise<Told> {
  const worker = new Worker(new URL('./opfs-read.test-worker.ts', import.meta.url), {
    type: 'module',
  });
  return new Promise((resolve) => {
    worker.onmessage = ({ data }: MessageEvent<Told>) => {
      worker.terminate();
      resolve(data);
    };
    worker.postMessage({ folder: 'read', path: 'onnx/model.onnx' });
  });
}

it('reads a stored file where it lies, from several places at once', async () => {
  expect(await readInWorker()).toEqual({ same: [true, true], pastEnd: 'storage' });
});
