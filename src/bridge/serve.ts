import { expose } from 'comlink';
import { WORKER_LOCKED, WORKER_READY, type WorkerNotice } from '../contract/index.ts';

/**
 * The worker's side: exposes `api`, then tells the page that the script ran to its end.
 *
 * The worker also takes a Web Lock for as long as it lives and tells its name once it has it. No
 * event tells a page that a worker closed itself or that its thread was killed; the lock falling
 * free does.
 */
export function serve(api: object): void {
  expose(api);
  announce({ worker: WORKER_READY });
  if (!('locks' in navigator)) return;
  const lock = `nearfield-worker-${crypto.randomUUID()}`;
  void navigator.locks.request(lock, () => {
    announce({ worker: WORKER_LOCKED, lock });
    return new Promise<never>(() => undefined);
  });
}

function announce(notice: WorkerNotice): void {
  postMessage(notice);
}
