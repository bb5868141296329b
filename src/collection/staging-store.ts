import { settle, transact, type Connection, type Transaction } from '../cache/index.ts';
import type { CollectionSchema, Meta, StagedRecord } from './schema.ts';
import { removePages, writePages } from './stored-pages.ts';
import type { Segment, TableWrites } from './table.ts';

type Writing = Transaction<CollectionSchema, 'readwrite'>;

/** What a re-embedding has made so far, of one moment; segments in their order. */
export interface Staged {
  meta: Meta;
  segments: Segment[];
  documents: StagedRecord[];
}

/** Everything one write of a re-embedding changes. */
export interface StagedCommit {
  rows: TableWrites;
  put: readonly StagedRecord[];
  remove: readonly string[];
  meta: Meta;
}

/** A re-embedding on the disk, beside what counts. Every method is one transaction. */
export class StagingStore {
  readonly #connection: Connection<CollectionSchema>;

  constructor(connection: Connection<CollectionSchema>) {
    this.#connection = connection;
  }

  meta(): Promise<Meta | undefined> {
    return this.#connection.run((db) => db.get('meta', 'staging'));
  }

  load(): Promise<Staged | undefined> {
    return this.#connection.run((db) =>
      transact(db, ['meta', 'staged', 'stagedSegments'], 'readonly', async (transaction) => {
        const [meta, segments, documents] = await Promise.all([
          transaction.objectStore('meta').get('staging'),
          transaction.objectStore('stagedSegments').getAll(),
          transaction.objectStore('staged').getAll(),
        ]);
        return meta && { meta, segments, documents };
      }),
    );
  }

  /**
   * Gives false, and writes nothing, when the stored generation is not `generation`.
   *
   * @param generation undefined where nothing is stored
   */
  commit(
    generation: number | undefined,
    { rows, put, remove, meta }: StagedCommit,
  ): Promise<boolean> {
    return this.#connection.run((db) =>
      transact(
        db,
        ['meta', 'staged', 'stagedSegments', 'pages'],
        'readwrite',
        async (transaction) => {
          if ((await stagedGeneration(transaction)) !== generation) return false;
          const documents = transaction.objectStore('staged');
          const segments = transaction.objectStore('stagedSegments');
          await settle([
            ...rows.segments.map((segment) => segments.put(segment)),
            ...writePages(transaction, rows.pages),
            ...remove.map((id) => documents.delete(id)),
            ...put.map((record) => documents.put(record)),
            transaction.objectStore('meta').put(meta, 'staging'),
          ]);
          return true;
        },
      ),
    );
  }

  /** Its files in OPFS are for the next sweep. */
  drop(): Promise<void> {
    return this.#connection.run((db) =>
      transact(db, ['meta', 'staged', 'stagedSegments', 'pages'], 'readwrite', dropStaged),
    );
  }
}

/** Undefined where nothing is staged. */
export async function stagedGeneration(transaction: Writing): Promise<number | undefined> {
  return (await transaction.objectStore('meta').get('staging'))?.generation;
}

export async function dropStaged(transaction: Writing): Promise<void> {
  const staging = await transaction.objectStore('meta').get('staging');
  await settle([...removePages(transaction, staging?.edition), ...forget(transaction)]);
}

/** Makes the staged segments those that count; their files are the edition that `staging` named. */
export async function adoptStaged(transaction: Writing): Promise<void> {
  const segments = await transaction.objectStore('stagedSegments').getAll();
  const store = transaction.objectStore('segments');
  await settle([...segments.map((segment) => store.put(segment)), ...forget(transaction)]);
}

function forget(transaction: Writing): Promise<unknown>[] {
  return [
    transaction.objectStore('staged').clear(),
    transaction.objectStore('stagedSegments').clear(),
    transaction.objectStore('meta').delete('staging'),
  ];
}
