import { expect, it } from 'vitest';
import type { Outcome } from './scan-thread.test-worker.ts';

it('two threads find what one finds, and one goes on where the other died', async () => {
  const url = new URL('./scan-thread.test-worker.ts', import.meta.url);
  const worker = new Worker(url, { type: 'module', name: 'index' });
  const outcome = await new Promise<Outcome>((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<Outcome>) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(message));
  });
  worker.terminate();
  expect(outcome.alone.length).toBe(400);
  expect(outcome.together).toEqual(outcome.alone);
  expect(outcome.after).toEqual(outcome.alone);
});
