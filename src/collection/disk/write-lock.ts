import { NearfieldError } from '../../contract/index.ts';

/** Chromium 156 has been seen to leave a worker's first request for a lock unanswered. */
const PATIENCE_MS = 1000;
const ATTEMPTS = 5;

/**
 * Runs `work` as the only one of its name over all tabs. Without Web Locks it just runs: then there
 * is no OPFS either, and pages of a database are changed in transactions alone.
 *
 * @throws storage where the browser does not answer
 */
export async function asWriter<T>(name: string, work: () => Promise<T>): Promise<T> {
  const locks = globalThis.navigator?.locks;
  if (!locks) return work();
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const release = await request(locks, name);
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

/** Gives what lets go of the lock; undefined where nobody has it, and no answer came either. */
function request(locks: LockManager, name: string): Promise<(() => void) | undefined> {
  const asking = new AbortController();
  return new Promise((resolve, reject) => {
    const silence = setInterval(() => {
      void isHeld(locks, name).then((held) => {
        if (held || asking.signal.aborted) return;
        clearInterval(silence);
        asking.abort();
        resolve(undefined);
      });
    }, PATIENCE_MS);
    const hold = (): Promise<void> => {
      clearInterval(silence);
      return new Promise((release) => {
        resolve(release);
      });
    };
    locks.request(name, { signal: asking.signal }, hold).catch((error: unknown) => {
      clearInterval(silence);
      if (!asking.signal.aborted) reject(lockError(name, error));
    });
  });
}

/** Whether another has it: then the wait is for its work, however long that takes. */
async function isHeld(locks: LockManager, name: string): Promise<boolean> {
  const { held = [] } = await locks.query().catch((): LockManagerSnapshot => ({}));
  return held.some((lock) => lock.name === name);
}

function lockError(name: string, cause: unknown): NearfieldError {
  return new NearfieldError('storage', `The lock ${name} could not be had.`, { cause });
}
