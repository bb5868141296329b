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
  const handle = await file.createSyncAccessHandle();
  // Bytes without a record cannot be told apart from another version's.
  if (!record || record.done) handle.truncate(0);
  return new OpfsWriter(folder, key.path, file, handle, record?.done ? undefined : record?.etag);
}

class OpfsWriter implements FileWriter {
  readonly #folder: FileSystemDirectoryHandle;
  readonly #path: string;
  readonly #file: FileSystemFileHandle;
  readonly #handle: FileSystemSyncAccessHandle;
  #offset: number;
  etag: string | undefined;

  constructor(
    folder: FileSystemDirectoryHandle,
    path: string,
    file: FileSystemFileHandle,
    handle: FileSystemSyncAccessHandle,
    etag: string | undefined,
  ) {
    this.#folder = folder;
    this.#path = path;
    this.#file = file;
    this.#handle = handle;
    this.#offset = handle.getSize();
    this.etag = etag;
  }

  get offset(): number {
    return this.#offset;
  }

  restart(etag: string | undefined): Promise<void> {
    return asStorage('write a model file', async () => {
      this.#handle.truncate(0);
      this.#offset = 0;
      this.etag = etag;
      await this.#record({ done: false, ...(etag !== undefined && { etag }) });
    });
  }

  write(chunk: Uint8Array): Promise<void> {
    return asStorage('write a model file', async () => {
      this.#offset += this.#handle.write(chunk as Uint8Array<ArrayBuffer>, { at: this.#offset });
    });
  }

  written(): Promise<Blob> {
    return asStorage('read a model file', async () => {
      this.#handle.flush();
      return this.#file.getFile();
    });
  }

  finish(meta: FileMeta): Promise<StoredFile> {
    return asStorage('keep a model file', async () => {
      this.#handle.flush();
      this.#handle.close();
      await this.#record({ done: true, ...meta });
      return { blob: await this.#file.getFile(), meta };
    });
  }

  async suspend(): Promise<void> {
    this.#handle.close();
  }

  async #record(record: FileRecord): Promise<void> {
    const file = await this.#folder.getFileHandle(recordName(this.#path), { create: true });
    const handle = await file.createSyncAccessHandle();
    try {
      handle.truncate(0);
      handle.write(new TextEncoder().encode(JSON.stringify(record)));
      handle.flush();
    } finally {
      handle.close();
    }
  }
}
