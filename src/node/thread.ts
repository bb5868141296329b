/** Entry of a thread of `spawnNodeThread`. */

import { parentPort } from 'node:worker_threads';
import { serveThread, type Order } from '../engine/native/thread.ts';

const port = parentPort;
if (!port) throw new Error('Run by spawnNodeThread');
serveThread({
  post: (answer) => {
    port.postMessage(answer);
  },
  listen: (listener) => {
    port.on('message', (order: Order) => {
      listener(order);
    });
  },
});
