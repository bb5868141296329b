import type { DBSchema, IDBPDatabase } from 'idb';
import { DTYPES, type CollectionInfo, type DocumentInput, type Dtype } from '../contract/index.ts';
import type { Transaction } from '../cache/index.ts';
import type { Page } from './disk/index.ts';
import type { Shape } from '../vectors/index.ts';
import type { Edition } from './row-files.ts';
import { plainSpec } from './spec.ts';
import type { Owner, Segment, TableRecord } from './table.ts';
import type { VectorSpec } from './wire.ts';

export const DATABASE_PREFIX = 'nearfield-collection-';
/** Format 1 had the vectors in the database, and no codes of them. */
export const OLD_FORMAT = 1;
export const FORMAT = 2;
export const DATABASE_VERSION = 3;

export interface Meta extends VectorSpec, TableRecord {
  format: number;
  /** What made the vectors, as far as known; absent in collections from before it was noted. */
  dtypes?: readonly Dtype[];
  passageCharacters: number;
  /** Grows with every write: a tab whose memory is of another generation reads again. */
  generation: number;
}

export interface DocumentRecord extends DocumentInput {
  /** Passage borders: start, end, start, end, … One row of vectors each, in this order. */
  spans: Uint32Array<ArrayBuffer>;
  /** Generation that wrote the text. */
  stamp: number;
}

/** A document whose rows a re-embedding has made. */
export interface StagedRecord {
  id: string;
  /** Of the text that was embedded. */
  stamp: number;
  spans: Uint32Array<ArrayBuffer>;
  /** Of its rows as they were embedded. */
  checksum: number;
}

interface Stores {
  /** `staging` is what a re-embedding that is under way makes of it; its generations are its own. */
  meta: { key: 'meta' | 'staging'; value: Meta };
  documents: { key: string; value: DocumentRecord };
  segments: { key: number; value: Segment };
  /** Of the index of words, by place. */
  words: { key: number; value: Uint8Array<ArrayBuffer> };
  /** What a re-embedding has made so far; its files are the edition that `staging` names. */
  staged: { key: string; value: StagedRecord };
  stagedSegments: { key: number; value: Segment };
  /** Of files, where there is no OPFS. */
  pages: { key: [file: string, number: number]; value: Page['bytes'] };
  /** Of format 1: rows and whose they are, by the number of the chunk's first row. */
  vectors: { key: number; value: Float32Array<ArrayBuffer> };
  owners: { key: number; value: Owner[] };
}

export type CollectionSchema = Stores & DBSchema;

export const ALL_STORES: (keyof Stores)[] = [
  'meta',
  'documents',
  'segments',
  'words',
  'staged',
  'stagedSegments',
  'pages',
  'vectors',
  'owners',
];

export function newMeta(spec: VectorSpec, passageCharacters: number): Meta {
  // At random: a collection that was deleted and made anew must not look like the old one.
  const generation = Math.floor(Math.random() * 2 ** 40);
  const counts = { generation, documents: 0, passages: 0 };
  return { format: FORMAT, ...spec, dtypes: [], passageCharacters, ...counts };
}

/** Whether a record of this format is whole: a disk fault or another hand may have changed it. */
export function isSound(meta: Meta): boolean {
  const { model, revision, pooling, dimensions, dtypes = [], ...rest } = meta;
  const { passageCharacters, generation, documents, passages, edition, shape } = rest;
  const counts = [passageCharacters, generation, documents, passages, shape?.rows ?? 0];
  return (
    typeof model === 'string' &&
    typeof revision === 'string' &&
    [undefined, 'mean', 'cls', 'last'].includes(pooling) &&
    Number.isSafeInteger(dimensions) &&
    dimensions > 0 &&
    Array.isArray(dtypes) &&
    dtypes.every((dtype) => DTYPES.includes(dtype as Dtype)) &&
    counts.every((count) => Number.isSafeInteger(count) && count >= 0) &&
    (edition === undefined) === (shape === undefined) &&
    (edition === undefined || isEdition(edition)) &&
    (shape === undefined || isShape(shape, dimensions))
  );
}

function isEdition({ id, disk }: Edition): boolean {
  return typeof id === 'string' && id !== '' && ['opfs', 'pages'].includes(disk);
}

function isShape({ seed, frames, sums }: Partial<Shape>, dimensions: number): boolean {
  const isMean = (mean: unknown): boolean =>
    mean instanceof Float32Array && mean.length === dimensions;
  const isSum = (sum: unknown): boolean => sum instanceof Float64Array;
  return (
    seed !== undefined &&
    seed >>> 0 === seed &&
    Array.isArray(frames) &&
    frames.every(({ mean }) => isMean(mean)) &&
    isSum(sums?.window) &&
    isSum(sums?.total)
  );
}

/**
 * Makes the stores that are missing. The meta record is there from the first moment: no tab ever
 * meets a collection without one.
 *
 * @param oldVersion of the database; 0 where there is none yet, which needs `initial`
 */
export function createStores(
  db: IDBPDatabase<CollectionSchema>,
  transaction: Transaction<CollectionSchema, 'versionchange'>,
  oldVersion: number,
  initial: Meta | undefined,
): void {
  if (initial) {
    db.createObjectStore('meta');
    db.createObjectStore('documents', { keyPath: 'id' });
    db.createObjectStore('vectors');
    db.createObjectStore('owners');
    void transaction.objectStore('meta').put(initial, 'meta');
  }
  if (oldVersion < 2) {
    db.createObjectStore('segments', { keyPath: 'first' });
    db.createObjectStore('words');
    db.createObjectStore('pages');
  }
  db.createObjectStore('staged', { keyPath: 'id' });
  db.createObjectStore('stagedSegments', { keyPath: 'first' });
}

export function infoOf(name: string, meta: Meta): CollectionInfo {
  const { dtypes = [], documents, passages } = meta;
  return { name, ...plainSpec(meta), dtypes, documents, passages };
}
