/** Documents in, ranked hits out. */

import type { Embedder, EmbedProgress } from './embedding.ts';
import type { Dtype, Pooling } from './model.ts';

/** Values that survive structured cloning; all but dates survive JSON, which makes them strings. */
export type MetadataValue = string | number | boolean | Date | null | readonly string[];
export type Metadata = Readonly<Record<string, MetadataValue>>;

export interface DocumentInput {
  /** Unique in the collection; adding it again replaces the document. */
  id: string;
  text: string;
  /** Embedded before each passage; offsets still count in `text` alone. */
  title?: string;
  url?: string;
  metadata?: Metadata;
}

export interface StoredDocument extends DocumentInput {
  /** Passages the text was cut into. */
  passages: number;
}

/** A cut of a document's text: `text === document.text.slice(start, end)`, in UTF-16 units. */
export interface Passage {
  text: string;
  start: number;
  end: number;
}

export interface Hit {
  id: string;
  /** Cosine similarity of the query and the passage, -1 to 1. */
  score: number;
  text: string;
  title?: string;
  url?: string;
  metadata?: Metadata;
  /** The best passage of this document. */
  passage: Passage;
  via: 'vector';
}

export interface AddOptions {
  signal?: AbortSignal;
  onProgress?: (progress: EmbedProgress) => void;
}

export interface SearchOptions {
  /** Most hits to give, one per document. @default 10 */
  limit?: number;
  /** Hits scoring below are left out. @default none */
  minScore?: number;
  /** Instruction for models that take one. @default the model's own */
  task?: string;
  signal?: AbortSignal;
}

export interface ListOptions {
  /** @default 0 */
  offset?: number;
  /** @default 100 */
  limit?: number;
}

export interface CollectionInfo {
  readonly name: string;
  readonly model: string;
  readonly revision: string;
  /** Absent in a collection from before it was noted. */
  readonly pooling?: Pooling;
  readonly dimensions: number;
  /**
   * File variants that made the vectors, as far as known. Vectors of several lie in one space, a
   * little apart: what a GPU made with q4f16 is searched and added to on WASM with q4.
   */
  readonly dtypes: readonly Dtype[];
  readonly documents: number;
  readonly passages: number;
  /**
   * Why it cannot be opened, for people: it is damaged, or of another version. What could not be
   * read is empty or 0; `deleteCollection` deletes it all the same.
   */
  readonly problem?: string;
}

export interface Collection {
  readonly info: CollectionInfo;
  /**
   * Cuts, embeds and stores documents; an id that is there is replaced. Each document is all or
   * nothing. The same id twice in one call is `bad-input`.
   */
  add(documents: DocumentInput | readonly DocumentInput[], options?: AddOptions): Promise<void>;
  /** Stores documents whose vectors were made elsewhere with the same model: one row, one passage each. */
  addEmbedded(documents: readonly DocumentInput[], vectors: EmbeddedRows): Promise<void>;
  /** Gives how many were there and went. */
  remove(ids: string | readonly string[]): Promise<number>;
  clear(): Promise<void>;
  get(id: string): Promise<StoredDocument | undefined>;
  /** In the order of ids. */
  list(options?: ListOptions): Promise<StoredDocument[]>;
  count(): Promise<number>;
  search(query: string, options?: SearchOptions): Promise<Hit[]>;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Vectors made outside the collection, and by what. */
export interface EmbeddedRows {
  /** rows x dimensions, unit rows. */
  data: Float32Array;
  model: string;
  revision: string;
  /** @default taken to be that of the collection */
  pooling?: Pooling;
  dimensions: number;
  /** Noted in the collection's `dtypes`. */
  dtype?: Dtype;
}

export interface CollectionOptions {
  embedder: Embedder;
  /** Matryoshka width kept. @default the embedder's full width */
  dimensions?: number;
  /** Most characters in a passage. @default 1200 */
  passageCharacters?: number;
  /**
   * What to do when the stored collection was made with another model, revision, pooling or width:
   * refuse with `incompatible-index`, or embed the stored documents again.
   * @default 'refuse'
   */
  onMismatch?: 'refuse' | 're-embed';
  /** A self-hosted copy of the search worker. @default the package's own */
  workerUrl?: string | URL;
  onProgress?: (progress: EmbedProgress) => void;
  signal?: AbortSignal;
}
