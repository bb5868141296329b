import { NearfieldError } from '../../contract/index.ts';
import { requestLock } from '../../device/index.ts';

/** For a lock that the browser does not answer for. */
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
    const release = await requestLock(locks, name).catch((cause: unknown) => {
      throw lockError(name, cause);
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

function lockError(name: string, cause: unknown): NearfieldError {
  return new NearfieldError('storage', `The lock ${name} could not be had.`, { cause });
}
