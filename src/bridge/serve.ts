import { expose } from 'comlink';
import { WORKER_READY, type ReadyMessage } from '../contract/index.ts';

/** Chromium 156 has been seen to leave a worker's first request for a lock unanswered. */
const LOCK_PATIENCE_MS = 1000;

/**
 * The worker's side: exposes `api`, then tells the page that the script ran to its end.
 *
 * The worker takes a Web Lock for as long as it lives. No event tells a page that a worker closed
 * itself or that its thread was killed; the lock falling free does. Where the lock is not to be
 * had, the page goes without that.
 */
export function serve(api: object): void {
  expose(api);
  if (!('locks' in navigator)) {
    announce({ ready: WORKER_READY });
    return;
  }
  const lock = `nearfield-worker-${crypto.randomUUID()}`;
  const goWithout = (): void => {
    announce({ ready: WORKER_READY });
  };
  const patience = setTimeout(goWithout, LOCK_PATIENCE_MS);
  const hold = (): Promise<never> => {
    clearTimeout(patience);
    announce({ ready: WORKER_READY, lock });
    return new Promise<never>(() => undefined);
  };
  navigator.locks.request(lock, hold).catch(goWithout);
}

function announce(message: ReadyMessage): void {
  postMessage(message);
}
