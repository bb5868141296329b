/** Documents in, ranked hits out. */

import type { Embedder, EmbedProgress } from './embedding.ts';
import type { Dtype, Pooling } from './model.ts';

/** Values that survive structured cloning; all but dates survive JSON, which makes them strings. */
export type MetadataValue = string | number | boolean | Date | null | readonly string[];
export type Metadata = Readonly<Record<string, MetadataValue>>;

/** Tests on one field; all of them must pass. A value passes only beside one of its own type. */
export interface FieldTests {
  /** Equal; dates by their moment. Null also where there is no such field. */
  readonly eq?: string | number | boolean | Date | null;
  /** Equal to any of these. */
  readonly in?: readonly (string | number | boolean | Date | null)[];
  /** Numbers and dates by value, strings by their UTF-16 units, as JavaScript compares them. */
  readonly gt?: string | number | Date;
  readonly gte?: string | number | Date;
  readonly lt?: string | number | Date;
  readonly lte?: string | number | Date;
  /** A list of strings has this one. */
  readonly contains?: string;
}

/**
 * Which documents may be found, by their metadata: `{ year: { gte: 2020 }, lang: 'en' }`, where a
 * value by itself means `eq` and everything must pass; `{ or: [...] }`, `{ and: [...] }` and
 * `{ not: ... }` join filters. Fields of these three names cannot be asked for.
 */
export type Filter =
  | {
      readonly and?: readonly Filter[];
      readonly or?: readonly Filter[];
      readonly not?: Filter;
    }
  | Readonly<Record<string, string | number | boolean | Date | null | FieldTests>>;

