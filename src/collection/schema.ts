import type { DBSchema, IDBPDatabase } from 'idb';
import { DTYPES, type CollectionInfo, type DocumentInput, type Dtype } from '../contract/index.ts';
import type { Transaction } from '../cache/index.ts';
import type { Owner } from './table.ts';
import type { VectorSpec } from './wire.ts';

export const DATABASE_PREFIX = 'nearfield-collection-';
export const FORMAT = 1;
export const DATABASE_VERSION = 1;

export interface Meta extends VectorSpec {
  format: number;
  /** What made the vectors, as far as known; absent in collections from before it was noted. */
  dtypes?: readonly Dtype[];
  passageCharacters: number;
  /** Grows with every write: a tab whose memory is of another generation reads again. */
  generation: number;
  /** Rows in the chunks, dead ones counted in. */
  rows: number;
  documents: number;
  passages: number;
}

export interface DocumentRecord extends DocumentInput {
  /** Passage borders: start, end, start, end, … One row of vectors each, in this order. */
  spans: Uint32Array<ArrayBuffer>;
  /** Generation that wrote the text. */
  stamp: number;
}

export interface CollectionSchema extends DBSchema {
  meta: { key: 'meta'; value: Meta };
  documents: { key: string; value: DocumentRecord };
  /** By the number of the chunk's first row. */
  vectors: { key: number; value: Float32Array<ArrayBuffer> };
  owners: { key: number; value: Owner[] };
}

export type StoreName = 'meta' | 'documents' | 'vectors' | 'owners';
export const ALL_STORES: StoreName[] = ['meta', 'documents', 'vectors', 'owners'];

export function newMeta(spec: VectorSpec, passageCharacters: number): Meta {
  // At random: a collection that was deleted and made anew must not look like the old one.
  const generation = Math.floor(Math.random() * 2 ** 40);
  const counts = { generation, rows: 0, documents: 0, passages: 0 };
  return { format: FORMAT, ...spec, dtypes: [], passageCharacters, ...counts };
}

/** Whether a record of this format is whole: a disk fault or another hand may have changed it. */
export function isSound(meta: Meta): boolean {
  const { model, revision, pooling, dimensions, dtypes = [], ...rest } = meta;
  const { passageCharacters, generation, rows, documents, passages } = rest;
  const counts = [passageCharacters, generation, rows, documents, passages];
  return (
    typeof model === 'string' &&
    typeof revision === 'string' &&
    [undefined, 'mean', 'cls', 'last'].includes(pooling) &&
    Number.isSafeInteger(dimensions) &&
    dimensions > 0 &&
    Array.isArray(dtypes) &&
    dtypes.every((dtype) => DTYPES.includes(dtype as Dtype)) &&
    counts.every((count) => Number.isSafeInteger(count) && count >= 0)
  );
}

/** The meta record is there from the first moment: no tab ever meets a collection without one. */
export function createStores(
  db: IDBPDatabase<CollectionSchema>,
  transaction: Transaction<CollectionSchema, 'versionchange'>,
  meta: Meta,
): void {
  db.createObjectStore('meta');
  db.createObjectStore('documents', { keyPath: 'id' });
  db.createObjectStore('vectors');
  db.createObjectStore('owners');
  void transaction.objectStore('meta').put(meta, 'meta');
}

export function infoOf(name: string, meta: Meta): CollectionInfo {
  const { model, revision, pooling, dimensions, dtypes = [], documents, passages } = meta;
  const made = { model, revision, ...(pooling && { pooling }), dimensions, dtypes };
  return { name, ...made, documents, passages };
}
