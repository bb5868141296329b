/** Threads of Node for the native runtime; in a browser they are workers. */

import { Worker } from 'node:worker_threads';
import type { Answer } from '../engine/native/thread.ts';
import type { ThreadHandle } from '../engine/native/threads.ts';

export interface NodeThread extends ThreadHandle {
  worker: Worker;
}

/** Node 20 reads no TypeScript by itself, nor `--import` for a thread alone. */
const START = `
  const { entry } = require('node:worker_threads').workerData;
  import('tsx/esm/api').then(({ register }) => (register(), import(entry)));
`;

/** Beside this file: in the sources as it is, in the package built. */
const ENTRY = new URL(
  import.meta.url.endsWith('.ts') ? './thread.ts' : './thread.js',
  import.meta.url,
);

/** `entry` is for tests of what goes wrong. */
export function spawnNodeThread(entry = ENTRY): NodeThread {
  const worker = entry.pathname.endsWith('.ts')
    ? new Worker(START, { eval: true, workerData: { entry: entry.href } })
    : new Worker(entry);
  worker.unref();
  return {
    worker,
    post: (order) => {
      worker.postMessage(order);
    },
    onAnswer: (listener) => {
      worker.on('message', (answer: Answer) => {
        listener(answer);
      });
    },
    onDeath: (listener) => {
      worker.on('error', (error) => {
        listener(error.message);
      });
      worker.on('exit', (code) => {
        listener(`it ended with code ${code}`);
      });
    },
    terminate: () => {
      void worker.terminate();
    },
  };
}
