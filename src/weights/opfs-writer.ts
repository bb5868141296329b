import {
  asStorage,
  clearStored,
  fileName,
  getStored,
  listStored,
  modelsFolder,
  readRecord,
  recordName,
  type FileRecord,
} from './opfs.ts';
import type { FileKey, FileMeta, FileStore, FileWriter, StoredFile } from './store.ts';

/** The OPFS store with its writing half, which dedicated workers alone have (sync access handles). */
export const opfsStore: FileStore = {
  get: getStored,
  list: listStored,
  clear: clearStored,
  open: (key) => asStorage('write a model file', () => openWriter(key)),
};

async function openWriter(key: FileKey): Promise<FileWriter> {
  const root = await modelsFolder();
  const folder = await root.getDirectoryHandle(fileName(key.folder), { create: true });
  const record = await readRecord(folder, key.path);
  const file = await folder.getFileHandle(fileName(key.path), { create: true });
  const bytes = await file.createSyncAccessHandle();
  try {
    const recordFile = await folder.getFileHandle(recordName(key.path), { create: true });
    const notes = await recordFile.createSyncAccessHandle();
    // Bytes without a record cannot be told apart from another version's.
    if (!record || record.done) bytes.truncate(0);
    return new OpfsWriter(file, bytes, notes, record?.done ? undefined : record?.etag);
  } catch (error) {
    bytes.close();
    throw error;
  }
}

/**
 * Both handles stay open until the end: opening the record's again for each change hung in
 * Chromium 156 about one time in eight (`createSyncAccessHandle` soon after another's `close`).
 */
class OpfsWriter implements FileWriter {
  readonly #file: FileSystemFileHandle;
  readonly #bytes: FileSystemSyncAccessHandle;
  readonly #notes: FileSystemSyncAccessHandle;
  #offset: number;
  etag: string | undefined;

  constructor(
    file: FileSystemFileHandle,
    bytes: FileSystemSyncAccessHandle,
    notes: FileSystemSyncAccessHandle,
    etag: string | undefined,
  ) {
    this.#file = file;
    this.#bytes = bytes;
    this.#notes = notes;
    this.#offset = bytes.getSize();
    this.etag = etag;
  }

  get offset(): number {
    return this.#offset;
  }

  restart(etag: string | undefined): Promise<void> {
    return asStorage('write a model file', async () => {
      this.#bytes.truncate(0);
      this.#offset = 0;
      this.etag = etag;
      this.#note({ done: false, ...(etag !== undefined && { etag }) });
    });
  }

  write(chunk: Uint8Array): Promise<void> {
    return asStorage('write a model file', async () => {
      const written = this.#bytes.write(chunk, { at: this.#offset });
      // Chromium 156 does not throw when there is no room: it gives a count near 2^32.
      if (written !== chunk.byteLength) {
        throw new DOMException('There is no room for it.', 'QuotaExceededError');
      }
      this.#offset += written;
    });
  }

  written(): Promise<Blob> {
    return asStorage('read a model file', async () => {
      this.#bytes.flush();
      return this.#file.getFile();
    });
  }

  finish(meta: FileMeta): Promise<StoredFile> {
    return asStorage('keep a model file', async () => {
      this.#bytes.flush();
      this.#note({ done: true, ...meta });
      this.#notes.flush();
      await this.suspend();
      return { blob: await this.#file.getFile(), meta };
    });
  }

  async suspend(): Promise<void> {
    this.#bytes.close();
    this.#notes.close();
  }

  #note(record: FileRecord): void {
    this.#notes.truncate(0);
    this.#notes.write(new TextEncoder().encode(JSON.stringify(record)), { at: 0 });
  }
}
