/** Vectors by key, so that no text is embedded twice: memory, IndexedDB, read-through. */

export { DEFAULT_CACHE_BYTES } from './store.ts';
export type { CacheEntry, CachedVector, CacheSize, VectorStore } from './store.ts';
export { MemoryStore } from './memory.ts';
export { IndexedDbStore } from './indexeddb.ts';
export type { IndexedDbOptions } from './indexeddb.ts';
export { cached } from './read-through.ts';
export type { CachedOptions, LookupCounts } from './read-through.ts';
export { Connection } from './connection.ts';
export { transact, storageError } from './transaction.ts';
