import { NearfieldError } from '../contract/index.ts';
import { Connection, settle, transact } from '../cache/index.ts';
import type { Transaction } from '../cache/index.ts';
import {
  ALL_STORES,
  createStores,
  DATABASE_PREFIX,
  DATABASE_VERSION,
  FORMAT,
  isSound,
  OLD_FORMAT,
  type CollectionSchema,
  type DocumentRecord,
  type Meta,
} from './schema.ts';
import type { Pages } from './disk/index.ts';
import { adoptStaged, dropStaged, stagedGeneration, StagingStore } from './staging-store.ts';
import { removePages, writePages } from './stored-pages.ts';
import type { Owner, Segment, TableWrites } from './table.ts';
import type { WordWrites } from './word-table.ts';

/** What is of the rows, beside their files: another edition of them leaves nothing of this one. */
const ROW_STORES = ['segments', 'words', 'vectors', 'owners'] as const;

/** Documents read at once. */
const READ_BATCH = 256;

/** Everything one transaction changes. */
export interface Commit {
  /**
   * Empties the stores first: `vectors` the rows of all documents, `all` the documents too, and what
   * is staged for them.
   */
  replace?: 'vectors' | 'all';
  /** Puts the staged rows of this generation in place of those emptied. */
  staged?: number;
  rows: TableWrites;
  words: WordWrites;
  put: readonly DocumentRecord[];
  remove: readonly string[];
  meta: Meta;
}

/** What the database has of the rows beside their files. */
export interface Stored {
  segments: Segment[];
  words: Uint8Array<ArrayBuffer>[];
}

/** Rows as format 1 kept them. */
export interface OldChunk {
  owners: Owner[];
  vectors: Float32Array<ArrayBuffer>;
}

/** A collection on the disk. Every method is one transaction. */
export class CollectionStorage {
  readonly name: string;
  /** Of a re-embedding that is under way. */
  readonly staging: StagingStore;
  readonly #connection: Connection<CollectionSchema>;
  /** Only the first opening may make the database: later its absence means that it was deleted. */
  #creating: Meta | undefined;
  #made = false;

  /** @param initial what to make the collection with where there is none; without it, nothing is made */
  constructor(name: string, initial?: Meta) {
    this.name = name;
    this.#creating = initial;
    this.#connection = new Connection({
      name: DATABASE_PREFIX + name,
      version: DATABASE_VERSION,
      upgrade: (db, oldVersion, transaction) => {
        if (oldVersion === 0 && !this.#creating) throw this.#deleted();
        const initial = oldVersion === 0 ? this.#creating : undefined;
        createStores(db, transaction, oldVersion, initial);
        this.#made ||= oldVersion === 0;
      },
    });
    this.staging = new StagingStore(this.#connection);
  }

  /** There was no such collection before this. */
  get made(): boolean {
    return this.#made;
  }

  async meta(): Promise<Meta> {
    const meta = await this.#connection.run((db) => db.get('meta', 'meta'));
    this.#creating = undefined;
    return this.#checked(meta);
  }

