import { NearfieldError } from '../contract/index.ts';
import {
  DEFAULT_CACHE_BYTES,
  type CachedVector,
  type CacheEntry,
  type CacheSize,
  type VectorStore,
} from './store.ts';

/** Vectors until the page goes. */
export class MemoryStore implements VectorStore {
  readonly #maxBytes: number;
  /** A Map keeps insertion order: its first entry is the least recently used. */
  readonly #entries = new Map<string, CachedVector>();
  #bytes = 0;
  #closed = false;

  /** @param maxBytes most bytes of vectors kept. @default 268435456 */
  constructor(maxBytes: number = DEFAULT_CACHE_BYTES) {
    this.#maxBytes = maxBytes;
  }

  async getMany(keys: readonly string[]): Promise<(CachedVector | undefined)[]> {
    this.#assertOpen();
    return keys.map((key) => {
      const found = this.#entries.get(key);
      if (!found) return undefined;
      this.#entries.delete(key);
      this.#entries.set(key, found);
      return copy(found);
    });
  }

  async putMany(entries: readonly CacheEntry[]): Promise<void> {
    this.#assertOpen();
    for (const { key, ...value } of entries) {
      this.#delete(key);
      this.#entries.set(key, copy(value));
      this.#bytes += value.vector.byteLength;
    }
    this.#evict();
  }

  async clear(): Promise<void> {
    this.#assertOpen();
    this.#entries.clear();
    this.#bytes = 0;
  }

  async size(): Promise<CacheSize> {
    this.#assertOpen();
    return { vectors: this.#entries.size, bytes: this.#bytes };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#entries.clear();
  }

  #evict(): void {
    for (const key of this.#entries.keys()) {
      if (this.#bytes <= this.#maxBytes) return;
      this.#delete(key);
    }
  }

  #delete(key: string): void {
    this.#bytes -= this.#entries.get(key)?.vector.byteLength ?? 0;
    this.#entries.delete(key);
  }

  #assertOpen(): void {
    if (this.#closed) throw new NearfieldError('closed', 'The vector cache was closed.');
  }
}

function copy(value: CachedVector): CachedVector {
  return { ...value, vector: value.vector.slice() };
}
