/** Vectors by key, so that no text is embedded twice: memory, IndexedDB, read-through. */

export type { VectorStore } from './store.ts';
export { MemoryStore } from './memory.ts';
export { IndexedDbStore } from './indexeddb.ts';
export { fault } from './soundness.ts';
export { cached } from './read-through.ts';
export { Connection, deleteDatabase } from './connection.ts';
export { settle, transact } from './transaction.ts';
export type { Transaction } from './transaction.ts';
