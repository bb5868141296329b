import { abortError, throwIfAborted } from '../contract/index.ts';
import { within } from './pause.ts';
import type { FileKey } from './store.ts';

/** Chromium 156 has been seen to leave a worker's first request for a lock unanswered. */
const PATIENCE_MS = 1000;

/**
 * Runs `work` as the only one that works on a file, over all tabs; the others wait, and then find
 * it written. Where locks are missing, refused or not answered, it runs without: the storage
 * refuses a second writer by itself, and a load must not fail for want of a lock.
 *
 * @throws NearfieldError `aborted` while it waits, and what `work` throws
 */
export async function locked<T>(
  key: FileKey,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  throwIfAborted(signal);
  const locks = globalThis.navigator?.locks;
  if (!locks) return work();
  const release = await acquire(locks, `nearfield-file:${key.folder}/${key.path}`, signal);
  try {
    return await work();
  } finally {
    release();
  }
}

/**
 * Claims a file for storing it later; undefined where another load has. Nobody waits for a claim:
 * two loads would wait for each other, each with one file of the model.
 *
 * @returns what gives the claim up
 */
export async function claim(key: FileKey): Promise<(() => void) | undefined> {
  const locks = globalThis.navigator?.locks;
  if (!locks) return () => undefined;
  return new Promise((resolve) => {
    let open = true;
    const settle = (release: (() => void) | undefined): void => {
      open = false;
      clearTimeout(silence);
      resolve(release);
    };
    // As for `locked`: a load must not fail for want of a lock, or of an answer.
    const goWithout = (): void => settle(() => undefined);
    const silence = setTimeout(goWithout, PATIENCE_MS);
    const hold = (lock: Lock | null): Promise<void> | undefined => {
      if (open && lock) return new Promise<void>((release) => settle(release));
      if (open) settle(undefined);
      return undefined;
    };
    const name = `nearfield-claim:${key.folder}/${key.path}`;
    locks.request(name, { ifAvailable: true }, hold).catch(goWithout);
  });
}

/** Gives what lets go of the lock, which is nothing where it went without. */
function acquire(
  locks: LockManager,
  name: string,
  signal: AbortSignal | undefined,
): Promise<() => void> {
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
    const goWithout = (): void => {
      if (settle()) resolve(() => undefined);
    };
    const hold = (): Promise<void> | undefined =>
      settle() ? new Promise<void>((release) => resolve(release)) : undefined;
    // Another's download may hold it for an hour: that is an answer.
    const watch = setInterval(() => {
      void isHeld(locks, name).then((held) => {
        if (!held) goWithout();
      });
    }, PATIENCE_MS);
    signal?.addEventListener('abort', stop);
    locks.request(name, { signal: request.signal }, hold).catch(goWithout);
  });
}

/** Whether anybody has the lock, as far as the browser tells in time. */
async function isHeld(locks: LockManager, name: string): Promise<boolean> {
  const told = await within(PATIENCE_MS, locks.query()).catch(() => undefined);
  return told?.held?.some((lock) => lock.name === name) ?? false;
}
