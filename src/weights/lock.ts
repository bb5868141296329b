import { throwIfAborted } from '../contract/index.ts';
import { LOCK_PATIENCE_MS, requestLock } from '../device/index.ts';
import type { FileKey } from './store.ts';

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
  const name = `nearfield-file:${key.folder}/${key.path}`;
  const release = await requestLock(locks, name, signal).catch(() => {
    throwIfAborted(signal);
    return undefined;
  });
  try {
    return await work();
  } finally {
    release?.();
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
    const silence = setTimeout(goWithout, LOCK_PATIENCE_MS);
    const hold = (lock: Lock | null): Promise<void> | undefined => {
      if (open && lock) return new Promise<void>((release) => settle(release));
      if (open) settle(undefined);
      return undefined;
    };
    const name = `nearfield-claim:${key.folder}/${key.path}`;
    locks.request(name, { ifAvailable: true }, hold).catch(goWithout);
  });
}
