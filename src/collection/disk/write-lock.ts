import { NearfieldError, throwIfAborted } from '../../contract/index.ts';
import { isLockHeld, requestLock } from '../../device/index.ts';

/** For a lock that the browser does not answer for. */
const ATTEMPTS = 5;

/**
 * Runs `work` as the only one of its name over all tabs. Without Web Locks it just runs: then there
 * is no OPFS either, and pages of a database are changed in transactions alone.
 *
 * @param signal ends the wait for the others
 * @throws storage where the browser does not answer, aborted
 */
export async function asWriter<T>(
  name: string,
  work: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  throwIfAborted(signal);
  const locks = globalThis.navigator?.locks;
  if (!locks) return work();
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const release = await requestLock(locks, name, signal).catch((cause: unknown) => {
      throw signal?.aborted ? cause : lockError(name, cause);
    });
    if (!release) continue;
    try {
      return await work();
    } finally {
      release();
    }
  }
  const advice = 'Try again; if that does not help, reload the page.';
  throw new NearfieldError('storage', `The browser did not answer for the lock ${name}. ${advice}`);
}

/** Whether somebody has it: then the wait is for its work, however long that takes. */
export function isHeld(name: string): Promise<boolean> {
  const locks = globalThis.navigator?.locks;
  return locks ? isLockHeld(locks, name) : Promise.resolve(false);
}

function lockError(name: string, cause: unknown): NearfieldError {
  return new NearfieldError('storage', `The lock ${name} could not be had.`, { cause });
}
