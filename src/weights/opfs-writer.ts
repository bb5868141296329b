import { NearfieldError } from '../contract/index.ts';
import { HANDLE_PATIENCE_MS, handleInTime, within } from '../device/index.ts';
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
import type {
  Content,
  FileKey,
  FileMeta,
  FileStore,
  FileWriter,
  OpenFile,
  StoredFile,
} from './store.ts';

/** The OPFS store with its writing half, which dedicated workers alone have (sync access handles). */
export const opfsStore: FileStore = {
  durable: true,
  get: async (key) => {
    const stored = await getStored(key);
    return stored && Object.assign(stored, { open: () => openStored(() => handleOf(key)) });
  },
  list: listStored,
  clear: clearStored,
  open: (key, bytes) => asStorage('write a model file', () => inTurn(() => openWriter(key, bytes))),
};

/**
 * Chunks of a download are some 16 KB; written one by one they cost three times as much. A killed
 * worker loses no more than this.
 */
const WRITE_BYTES = 512 * 1024;

let turn: Promise<unknown> = Promise.resolve();

/**
 * One file is opened or written at a time: in Chromium 156 a `createSyncAccessHandle` that waits
 * while another handle grows its file (a blocking call) has stayed unanswered one time in eight.
 * The next one does not wait for ever.
 */
function inTurn<T>(work: () => T | Promise<T>): Promise<T> {
  const mine = turn.then(work);
  // From when its turn comes.
  turn = turn.then(() => within(3 * HANDLE_PATIENCE_MS, mine)).catch(() => undefined);
  return mine;
}

async function openWriter(key: FileKey, expected = 0): Promise<FileWriter> {
  const root = await modelsFolder();
  const folder = await root.getDirectoryHandle(fileName(key.folder), { create: true });
  const record = await readRecord(folder, key.path);
  const file = await folder.getFileHandle(fileName(key.path), { create: true });
  const bytes = await handleInTime(file.createSyncAccessHandle());
  let notes: FileSystemSyncAccessHandle | undefined;
  try {
    const recordFile = await folder.getFileHandle(recordName(key.path), { create: true });
    notes = await handleInTime(recordFile.createSyncAccessHandle());
    // Bytes without a record cannot be told apart from another version's.
    if (!record || record.done) bytes.truncate(0);
    if (bytes.getSize() === 0 && expected > 0) {
      // A worker killed while the file is grown must leave nothing that looks like a beginning.
      notes.truncate(0);
      assertRoom(bytes, expected);
    }
    return new OpfsWriter(file, bytes, notes, record?.done ? undefined : record?.etag);
  } catch (error) {
    bytes.close();
    notes?.close();
    throw error;
  }
}

/** Chromium opens a file many times over for reading; others ignore the mode, and open it once. */
interface FileWithModes {
  createSyncAccessHandle(options?: { mode: 'read-only' }): Promise<FileSystemSyncAccessHandle>;
}

/** Whoever may not open it, since another tab has say, reads its blob. */
async function openStored(
  find: () => Promise<FileSystemFileHandle>,
): Promise<OpenFile | undefined> {
  try {
    const file: FileWithModes = await find();
    const open = (): Promise<FileSystemSyncAccessHandle> =>
      handleInTime(file.createSyncAccessHandle({ mode: 'read-only' }));
    return new ReadHandle(await inTurn(open));
  } catch {
    return undefined;
  }
}

async function handleOf({ folder, path }: FileKey): Promise<FileSystemFileHandle> {
  const root = await modelsFolder();
  const inFolder = await root.getDirectoryHandle(fileName(folder));
  return inFolder.getFileHandle(fileName(path));
}

class ReadHandle implements OpenFile {
  readonly #handle: FileSystemSyncAccessHandle;

  constructor(handle: FileSystemSyncAccessHandle) {
    this.#handle = handle;
  }

