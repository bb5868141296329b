import { abortError } from '../contract/index.ts';
import { within } from './within.ts';

/** Chromium 156 has been seen to leave a worker's first request for a lock unanswered. */
export const LOCK_PATIENCE_MS = 1000;

/**
 * Requests a Web Lock, for as long as another has it.
 *
 * @returns what lets go of it; undefined where nobody has it and the browser does not answer: the
 * request is then taken back
 * @throws NearfieldError `aborted`, or what the browser refuses it with
 */
export function requestLock(
  locks: LockManager,
  name: string,
  signal?: AbortSignal,
): Promise<(() => void) | undefined> {
  const request = new AbortController();
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      if (settle() && signal) reject(abortError(signal));
    };
    /** Gives whether it was still open; a request that waits is taken back. */
    const settle = (): boolean => {
      if (request.signal.aborted) return false;
      clearInterval(watch);
      signal?.removeEventListener('abort', stop);
      // Of a lock that is held this takes nothing away.
      request.abort();
      return true;
    };
    const hold = (): Promise<void> | undefined =>
      settle() ? new Promise<void>((release) => resolve(release)) : undefined;
    // Another's work may take an hour: that it holds the lock is an answer.
    const watch = setInterval(() => {
      void isLockHeld(locks, name).then((held) => {
        if (!held && settle()) resolve(undefined);
      });
    }, LOCK_PATIENCE_MS);
    signal?.addEventListener('abort', stop);
    locks.request(name, { signal: request.signal }, hold).catch((error: unknown) => {
      if (settle()) reject(error instanceof Error ? error : new Error(String(error)));
    });
  });
}

/** Whether anybody has the lock, as far as the browser tells in time. */
export async function isLockHeld(locks: LockManager, name: string): Promise<boolean> {
  const told = await within(LOCK_PATIENCE_MS, locks.query()).catch(() => undefined);
  return told?.held?.some((lock) => lock.name === name) ?? false;
}
