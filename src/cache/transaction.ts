import type { DBSchema, IDBPDatabase, IDBPTransaction, StoreNames } from 'idb';
import { messageOf, NearfieldError } from '../contract/index.ts';

export type Transaction<Schema extends DBSchema, Mode extends IDBTransactionMode> = IDBPTransaction<
  Schema,
  StoreNames<Schema>[],
  Mode
>;

/**
 * Runs `work` in one transaction over `stores` and waits until it is committed.
 * Whatever goes wrong, nothing of it is written, and the first cause is what is thrown.
 */
export async function transact<Schema extends DBSchema, Mode extends IDBTransactionMode, T>(
  db: IDBPDatabase<Schema>,
  stores: StoreNames<Schema>[],
  mode: Mode,
  work: (transaction: Transaction<Schema, Mode>) => Promise<T>,
): Promise<T> {
  const transaction = db.transaction(stores, mode);
  const [worked, done] = await Promise.allSettled([attempt(transaction, work), transaction.done]);
  if (worked.status === 'fulfilled' && done.status === 'fulfilled') return worked.value;
  throw cause([worked, done]);
}

async function attempt<Tx extends { abort(): void }, T>(
  transaction: Tx,
  work: (transaction: Tx) => Promise<T>,
): Promise<T> {
  try {
    return await work(transaction);
  } catch (error) {
    abort(transaction);
    throw error;
  }
}

/** Waits for requests sent together: their errors arrive together too, and none is unhandled. */
export async function settle(requests: readonly Promise<unknown>[]): Promise<void> {
  const results = await Promise.allSettled(requests);
  if (results.some((result) => result.status === 'rejected')) throw cause(results);
}

/** An aborted transaction fails everything in it with AbortError; the cause is what is not one. */
function cause(results: readonly PromiseSettledResult<unknown>[]): unknown {
  const reasons: unknown[] = results.flatMap((result) =>
    result.status === 'rejected' ? [result.reason as unknown] : [],
  );
  return reasons.find((reason) => nameOf(reason) !== 'AbortError') ?? reasons[0];
}

function abort(transaction: { abort(): void }): void {
  try {
    transaction.abort();
  } catch (error) {
    // The browser has ended it already: that is what made the work fail.
    if (nameOf(error) !== 'InvalidStateError') throw error;
  }
}

/** Any failure of IndexedDB as `quota` or `storage`. */
export function storageError(error: unknown, database: string): NearfieldError {
  if (error instanceof NearfieldError) return error;
  if (nameOf(error) === 'QuotaExceededError') {
    return new NearfieldError('quota', `The browser has no room left for ${database}.`, {
      cause: error,
    });
  }
  if (nameOf(error) === 'VersionError') {
    const advice = 'was opened by a newer version of Nearfield; reload the page to use that one.';
    return new NearfieldError('storage', `The database ${database} ${advice}`, { cause: error });
  }
  return new NearfieldError('storage', `The database ${database} failed: ${messageOf(error)}`, {
    cause: error,
  });
}

export function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : '';
}
