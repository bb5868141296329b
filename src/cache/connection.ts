import { deleteDB, openDB, type DBSchema, type IDBPDatabase } from 'idb';
import { NearfieldError } from '../contract/index.ts';
import { nameOf, storageError, type Transaction } from './transaction.ts';

export interface ConnectionOptions<Schema extends DBSchema> {
  name: string;
  version: number;
  /** Makes or changes the stores. What it throws is what opening rejects with; nothing is made. */
  upgrade: (
    db: IDBPDatabase<Schema>,
    oldVersion: number,
    transaction: Transaction<Schema, 'versionchange'>,
  ) => void;
  /**
   * How long, in milliseconds, older tabs may take to let go of an older version.
   * @default 5000
   */
  blockedAfter?: number;
}

/**
 * How a browser fails what runs when it closes a connection by force: some requests with
 * UnknownError or AbortError before it says so, new transactions with InvalidStateError after.
 */
const LOSSES = ['UnknownError', 'AbortError', 'InvalidStateError'];
/** A browser that is deleting an origin's data may close the next connection too. */
const ATTEMPTS = 3;

/**
 * A database connection that lives through what browsers do to them: it is opened on first use
 * and shared, gives way to tabs that upgrade or delete the database, and opens again after the
 * browser has closed it.
 */
export class Connection<Schema extends DBSchema> {
  readonly #options: ConnectionOptions<Schema>;
  #opening: Promise<IDBPDatabase<Schema>> | undefined;
  #closed = false;

  constructor(options: ConnectionOptions<Schema>) {
    this.#options = options;
  }

  /**
   * Runs whole transactions. When the connection is lost meanwhile, `work` runs again on a new
   * one: an aborted transaction has written nothing.
   */
  async run<T>(work: (db: IDBPDatabase<Schema>) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      const opening = this.#open();
      try {
        return await work(await opening);
      } catch (error) {
        const again = isLoss(error) && attempt < ATTEMPTS && !this.#closed;
        if (!again) throw storageError(error, this.#options.name);
        this.#letGo(opening);
      }
    }
  }

  /** Safe to call again; work that runs is finished first. */
  async close(): Promise<void> {
    this.#closed = true;
    const opening = this.#opening;
    this.#opening = undefined;
    // A connection that never opened needs no closing; its failure went to who asked for it.
    const [opened] = await Promise.allSettled([opening]);
    if (opened?.status === 'fulfilled') opened.value?.close();
  }

  /** Forgets a connection that failed; one that is not closed yet would only block others. */
  #letGo(opening: Promise<IDBPDatabase<Schema>>): void {
    this.#forget(opening);
    opening.then(
      (db) => {
        db.close();
      },
      // Whoever waited for this opening has been given its failure.
      () => undefined,
    );
  }

  #open(): Promise<IDBPDatabase<Schema>> {
    if (this.#closed) {
      throw new NearfieldError('closed', `The database ${this.#options.name} was closed.`);
    }
    if (this.#opening) return this.#opening;
    const opening = this.#connect(() => {
      this.#forget(opening);
    });
    this.#opening = opening;
    opening.catch(() => {
      this.#forget(opening);
    });
    return opening;
  }

  #forget(opening: Promise<IDBPDatabase<Schema>>): void {
    if (this.#opening === opening) this.#opening = undefined;
  }

  #connect(onLost: () => void): Promise<IDBPDatabase<Schema>> {
    const { name, version, upgrade, blockedAfter = 5000 } = this.#options;
    return new Promise((resolve, reject) => {
      let timer: ReturnType<typeof setTimeout> | undefined;
      let gaveUp = false;
      const giveUp = (): void => {
        gaveUp = true;
        reject(new NearfieldError('storage', blockedMessage(name)));
      };
      const request = openDB<Schema>(name, version, {
        upgrade: (db, oldVersion, _newVersion, transaction) => {
          // Its failure is the opening's failure, and reported there.
          transaction.done.catch(() => undefined);
          try {
            upgrade(db, oldVersion, transaction);
          } catch (error) {
            reject(error instanceof Error ? error : new Error(String(error)));
            transaction.abort();
          }
        },
        blocked: () => {
          timer = setTimeout(giveUp, blockedAfter);
        },
        blocking: (_current, _blocked, event) => {
          onLost();
          if (event.target instanceof IDBDatabase) event.target.close();
        },
        terminated: onLost,
      });
      request
        .then((db) => {
          // Too late for who asked: an idle connection would only block others.
          if (gaveUp) db.close();
          else resolve(db);
        }, reject)
        .finally(() => {
          clearTimeout(timer);
        });
    });
  }
}

function isLoss(error: unknown): boolean {
  // Our own `aborted` bears the name AbortError too.
  return !(error instanceof NearfieldError) && LOSSES.includes(nameOf(error));
}

function blockedMessage(name: string): string {
  return `The database ${name} is held open by another tab with an older version of this site; close or reload that tab.`;
}

/**
 * Deletes a database; tabs that have it open let go of it by themselves.
 * @param blockedAfter milliseconds after which a tab that does not is an error. @default 5000
 */
export function deleteDatabase(name: string, blockedAfter = 5000): Promise<void> {
  return new Promise((resolve, reject) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const blocked = (): void => {
      timer = setTimeout(() => {
        reject(new NearfieldError('storage', blockedMessage(name)));
      }, blockedAfter);
    };
    deleteDB(name, { blocked })
      .then(resolve, (error: unknown) => {
        reject(storageError(error, name));
      })
      .finally(() => {
        clearTimeout(timer);
      });
  });
}
