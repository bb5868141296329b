import type { DBSchema, IDBPDatabase } from 'idb';
import type { CollectionInfo, DocumentInput } from '../contract/index.ts';
import type { Transaction } from '../cache/index.ts';
import type { Owner } from './table.ts';
import type { VectorSpec } from './wire.ts';

export const DATABASE_PREFIX = 'nearfield-collection-';
export const FORMAT = 1;
export const DATABASE_VERSION = 1;

export interface Meta extends VectorSpec {
  format: number;
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
  const { model, revision, dimensions } = spec;
  // At random: a collection that was deleted and made anew must not look like the old one.
  const generation = Math.floor(Math.random() * 2 ** 40);
  const counts = { generation, rows: 0, documents: 0, passages: 0 };
  return { format: FORMAT, model, revision, dimensions, passageCharacters, ...counts };
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
  const { model, revision, dimensions, documents, passages } = meta;
  return { name, model, revision, dimensions, documents, passages };
}