  /**
   * What is stored of the rows beside their files, segments in their order; undefined when
   * `generation` is not the stored one.
   */
  load(generation: number): Promise<Stored | undefined> {
    return this.#connection.run((db) =>
      transact(db, ['meta', 'segments', 'words'], 'readonly', async (transaction) => {
        const [meta, segments, words] = await Promise.all([
          transaction.objectStore('meta').get('meta'),
          transaction.objectStore('segments').getAll(),
          transaction.objectStore('words').getAll(),
        ]);
        return this.#checked(meta).generation === generation ? { segments, words } : undefined;
      }),
    );
  }

  /** The rows of a collection of format 1, chunk after chunk in their order. */
  async *oldChunks(): AsyncGenerator<OldChunk> {
    const firsts = await this.#connection.run((db) => db.getAllKeys('vectors'));
    for (const first of firsts) {
      yield await this.#connection.run((db) =>
        transact(db, ['vectors', 'owners'], 'readonly', async (transaction) => {
          const [vectors, owners] = await Promise.all([
            transaction.objectStore('vectors').get(first),
            transaction.objectStore('owners').get(first),
          ]);
          return { vectors: vectors ?? new Float32Array(), owners: owners ?? [] };
        }),
      );
    }
  }

  /** Pages of the files of a collection that has no OPFS. */
  get pages(): Pages {
    return {
      get: (file, number) => this.#connection.run((db) => db.get('pages', [file, number])),
    };
  }

  /** Gives false, and writes nothing, when a stored generation is not the one named. */
  commit(
    generation: number,
    { replace, staged, rows, words, put, remove, meta }: Commit,
  ): Promise<boolean> {
    return this.#connection.run((db) =>
      transact(db, ALL_STORES, 'readwrite', async (transaction) => {
        const stored = this.#checked(await transaction.objectStore('meta').get('meta'));
        if (stored.generation !== generation) return false;
        if (staged !== undefined && (await stagedGeneration(transaction)) !== staged) return false;
        const documents = transaction.objectStore('documents');
        await settle([
          ...(replace ? ROW_STORES.map((name) => transaction.objectStore(name).clear()) : []),
          ...(replace ? removePages(transaction, stored.edition) : []),
          ...(replace === 'all' ? [documents.clear(), dropStaged(transaction)] : []),
          ...(staged === undefined ? [] : [adoptStaged(transaction)]),
          ...writeRows(transaction, rows),
          ...writeWords(transaction, words),
          ...remove.map((id) => documents.delete(id)),
          ...put.map((record) => documents.put(record)),
          transaction.objectStore('meta').put({ ...meta, generation: generation + 1 }, 'meta'),
        ]);
        return true;
      }),
    );
  }

  /** The documents as they are in `generation`; undefined when that is not the stored one. */
  documents(
    ids: readonly string[],
    generation: number,
  ): Promise<(DocumentRecord | undefined)[] | undefined> {
    return this.#connection.run((db) =>
      transact(db, ['meta', 'documents'], 'readonly', async (transaction) => {
        const store = transaction.objectStore('documents');
        const [meta, ...records] = await Promise.all([
          transaction.objectStore('meta').get('meta'),
          ...ids.map((id) => store.get(id)),
        ]);
        return this.#checked(meta).generation === generation ? records : undefined;
      }),
    );
  }

  get(id: string): Promise<DocumentRecord | undefined> {
    return this.#connection.run((db) => db.get('documents', id));
  }

  /** In the order of ids. */
  list(offset: number, limit: number): Promise<DocumentRecord[]> {
    return this.#connection.run((db) =>
      transact(db, ['documents'], 'readonly', async (transaction) => {
        const store = transaction.objectStore('documents');
        if (offset === 0) return store.getAll(null, limit);
        const cursor = await store.openKeyCursor();
        const start = await cursor?.advance(offset);
        return start ? store.getAll(IDBKeyRange.lowerBound(start.key), limit) : [];
      }),
    );
  }

  /** The next documents after `id` in the order of ids, from the first when there is none. */
  after(id: string | undefined, limit: number): Promise<DocumentRecord[]> {
    const range = id === undefined ? null : IDBKeyRange.lowerBound(id, true);
    return this.#connection.run((db) => db.getAll('documents', range, limit));
  }

  /** All documents in the order of ids, some at a time; others may write in between. */
  async *all(): AsyncGenerator<DocumentRecord[]> {
    let last: string | undefined;
    for (;;) {
      const records = await this.after(last, READ_BATCH);
      if (records.length === 0) return;
      yield records;
      last = records.at(-1)?.id;
    }
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  #checked(meta: Meta | undefined): Meta {
    if (!meta) throw this.#deleted();
    const { name } = this;
    if (meta.format !== FORMAT && meta.format !== OLD_FORMAT) {
      throw new NearfieldError(
        'storage',
        `The collection "${name}" is stored in format ${meta.format}; this version of Nearfield reads ${FORMAT}.`,
      );
    }
    if (isSound(meta)) return meta;
    throw new NearfieldError('storage', `What is stored of the collection "${name}" is damaged.`);
  }

  #deleted(): NearfieldError {
    return new NearfieldError('closed', `The collection "${this.name}" was deleted.`);
  }
}

function writeRows(
  transaction: Transaction<CollectionSchema, 'readwrite'>,
  { segments, pages }: TableWrites,
): Promise<unknown>[] {
  const store = transaction.objectStore('segments');
  return [...segments.map((segment) => store.put(segment)), ...writePages(transaction, pages)];
}

function writeWords(
  transaction: Transaction<CollectionSchema, 'readwrite'>,
  { put, count }: WordWrites,
): Promise<unknown>[] {
  const store = transaction.objectStore('words');
  return [
    ...put.map(([place, segment]) => store.put(segment, place)),
    store.delete(IDBKeyRange.lowerBound(count)),
  ];
}
