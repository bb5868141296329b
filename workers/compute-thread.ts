import { serveThread, type Answer, type Order, type SpawnThread } from '../src/engine/index.ts';

/** Name of the workers that compute with the embed worker; the script is that of the embed worker. */
export const COMPUTE_THREAD = 'nearfield-compute';

/** A thread's first message: it hears orders from now on. */
const LISTENING = 'listening';

/** One more thread, from the script that runs here, so that nothing more has to be hosted. */
export const spawnThread: SpawnThread = () => {
  const worker = new Worker(self.location.href, { type: 'module', name: COMPUTE_THREAD });
  // Orders wait until they are heard: a script that some wrapper imports may listen late, and a
  // worker drops what comes before that.
  let waiting: Order[] | undefined = [];
  const send = (): void => {
    for (const order of waiting ?? []) worker.postMessage(order);
    waiting = undefined;
  };
  worker.addEventListener('message', send, { once: true });
  return {
    post: (order) => {
      if (waiting) waiting.push(order);
      else worker.postMessage(order);
    },
    onAnswer: (listener) => {
      worker.addEventListener('message', ({ data }: MessageEvent<Answer | typeof LISTENING>) => {
        if (data !== LISTENING) listener(data);
      });
    },
    onDeath: (listener) => {
      worker.addEventListener('error', (event) => {
        event.preventDefault();
        // A script that cannot be fetched gives a plain Event without a message.
        listener(event.message || 'its script could not be loaded or run');
      });
      worker.addEventListener('messageerror', () => {
        listener('a message could not be read');
      });
    },
    terminate: () => {
      worker.terminate();
    },
  };
};

/** The worker's side of `spawnThread`. */
export function serveComputing(): void {
  serveThread({
    post: (answer) => {
      postMessage(answer);
    },
    listen: (listener) => {
      self.addEventListener('message', ({ data }: MessageEvent<Order>) => {
        listener(data);
      });
      postMessage(LISTENING);
    },
  });
}
