/** A vector as the model gave it. */
export interface CachedVector {
  /** Full width, L2 norm 1. */
  vector: Float32Array<ArrayBuffer>;
  /** Tokens the model read. */
  tokens: number;
  /** Whether the text was cut at the model's limit. */
  truncated: boolean;
}

export interface CacheEntry extends CachedVector {
  key: string;
}

export interface CacheSize {
  vectors: number;
  /** Bytes of the vectors alone. */
  bytes: number;
}

/**
 * Vectors by key, within a byte limit: the least recently used go first.
 *
 * What goes in and what comes out are copies. An entry larger than the limit is not kept.
 * Failures reject with `quota` when the browser's storage is full, with `storage` otherwise,
 * and with `closed` after `close`.
 */
export interface VectorStore {
  /** One answer per key, in the order of the keys; a key may appear more than once. */
  getMany(keys: readonly string[]): Promise<(CachedVector | undefined)[]>;
  /** All or nothing; a key that is there is replaced. */
  putMany(entries: readonly CacheEntry[]): Promise<void>;
  clear(): Promise<void>;
  size(): Promise<CacheSize>;
  /** Safe to call again. */
  close(): Promise<void>;
}

/** 256 MiB: 65,536 vectors of width 1,024. */
export const DEFAULT_CACHE_BYTES = 268_435_456;
