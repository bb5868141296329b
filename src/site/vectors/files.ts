/** Files that are fetched once and kept. */

import { unlessAborted } from '../../bridge/abortable.ts';
import { NearfieldError, throwIfAborted } from '../../contract/index.ts';

/** Gets the bytes of a file by its name; rejects where there is none. */
export type ReadFile = (name: string) => Promise<Uint8Array<ArrayBuffer>>;

/** What a search has had to fetch. */
export interface Moved {
  bytes: number;
  files: number;
  /** Names of files that could not be read. */
  missing: string[];
}

export class Files {
  readonly #read: ReadFile;
  /** What was made of each file, or will be. Failures are not kept. */
  readonly #kept = new Map<string, Promise<unknown>>();

  constructor(read: ReadFile) {
    this.#read = read;
  }

  /**
   * What `make` made of a file, whoever asked first. The signal ends the waiting, not the fetch: what
   * comes is kept. Rejects with what `make` throws, and `download-failed` where the file is missing.
   */
  get<T>(
    name: string,
    make: (bytes: Uint8Array<ArrayBuffer>) => T,
    moved: Moved,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    throwIfAborted(signal);
    let kept = this.#kept.get(name) as Promise<T> | undefined;
    if (!kept) {
      kept = this.#fetch(name, moved).then(make);
      this.#kept.set(name, kept);
      kept.catch(() => this.#kept.delete(name));
    }
    return unlessAborted(kept, signal);
  }

  /** As `get`, but `undefined` for a file that is missing. */
  async find<T>(
    name: string,
    make: (bytes: Uint8Array<ArrayBuffer>) => T,
    moved: Moved,
    signal: AbortSignal | undefined,
  ): Promise<T | undefined> {
    try {
      return await this.get(name, make, moved, signal);
    } catch (error) {
      if (!(error instanceof NearfieldError) || error.code !== 'download-failed') throw error;
      moved.missing.push(name);
      return undefined;
    }
  }

  async #fetch(name: string, moved: Moved): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = await this.#read(name).catch((cause: unknown) => {
      const message = `${name} of the site's index could not be read. Is every file of the build published?`;
      throw new NearfieldError('download-failed', message, { cause });
    });
    moved.bytes += bytes.length;
    moved.files++;
    return bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  }
}