  read(into: Uint8Array, at: number): void {
    readAll(this.#handle, into, at);
  }

  close(): void {
    this.#handle.close();
  }
}

/** Throws `storage`. */
function readAll(handle: FileSystemSyncAccessHandle, into: Uint8Array, at: number): void {
  let cause: unknown;
  try {
    if (handle.read(into, { at }) === into.byteLength) return;
  } catch (error) {
    cause = error;
  }
  throw new NearfieldError('storage', 'A stored model file could not be read.', { cause });
}

/**
 * A file that is stored after it is used must be known to fit before. Growing it is how to ask:
 * estimates of the quota are blurred on purpose, lest they tell how big the disk is.
 */
function assertRoom(handle: FileSystemSyncAccessHandle, bytes: number): void {
  handle.truncate(bytes);
  const grew = handle.getSize() === bytes;
  handle.truncate(0);
  if (!grew) throw new DOMException('There is no room for it.', 'QuotaExceededError');
}

/**
 * Both handles stay open until the end: opening the record's again for each change hung in
 * Chromium 156 about one time in eight (`createSyncAccessHandle` soon after another's `close`).
 */
class OpfsWriter implements FileWriter {
  readonly #file: FileSystemFileHandle;
  readonly #bytes: FileSystemSyncAccessHandle;
  readonly #notes: FileSystemSyncAccessHandle;
  /** Bytes in the file; `#held` more wait in `#waiting`. */
  #size: number;
  #held = 0;
  readonly #waiting = new Uint8Array(WRITE_BYTES);
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
    this.#size = bytes.getSize();
    this.etag = etag;
  }

  get offset(): number {
    return this.#size + this.#held;
  }

  restart(etag: string | undefined): Promise<void> {
    return this.#inTurn('write a model file', () => {
      this.#bytes.truncate(0);
      this.#size = 0;
      this.#held = 0;
      this.etag = etag;
      this.#note({ done: false, ...(etag !== undefined && { etag }) });
    });
  }

  async write(chunk: Uint8Array): Promise<void> {
    if (this.#held + chunk.byteLength > WRITE_BYTES) {
      await this.#inTurn('write a model file', () => {
        this.#drain();
        if (chunk.byteLength > WRITE_BYTES) this.#append(chunk);
      });
    }
    if (chunk.byteLength > WRITE_BYTES) return;
    this.#waiting.set(chunk, this.#held);
    this.#held += chunk.byteLength;
  }

  read(from: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    return this.#inTurn('read a model file', () => {
      if (from + length > this.#size) this.#drain();
      const bytes = new Uint8Array(length);
      readAll(this.#bytes, bytes, from);
      return bytes;
    });
  }

  written(): Promise<Content> {
    return this.#inTurn('read a model file', async () => {
      this.#drain();
      this.#bytes.flush();
      return { blob: await this.#file.getFile() };
    });
  }

  finish(meta: FileMeta): Promise<StoredFile> {
    return this.#inTurn('keep a model file', async () => {
      this.#drain();
      this.#bytes.flush();
      this.#note({ done: true, ...meta });
      this.#notes.flush();
      this.#close();
      const open = (): Promise<OpenFile | undefined> => openStored(async () => this.#file);
      return { blob: await this.#file.getFile(), meta, open };
    });
  }

  suspend(): Promise<void> {
    return this.#inTurn('write a model file', () => {
      try {
        this.#drain();
      } finally {
        this.#close();
      }
    });
  }

  #inTurn<T>(what: string, work: () => T | Promise<T>): Promise<T> {
    return asStorage(what, () => inTurn(work));
  }

  #close(): void {
    this.#bytes.close();
    this.#notes.close();
  }

  #drain(): void {
    if (this.#held === 0) return;
    // Forgotten only once it is written: the next try must not go on behind a gap.
    this.#append(this.#waiting.subarray(0, this.#held));
    this.#held = 0;
  }

  #append(bytes: Uint8Array): void {
    const written = this.#bytes.write(bytes, { at: this.#size });
    // Chromium 156 does not throw when there is no room: it gives a count near 2^32.
    if (written !== bytes.byteLength) {
      throw new DOMException('There is no room for it.', 'QuotaExceededError');
    }
    this.#size += written;
  }

  #note(record: FileRecord): void {
    this.#notes.truncate(0);
    this.#notes.write(new TextEncoder().encode(JSON.stringify(record)), { at: 0 });
  }
}
