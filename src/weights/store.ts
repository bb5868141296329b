/** Where model files are kept; one backend a file (`opfs.ts`, `memory.ts`). */

/** Folder of what was found out about models; no model itself. */
export const NOTES = 'resolved';

export interface FileKey {
  /** One model at one revision. */
  folder: string;
  /** File inside the model. */
  path: string;
}

export interface FileMeta {
  bytes: number;
  /** Lower-case hex, computed from what was stored. */
  sha256: string;
  /** The server's validator at the time of download. */
  etag?: string;
}

export interface Content {
  readonly blob: Blob;
  /** The same bytes, where they are in memory. */
  readonly bytes?: Uint8Array<ArrayBuffer>;
  /** Their hash, where it is known already. */
  readonly sha256?: string;
}

/** A stored file, open for reading: many times as fast as its blob, whose every slice is asked of another process. */
export interface OpenFile {
  /** Fills `into` with the bytes from `at` on. Throws `storage`. */
  read(into: Uint8Array, at: number): void;
  /** While a file is open, nobody can delete it. */
  close(): void;
}

export interface StoredFile extends Content {
  meta: FileMeta;
  /** Opens it where it lies; undefined where the browser does not let it be. */
  open?: () => Promise<OpenFile | undefined>;
}

export interface StoredFolder {
  folder: string;
  bytes: number;
}

/** All that fetching a file needs of a store. */
export type OpenStore = Pick<FileStore, 'durable' | 'get' | 'open'>;

export interface FileStore {
  /** Whether files outlive the page. */
  readonly durable: boolean;
  /** A file that was written to its end, else undefined. */
  get(key: FileKey): Promise<StoredFile | undefined>;
  /**
   * Opens a file for writing, at the end of what an earlier, unfinished download left. Throws
   * `quota` where there is no room for `bytes`, its size as far as it is known.
   */
  open(key: FileKey, bytes?: number): Promise<FileWriter>;
  list(): Promise<StoredFolder[]>;
  clear(): Promise<void>;
}

/** One writer at a time per file; the caller holds the file's lock. */
export interface FileWriter {
  /** Bytes there already. */
  readonly offset: number;
  /** Validator of those bytes, given at `restart`. */
  readonly etag: string | undefined;
  /** Empties the file; what follows belongs to `etag`. */
  restart(etag: string | undefined): Promise<void>;
  write(chunk: Uint8Array): Promise<void>;
  /** Bytes that were written, where the store gives them back fast. */
  read?(from: number, length: number): Promise<Uint8Array<ArrayBuffer>>;
  /** All bytes written so far, to be verified before `finish`. */
  written(): Promise<Content>;
  finish(meta: FileMeta): Promise<StoredFile>;
  /** Lets go of the file; what is written stays for a later `open`. */
  suspend(): Promise<void>;
}
