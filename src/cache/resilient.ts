import { NearfieldError, toNearfieldError } from '../contract/index.ts';
import { MemoryStore } from './memory.ts';
import type { CachedVector, CacheEntry, CacheSize, VectorStore } from './store.ts';

/**
 * A store that never fails its callers: once the store under it fails, new vectors go to memory,
 * and `onWarning` says so once. What can still be read from the store under it is.
 */
export class ResilientStore implements VectorStore {
  readonly #store: VectorStore;
  readonly #onWarning: (error: NearfieldError) => void;
  readonly #memory = new MemoryStore();
  #writable = true;
  #readable = true;

  constructor(store: VectorStore, onWarning: (error: NearfieldError) => void) {
    this.#store = store;
    this.#onWarning = onWarning;
  }

  async getMany(keys: readonly string[]): Promise<(CachedVector | undefined)[]> {
    const found = await this.#memory.getMany(keys);
    if (!this.#readable) return found;
    const open = keys.filter((_, i) => found[i] === undefined);
    if (open.length === 0) return found;
    const stored = await this.#read(open);
    const byKey = new Map(open.map((key, i) => [key, stored[i]]));
    return keys.map((key, i) => found[i] ?? byKey.get(key));
  }

  async putMany(entries: readonly CacheEntry[]): Promise<void> {
    if (this.#writable) {
      try {
        await this.#store.putMany(entries);
        return;
      } catch (error) {
        this.#degrade(error);
        this.#writable = false;
      }
    }
    await this.#memory.putMany(entries);
  }

  async clear(): Promise<void> {
    await this.#memory.clear();
    await this.#store.clear();
  }

  async size(): Promise<CacheSize> {
    const memory = await this.#memory.size();
    if (!this.#readable) return memory;
    const stored = await this.#store.size();
    return { vectors: stored.vectors + memory.vectors, bytes: stored.bytes + memory.bytes };
  }

  async close(): Promise<void> {
    await this.#memory.close();
    await this.#store.close();
  }

  async #read(keys: readonly string[]): Promise<(CachedVector | undefined)[]> {
    try {
      return await this.#store.getMany(keys);
    } catch (error) {
      this.#degrade(error);
      this.#readable = false;
      this.#writable = false;
      return keys.map(() => undefined);
    }
  }

  #degrade(error: unknown): void {
    const cause = toNearfieldError(error, 'storage');
    if (cause.code === 'closed') throw cause;
    if (!this.#writable) return;
    this.#onWarning(
      new NearfieldError(
        cause.code,
        `New vectors are kept in memory only, until this page closes: ${cause.message}`,
        { cause },
      ),
    );
  }
}