export interface DocumentInput {
  /** Unique in the collection; adding it again replaces the document. */
  id: string;
  text: string;
  /** Embedded before each passage; offsets still count in `text` alone. */
  title?: string;
  url?: string;
  metadata?: Metadata;
  /**
   * BCP 47 tag, such as `de`: which endings of words are one word to the search by words.
   * @default what the script tells, which for Latin letters is nothing
   */
  language?: string;
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

/**
 * - `vector`: by meaning, cosine similarity
 * - `lexical`: by words, BM25; needs no model
 * - `hybrid`: by both: how much the similarity stands out, and what the words tell
 */
export type SearchMode = 'hybrid' | 'vector' | 'lexical';

/** A piece of a passage to show. */
export interface Snippet {
  /** With '…' where it was cut. */
  text: string;
  /** Words that were found: `text.slice(start, end)`, in UTF-16 units. */
  marks: [start: number, end: number][];
}

/** How a passage came to its score. */
export interface Explanation {
  mode: SearchMode;
  /** BM25 of the passage's words; 0 where none is the query's. Absent in mode `vector`. */
  bm25?: number;
  /** What each word of the query adds to that. */
  terms?: { term: string; forms: string[]; score: number }[];
  /** Mean and standard deviation of the query's similarity to 1,000 passages. In mode `hybrid`. */
  background?: { mean: number; deviation: number };
  /** How meaning was searched: every passage, or those alike in their sign bits. */
  vectors?: 'exact' | 'bits';
  /** Where the sign bits were scanned; the hits are the same. With `vectors: 'bits'`. */
  scan?: 'wasm' | 'webgpu';
}

export interface PassageHit {
  /** What it was ranked by: see SearchMode. Scores of different modes or queries do not compare. */
  score: number;
  /** Cosine similarity of the query and the passage, -1 to 1. Absent in mode `lexical`. */
  similarity?: number;
  passage: Passage;
  snippet: Snippet;
  explanation?: Explanation;
}

export interface Hit extends DocumentInput, PassageHit {
  /** What it was asked for by: its meaning, its words, or both, where it has some of the words. */
  via: 'vector' | 'lexical' | 'both';
  /** The next best passages of this document, where `passages` asks for more than one. */
  more?: PassageHit[];
}

export interface AddOptions {
  signal?: AbortSignal;
  onProgress?: (progress: EmbedProgress) => void;
}

export interface SearchOptions {
  /** Most hits to give, one per document. @default 10 */
  limit?: number;
  /** @default 'hybrid' */
  mode?: SearchMode;
  /** Hits of a cosine similarity below are left out; in mode `lexical`, of a BM25 below. @default none */
  minScore?: number;
  /** Only documents whose metadata passes. @default all */
  filter?: Filter;
  /** Passages of a document to give, at most, as far as they are among the best of all. @default 1 */
  passages?: number;
  /** Says of each passage how it came to its score. @default false */
  explain?: boolean;
  /**
   * Leaves out hits whose passage is nearly that of a better one: the cosine similarity from which
   * on; true: 0.97. @default false
   */
  distinct?: boolean | number;
  /**
   * Meaning: compares with every passage, however many there are. Above 20,000 passages, more where
   * vectors are narrow, that takes several times as long as choosing by their sign bits first.
   * @default false
   */
  exact?: boolean;
  /** Words: BCP 47 tag of the query. @default tried in each language of the collection */
  language?: string;
  /** Words: the last one may be the beginning of a longer one. @default true */
  prefix?: boolean;
  /** Words: long ones that nobody has may be misspelt. @default true */
  fuzzy?: boolean;
  /** How meaning and words become one ranking: `scores`, or reciprocal `ranks`. @default 'scores' */
  fusion?: 'scores' | 'ranks';
  /** Instruction for models that take one. @default the model's own */
  task?: string;
  signal?: AbortSignal;
}

/** What applies to meaning of a search's options. */
export type SimilarOptions = Pick<
  SearchOptions,
  'limit' | 'minScore' | 'filter' | 'passages' | 'explain' | 'distinct' | 'exact' | 'signal'
>;

export interface ListOptions {
  /** @default 0 */
  offset?: number;
  /** @default 100 */
  limit?: number;
}

/** The GPU that a search of many passages asks for, to scan sign bits on. */
export interface GpuScanInfo {
  /** `opening` and `failed`: scans run on WASM, and find the same. */
  readonly state: 'opening' | 'ready' | 'failed';
  /** Of the GPU's memory: a copy of what is scanned, and a scan's scratch. */
  readonly bytes: number;
  /** Why it failed: there is none, it was lost, it has no memory, or it computes something else. */
  readonly reason?: string;
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
  /** What became of the GPU; absent until a search asks for it (`CollectionOptions.gpu`). */
  readonly gpu?: GpuScanInfo;
  /**
   * Why it cannot be opened, for people: it is damaged, or of another version. What could not be
   * read is empty or 0; `deleteCollection` deletes it all the same.
   */
  readonly problem?: string;
}

/** Bytes of a file: what a file input or `response.blob()` gives, or a stream such as `response.body`. */
export type ByteSource = Blob | ReadableStream<Uint8Array>;

/**
 * - `npy`: numpy's array of float32, (passages, dimensions)
 * - `fvecs`: before each row its width as int32; what FAISS's examples read
 * - `jsonl`: the passages, an object a line
 */
export type RowFormat = 'npy' | 'fvecs' | 'jsonl';

export interface ExportOptions {
  signal?: AbortSignal;
}

export interface ImportOptions {
  /** Whose queries will be asked: an import that does not fit it is refused. @default not looked at */
  embedder?: Embedder;
  /**
   * What to do with a collection of this name that has documents: `refuse` the import, `replace`
   * them all once the whole file has been read and found sound, or `add` to them, where an id that
   * is there is replaced. @default 'refuse'
   */
  onExisting?: 'refuse' | 'replace' | 'add';
  /** A self-hosted copy of the search worker. @default the package's own */
  workerUrl?: string | URL;
  /** Counts passages that are stored, of those the file says it has. */
  onProgress?: (progress: EmbedProgress) => void;
  signal?: AbortSignal;
}

export interface AddRowsOptions {
  /** Counts passages that are stored; of a `.fvecs` file the total is not known before its end. */
  onProgress?: (progress: EmbedProgress) => void;
  signal?: AbortSignal;
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
  /**
   * The same from files: JSONL with a document a line, and vectors whose row n belongs to line n. An
   * id that comes again replaces the earlier one. Each document is all or nothing; those before a
   * fault stay.
   */
  addRows(
    documents: ByteSource,
    vectors: ByteSource,
    made: RowsFile,
    options?: AddRowsOptions,
  ): Promise<void>;
  /** Gives how many were there and went. */
  remove(ids: string | readonly string[]): Promise<number>;
  clear(): Promise<void>;
  get(id: string): Promise<StoredDocument | undefined>;
  /** In the order of ids. */
  list(options?: ListOptions): Promise<StoredDocument[]>;
  count(): Promise<number>;
  /** Best first. Mode `lexical` works before the model is there; the others wait for it. */
  search(query: string, options?: SearchOptions): Promise<Hit[]>;
  /** Documents whose meaning is like that of a stored one, best first; none where it is not there. */
  similar(id: string, options?: SimilarOptions): Promise<Hit[]>;
  /**
   * The whole collection as a `.nearfield` file, for `importCollection`. It is made as the stream is
   * read, and all of one state: the stream fails with `changed` when anybody writes meanwhile.
   */
  export(options?: ExportOptions): ReadableStream<Uint8Array<ArrayBuffer>>;
  /**
   * The passages' vectors, or the passages: line n belongs to row n, as long as nobody writes between
   * two exports. Otherwise as `export`.
   */
  exportRows(format: RowFormat, options?: ExportOptions): ReadableStream<Uint8Array<ArrayBuffer>>;
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

/** A file of vectors, and by what they were made. Its rows must be unit vectors. */
export interface RowsFile extends Omit<EmbeddedRows, 'data' | 'dimensions'> {
  format: 'npy' | 'fvecs';
}

export interface CollectionOptions {
  /**
   * A promise of one: a collection that has documents opens without waiting for it, and is searched by
   * words meanwhile (`mode: 'lexical'`); what needs the model waits, and rejects with
   * `incompatible-index` where it is not the collection's. Not with `onMismatch: 're-embed'`,
   * which has to wait.
   */
  embedder: Embedder | Promise<Embedder>;
  /** Matryoshka width kept. @default the embedder's full width */
  dimensions?: number;
  /** Most characters in a passage. @default 1200 */
  passageCharacters?: number;
  /**
   * What to do when the stored collection was made with another model, revision, pooling or width:
   * refuse with `incompatible-index`, or embed the stored documents again. New vectors are stored beside
   * the old ones, which count until all are there. After an abort, an error or a closed tab the next
   * opening of this kind with the same model, width and `passageCharacters` goes on from there, and
   * `onProgress` begins with what is done. Opening the collection with its old model, or embedding it
   * again with another, drops what was made. Of two tabs that do this the later waits.
   * @default 'refuse'
   */
  onMismatch?: 'refuse' | 're-embed';
  /**
   * Scan sign bits on WebGPU: `'auto'` from 500,000 passages on where there is a real GPU, true on
   * any adapter, however many passages are searched by their bits, false never. Hits are the same;
   * `info.gpu` and `explain` say what ran. @default 'auto'
   */
  gpu?: 'auto' | boolean;
  /** A self-hosted copy of the search worker. @default the package's own */
  workerUrl?: string | URL;
  onProgress?: (progress: EmbedProgress) => void;
  signal?: AbortSignal;
}
