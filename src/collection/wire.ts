import type {
  CollectionInfo,
  DocumentInput,
  Dtype,
  Hit,
  Pooling,
  Reply,
  SearchMode,
  StoredDocument,
} from '../contract/index.ts';
import type { QueryOptions } from '../words/index.ts';
import type { Expression } from './filter/index.ts';

/** The space that vectors of a collection lie in. */
export interface VectorSpec {
  model: string;
  revision: string;
  /** Absent where whoever made the vectors did not note it. */
  pooling?: Pooling;
  dimensions: number;
}

export interface OpenRequest {
  name: string;
  /** What it must be of. @default what is stored */
  spec?: VectorSpec | undefined;
  /** Most characters in a passage. @default what the collection was made with, else 1200 */
  passageCharacters?: number;
  /** As of CollectionOptions. @default 'auto' */
  gpu?: 'auto' | boolean;
}

export interface Opened {
  /** What is stored; its model and width differ from those asked for when not compatible. */
  info: CollectionInfo;
  compatible: boolean;
  /** There was none of this name: opening made it. */
  made: boolean;
  /** A re-embedding was begun and has not come to its end. */
  staged: boolean;
}

/** Held by who embeds a collection again, followed by its name. */
export const REEMBEDDING_LOCK = 'nearfield-reembedding-';

/** A document and where its passages lie: start, end, start, end, … in UTF-16 units. */
export interface CutDocument {
  document: DocumentInput;
  spans: Uint32Array<ArrayBuffer>;
}

export interface Removal {
  removed: number;
  info: CollectionInfo;
}

/** Passages to embed, and those of them whose vectors are staged already. */
export interface ReembeddingStart {
  done: number;
  total: number;
}

/** What an export begins with: all of its pieces are of one generation. */
export interface ExportStart {
  info: CollectionInfo;
  passageCharacters: number;
  generation: number;
}

/** Documents that lie together, in the order of their rows. */
export interface ExportPiece {
  documents: CutDocument[];
  /** One row per passage, in the order of the documents. */
  vectors: Float32Array<ArrayBuffer>;
  /** Where the next piece begins; absent at the end. */
  next?: number;
}

/** A search whose options are checked. */
export interface SearchRequest {
  mode: SearchMode;
  /** The question's words; none where a document is what is asked for. */
  text?: string;
  /** The question's vector, or the document whose meaning is asked for. Not in mode `lexical`. */
  meaning?: Float32Array<ArrayBuffer> | { like: string };
  limit: number;
  passages: number;
  minScore?: number | undefined;
  filter?: Expression | undefined;
  explain: boolean;
  /** Cosine similarity to a better hit's passage from which on one is left out. */
  distinct?: number | undefined;
  exact: boolean;
  words: QueryOptions;
  fusion: 'scores' | 'ranks';
}

/** What the search worker exposes. One worker serves one open collection. */
export interface SearchWorkerApi {
  /** Undefined where nothing is stored that could tell a `spec` that is not given. */
  open(request: OpenRequest): Promise<Reply<Opened | undefined>>;
  info(): Promise<Reply<CollectionInfo>>;
  cut(documents: readonly DocumentInput[]): Promise<Reply<CutDocument[]>>;
  /** `vectors` holds one row per passage, in the order of the documents; `dtypes` made them. */
  put(
    documents: readonly CutDocument[],
    vectors: Float32Array<ArrayBuffer>,
    dtypes?: readonly Dtype[],
  ): Promise<Reply<CollectionInfo>>;
  remove(ids: readonly string[]): Promise<Reply<Removal>>;
  clear(): Promise<Reply<CollectionInfo>>;
  /** Removes all documents, of whatever model, and takes the model that was asked for. */
  startOver(
    passageCharacters: number,
    onlyEmpty: boolean,
  ): Promise<Reply<CollectionInfo | undefined>>;
  get(id: string): Promise<Reply<StoredDocument | undefined>>;
  list(offset: number, limit: number): Promise<Reply<StoredDocument[]>>;
  search(request: SearchRequest): Promise<Reply<Hit[]>>;
  beginExport(): Promise<Reply<ExportStart>>;
  /** Fails with `changed` once another generation is stored. @param row where the piece begins */
  exportPiece(generation: number, row: number): Promise<Reply<ExportPiece>>;
  /** Goes on with what is staged for this model; undefined where the collection is of it already. */
  beginReembedding(): Promise<Reply<ReembeddingStart | undefined>>;
  /** The next documents to embed; none when all are staged. */
  nextToReembed(): Promise<Reply<CutDocument[]>>;
  /** Stores rows, made with `dtype`, beside those that count. */
  stage(
    documents: readonly CutDocument[],
    vectors: Float32Array<ArrayBuffer>,
    dtype: Dtype,
  ): Promise<Reply<void>>;
  /** Puts what is staged in place of what is stored; undefined when another tab wrote meanwhile. */
  finishReembedding(): Promise<Reply<CollectionInfo | undefined>>;
  /** Removes what is staged, unless somebody is at work on it. */
  dropStaged(): Promise<Reply<void>>;
  close(): Promise<Reply<void>>;
  listCollections(): Promise<Reply<CollectionInfo[]>>;
  deleteCollection(name: string): Promise<Reply<void>>;
}
