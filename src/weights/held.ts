import type { Content, FileMeta, FileWriter, StoredFile } from './store.ts';

/** How often a slow download is passed on, lest a killed worker lose it; a fast one is stored at its end. */
const PASS_ON_EVERY_MS = 1000;

/** Written in one go, some 40 ms on a slow disk: the thread may have questions to answer between. */
const PIECE = 8 * 1024 * 1024;

/** Files up to this size are held in memory whole while they come in. */
const MOST_BYTES = 256 * 1024 * 1024;

/**
 * `writer` behind a buffer for the whole of a file of `bytes`, so that the file can be used before
 * it is stored and need not be read back. Undefined for a big file, a resumed one, or where there is
 * no memory for a shortcut.
 */
export function held(writer: FileWriter, bytes: number | undefined): FileWriter | undefined {
  if (bytes === undefined || bytes > MOST_BYTES || writer.offset > 0) return undefined;
  try {
    return new HeldWriter(writer, new Uint8Array(bytes));
  } catch {
    return undefined;
  }
}

class HeldWriter implements FileWriter {
  readonly #writer: FileWriter;
  readonly #bytes: Uint8Array<ArrayBuffer>;
  /** Bytes that are here; the first `#passedOn` of them are with the writer. */
  #here = 0;
  #passedOn = 0;
  #passedOnAt = performance.now();

  constructor(writer: FileWriter, bytes: Uint8Array<ArrayBuffer>) {
    this.#writer = writer;
    this.#bytes = bytes;
  }

  get offset(): number {
    return this.#here;
  }

  get etag(): string | undefined {
    return this.#writer.etag;
  }

  async restart(etag: string | undefined): Promise<void> {
    this.#here = 0;
    this.#passedOn = 0;
    await this.#writer.restart(etag);
  }

  /** Throws a RangeError for more bytes than were expected. */
  async write(chunk: Uint8Array): Promise<void> {
    this.#bytes.set(chunk, this.#here);
    this.#here += chunk.byteLength;
    if (performance.now() - this.#passedOnAt < PASS_ON_EVERY_MS) return;
    await this.#passOn();
    this.#passedOnAt = performance.now();
  }

  async written(): Promise<Content> {
    return new HeldContent(this.#bytes.subarray(0, this.#here));
  }

  async finish(meta: FileMeta): Promise<StoredFile> {
    await this.#passOn();
    return this.#writer.finish(meta);
  }

  async suspend(): Promise<void> {
    try {
      await this.#passOn();
    } finally {
      await this.#writer.suspend();
    }
  }

  async #passOn(): Promise<void> {
    while (this.#passedOn < this.#here) {
      const end = Math.min(this.#here, this.#passedOn + PIECE);
      await this.#writer.write(this.#bytes.subarray(this.#passedOn, end));
      this.#passedOn = end;
      await nextTask();
    }
  }
}

/** The blob is a copy, made when somebody asks for it. */
class HeldContent implements Content {
  readonly bytes: Uint8Array<ArrayBuffer>;
  #blob: Blob | undefined;

  constructor(bytes: Uint8Array<ArrayBuffer>) {
    this.bytes = bytes;
  }

  get blob(): Blob {
    this.#blob ??= new Blob([this.bytes]);
    return this.#blob;
  }
}

/** Lets messages and timers have their turn. */
export function nextTask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
