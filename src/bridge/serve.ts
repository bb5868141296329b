import { expose } from 'comlink';
import { WORKER_READY, type ReadyMessage } from '../contract/index.ts';

/**
 * The worker's side: exposes `api`, then tells the page that the script ran to its end.
 *
 * The worker holds a Web Lock for as long as it lives. No event tells a page that a worker closed
 * itself or that its thread was killed; the lock falling free does.
 */
export function serve(api: object): void {
  expose(api);
  if (!('locks' in navigator)) {
    announce({ ready: WORKER_READY });
    return;
  }
  const lock = `nearfield-worker-${crypto.randomUUID()}`;
  void navigator.locks.request(lock, () => {
    announce({ ready: WORKER_READY, lock });
    return new Promise<never>(() => undefined);
  });
}

function announce(message: ReadyMessage): void {
  postMessage(message);
}
