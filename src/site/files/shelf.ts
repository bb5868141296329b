/** Files that were read are kept, and who asks for one that is on its way waits for the same read. */

import { NearfieldError, throwIfAborted, unlessAborted } from '../../contract/index.ts';
import { fileName, type FilePlace } from './names.ts';
import { openFile, type OpenedParts } from './packed.ts';

/** Reads a whole file by its name: a fetch below the index's address, or of a folder in Node. */
export type ReadFile = (name: string, signal: AbortSignal) => Promise<Uint8Array>;

/** What was moved until now. */
export interface Traffic {
  files: number;
  bytes: number;
}

interface Loan<T> {
  parsed: Promise<T>;
  controller: AbortController;
  /** Who would miss it. */
  waiting: number;
  settled: boolean;
}

export class Shelf {
  readonly site: string;
  readonly #read: ReadFile;
  readonly #loans = new Map<string, Loan<unknown>>();
  readonly #traffic: Traffic = { files: 0, bytes: 0 };
  #isClosed = false;

  /** @param site as the writer gave it */
  constructor(site: string, read: ReadFile) {
    this.site = site;
    this.#read = read;
  }

  get traffic(): Traffic {
    return { ...this.#traffic };
  }

  /** Gives up all that is on its way, and lets go of the rest; who waits or asks gets `closed`. */
  close(): void {
    this.#isClosed = true;
    for (const { controller } of this.#loans.values()) controller.abort();
    this.#loans.clear();
  }

  /** Throws `closed`. */
  checkOpen(): void {
    if (!this.#isClosed) return;
    throw new NearfieldError('closed', 'This index of a site was closed. Open it again.');
  }

  /**
   * What `parse` makes of a file, the same object for all who ask. Throws `download-failed` where it
   * cannot be read, `integrity` and `incompatible-index` as `openFile`, `closed` and `aborted`; a read goes on
   * for as long as anybody waits for it. What failed is tried again by the next who asks.
   * @param parse always the same for one place
   */
  async take<T>(
    place: FilePlace,
    parse: (parts: OpenedParts, name: string) => T,
    signal?: AbortSignal,
  ): Promise<T> {
    throwIfAborted(signal);
    this.checkOpen();
    const name = fileName(this.site, place);
    const loan = (this.#loans.get(name) as Loan<T> | undefined) ?? this.#begin(name, place, parse);
    loan.waiting++;
    try {
      return await unlessAborted(loan.parsed, signal);
    } finally {
      if (--loan.waiting === 0 && !loan.settled) {
        this.#loans.delete(name);
        loan.controller.abort();
      }
    }
  }

  #begin<T>(
    name: string,
    place: FilePlace,
    parse: (parts: OpenedParts, name: string) => T,
  ): Loan<T> {
    const controller = new AbortController();
    const parsed = this.#open(name, place, controller.signal).then((parts) => parse(parts, name));
    const loan: Loan<T> = { parsed, controller, waiting: 0, settled: false };
    this.#loans.set(name, loan);
    parsed.then(
      () => (loan.settled = true),
      () => {
        loan.settled = true;
        // Another may have begun since this was given up.
        if (this.#loans.get(name) === loan) this.#loans.delete(name);
      },
    );
    return loan;
  }

  async #open(name: string, place: FilePlace, signal: AbortSignal): Promise<OpenedParts> {
    const bytes = await this.#fetch(name, signal);
    this.#traffic.files++;
    this.#traffic.bytes += bytes.length;
    return openFile(bytes, this.site, place);
  }

  async #fetch(name: string, signal: AbortSignal): Promise<Uint8Array> {
    try {
      return await this.#read(name, signal);
    } catch (cause) {
      this.checkOpen();
      const message = `${name} of the site's index could not be read (${String(cause)}). Is every file of the build published?`;
      throw new NearfieldError('download-failed', message, { cause });
    }
  }
}
