import { handleInTime } from '../../device/index.ts';
import { diskError, type DiskFile, type Page } from './disk-file.ts';

const HANDLE_ATTEMPTS = 5;
const HANDLE_PAUSE_MS = 50;

/** As the File System standard has it for dedicated workers; these types are read by the page's too. */
interface AccessHandle {
  /** Chromium alone has it. */
  readonly mode?: string;
  read(into: Uint8Array, options: { at: number }): number;
  write(bytes: Uint8Array, options: { at: number }): number;
  flush(): void;
  close(): void;
}

/** Chromium lets several tabs have a file open at once; others ignore the mode. */
type WritableFile = FileSystemFileHandle & {
  createSyncAccessHandle(options: { mode: 'readwrite-unsafe' }): Promise<AccessHandle>;
};

/** Whether several tabs may have a file open; known once a file was opened. */
let isShared: boolean | undefined;

/**
 * A file in OPFS. Where several tabs may have it open, its handle stays open; elsewhere a handle is
 * there while it is written only, and reading goes through the file's blob.
 */
export class OpfsFile implements DiskFile {
  readonly #file: WritableFile;
  #handle: AccessHandle | undefined;
  #isWritten = false;

  private constructor(file: WritableFile) {
    this.#file = file;
  }

  static async open(file: FileSystemFileHandle): Promise<OpfsFile> {
    const opened = new OpfsFile(file as WritableFile);
    if (isShared === false) return opened;
    try {
      await opened.#open(1);
    } catch {
      // Another tab is writing it, or the browser does not answer: reading has another way.
      return opened;
    }
    if (!isShared) opened.close();
    return opened;
  }

  read(at: number, into: Uint8Array): void | Promise<void> {
    if (!this.#handle) return this.#readBlob(at, into);
    let cause: unknown;
    try {
      if (this.#handle.read(into, { at }) === into.byteLength) return;
    } catch (error) {
      cause = error;
    }
    throw diskError('read stored rows', cause);
  }

  async write(at: number, bytes: Uint8Array): Promise<void> {
    this.#isWritten = true;
    const handle = this.#handle ?? (await this.#open(HANDLE_ATTEMPTS));
    try {
      if (handle.write(bytes, { at }) === bytes.byteLength) return;
    } catch (error) {
      throw diskError('store rows', error);
    }
    // Less than was asked for: so some browsers say that the disk is full.
    throw diskError('store rows', new DOMException('The disk is full.', 'QuotaExceededError'));
  }

  flush(): Page[] {
    if (!this.#isWritten) return [];
    this.#isWritten = false;
    try {
      this.#handle?.flush();
    } catch (error) {
      throw diskError('store rows', error);
    } finally {
      if (!isShared) this.close();
    }
    return [];
  }

  close(): void {
    this.#handle?.close();
    this.#handle = undefined;
  }

  async #open(attempts: number): Promise<AccessHandle> {
    const handle = await openHandle(this.#file, attempts);
    isShared = handle.mode === 'readwrite-unsafe';
    this.#handle = handle;
    return handle;
  }

  async #readBlob(at: number, into: Uint8Array): Promise<void> {
    try {
      const file = await this.#file.getFile();
      const bytes = await file.slice(at, at + into.byteLength).arrayBuffer();
      if (bytes.byteLength === into.byteLength) {
        into.set(new Uint8Array(bytes));
        return;
      }
    } catch (error) {
      throw diskError('read stored rows', error);
    }
    throw diskError('read stored rows');
  }
}

async function openHandle(file: WritableFile, attempts: number): Promise<AccessHandle> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await handleInTime(file.createSyncAccessHandle({ mode: 'readwrite-unsafe' }));
    } catch (error) {
      if (attempt >= attempts) throw diskError('open stored rows', error);
      // Another tab may be looking whether files can be shared.
      await new Promise((resolve) => setTimeout(resolve, HANDLE_PAUSE_MS * attempt));
    }
  }
}
