/** Where a browser keeps model files. */

import { MemoryFileStore } from './memory.ts';
import { hasOpfs } from './opfs.ts';
import { opfsStore } from './opfs-writer.ts';
import type { FileStore } from './store.ts';

export function openFileStore(): FileStore {
  return hasOpfs() ? opfsStore : new MemoryFileStore();
}
