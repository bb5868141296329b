import type {
  Content,
  FileKey,
  FileMeta,
  FileStore,
  FileWriter,
  StoredFile,
  StoredFolder,
} from './store.ts';

interface Entry {
  chunks: Uint8Array<ArrayBuffer>[];
  bytes: number;
  etag: string | undefined;
  done?: StoredFile;
}

/** Keeps files until the worker ends: for browsers and contexts without OPFS, and for full disks. */
export class MemoryFileStore implements FileStore {
  readonly durable = false;
  readonly #files = new Map<string, Entry & { folder: string }>();

  async get(key: FileKey): Promise<StoredFile | undefined> {
    return this.#files.get(nameOf(key))?.done;
  }

  async open(key: FileKey): Promise<FileWriter> {
    const name = nameOf(key);
    const left = this.#files.get(name);
    const entry = left && !left.done ? left : { ...emptyEntry(), folder: key.folder };
    this.#files.set(name, entry);
    return new MemoryWriter(entry);
  }

  async list(): Promise<StoredFolder[]> {
    const sizes = new Map<string, number>();
    for (const { folder, bytes } of this.#files.values()) {
      sizes.set(folder, (sizes.get(folder) ?? 0) + bytes);
    }
    return Array.from(sizes, ([folder, bytes]) => ({ folder, bytes }));
  }

  async clear(): Promise<void> {
    this.#files.clear();
  }
}

class MemoryWriter implements FileWriter {
  readonly #entry: Entry;

  constructor(entry: Entry) {
    this.#entry = entry;
  }

  get offset(): number {
    return this.#entry.bytes;
  }

  get etag(): string | undefined {
    return this.#entry.etag;
  }

  async restart(etag: string | undefined): Promise<void> {
    Object.assign(this.#entry, emptyEntry(), { etag });
  }

  async write(chunk: Uint8Array): Promise<void> {
    this.#entry.chunks.push(new Uint8Array(chunk));
    this.#entry.bytes += chunk.byteLength;
  }

  async written(): Promise<Content> {
    return { blob: new Blob(this.#entry.chunks) };
  }

  async finish(meta: FileMeta): Promise<StoredFile> {
    const done = { ...(await this.written()), meta };
    this.#entry.chunks = [];
    this.#entry.done = done;
    return done;
  }

  async suspend(): Promise<void> {
    // Nothing is held open.
  }
}

function emptyEntry(): Entry {
  return { chunks: [], bytes: 0, etag: undefined };
}

function nameOf(key: FileKey): string {
  return `${key.folder}\n${key.path}`;
}
