/** Hashing a file while it is written: what is read back is what was stored. */

import { within } from '../device/index.ts';
import type { OpenHash, RunningHash } from './hash.ts';
import type { Content, FileMeta, FileWriter, StoredFile } from './store.ts';

/** Smaller files are hashed at their end, by the browser itself. */
const LEAST_BYTES = 64 * 1024 * 1024;
const PIECE = 4 * 1024 * 1024;
/** For the rest of a hash once the file is written; after it the file is hashed as a whole. */
const PATIENCE_MS = 30_000;

/** Writers that can read back what they have written. */
interface ReadableWriter extends FileWriter {
  read: NonNullable<FileWriter['read']>;
}

/**
 * `writer` with a big file's hash in the making on another thread: SHA-256 of a gigabyte takes
 * WASM three seconds, in which the rest of it comes in. The writer itself where it cannot be read.
 */
export function followed(writer: FileWriter, openHash: OpenHash): FileWriter {
  return isReadable(writer) ? new FollowedWriter(writer, openHash) : writer;
}

function isReadable(writer: FileWriter): writer is ReadableWriter {
  return writer.read !== undefined;
}

class FollowedWriter implements FileWriter {
  readonly #writer: ReadableWriter;
  readonly #openHash: OpenHash;
  #follower: Follower | undefined;

  constructor(writer: ReadableWriter, openHash: OpenHash) {
    this.#writer = writer;
    this.#openHash = openHash;
  }

  get offset(): number {
    return this.#writer.offset;
  }

  get etag(): string | undefined {
    return this.#writer.etag;
  }

  restart(etag: string | undefined): Promise<void> {
    this.#stop();
    return this.#writer.restart(etag);
  }

  async write(chunk: Uint8Array): Promise<void> {
    await this.#writer.write(chunk);
    if (this.offset < LEAST_BYTES) return;
    this.#follower ??= new Follower(this.#writer, this.#openHash());
    this.#follower.follow();
  }

  async written(): Promise<Content> {
    const content = await this.#writer.written();
    // A thread that does not answer must not hold up a file that is there.
    const sha256 = this.#follower && (await within(PATIENCE_MS, this.#follower.digest()));
    this.#stop();
    return { ...content, ...(sha256 !== undefined && { sha256 }) };
  }

  finish(meta: FileMeta): Promise<StoredFile> {
    this.#stop();
    return this.#writer.finish(meta);
  }

  suspend(): Promise<void> {
    this.#stop();
    return this.#writer.suspend();
  }

  #stop(): void {
    this.#follower?.end();
    this.#follower = undefined;
  }
}

/** Goes through a file behind its writer, from the start. */
class Follower {
  readonly #writer: ReadableWriter;
  readonly #hash: Promise<RunningHash>;
  #hashed = 0;
  /** The piece that is being hashed; one more is on its way meanwhile. */
  #last: Promise<void> = Promise.resolve();
  /** Never rejects. */
  #running: Promise<void> | undefined;
  /** Given up, or failed: a hash that has missed a piece must not be asked again. */
  #ended = false;

  constructor(writer: ReadableWriter, hash: Promise<RunningHash>) {
    this.#writer = writer;
    this.#hash = hash;
  }

  /** Hashes whole pieces that are there, in the background. */
  follow(): void {
    if (this.#running || this.#ended || this.#writer.offset - this.#hashed < PIECE) return;
    this.#running = this.#run(PIECE).then(
      () => {
        this.#running = undefined;
      },
      () => {
        this.#ended = true;
      },
    );
  }

  /** Of all that was written; undefined where the thread has failed. */
  async digest(): Promise<string | undefined> {
    await this.#running;
    if (this.#ended) return undefined;
    try {
      await this.#run(1);
      await this.#last;
      return await (await this.#hash).digest();
    } catch {
      return undefined;
    }
  }

  end(): void {
    this.#ended = true;
    void this.#hash.then(
      (hash) => hash.close(),
      () => undefined,
    );
  }

  /** As long as there are at least so many bytes. */
  async #run(least: number): Promise<void> {
    const hash = await this.#hash;
    for (;;) {
      const there = this.#writer.offset - this.#hashed;
      if (this.#ended || there < least) return;
      const piece = await this.#writer.read(this.#hashed, Math.min(there, PIECE));
      if (this.#ended) return;
      this.#hashed += piece.byteLength;
      const before = this.#last;
      this.#last = hash.update(piece);
      // Awaited a piece later, or by `digest`.
      this.#last.catch(() => undefined);
      await before;
    }
  }
}
