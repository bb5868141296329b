/** Exact numbers of bytes from a stream, however it is cut into chunks. */

import { joinedBytes, NearfieldError, toNearfieldError } from '../../contract/index.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** Holds what was asked for and one chunk of the stream, no more. */
export class ByteReader {
  readonly #name: string;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #chunk: Uint8Array = new Uint8Array();
  #position = 0;
  #cancelled = false;

  /** @param name what the stream is, for messages */
  constructor(stream: ReadableStream<Uint8Array>, name: string) {
    this.#name = name;
    this.#reader = stream.getReader();
  }

  /** So many bytes, fewer only where the stream ends. They are the caller's own. */
  async upTo(count: number): Promise<Bytes> {
    const parts: Uint8Array[] = [];
    let missing = count;
    while (missing > 0 && (await this.#fill())) {
      const part = this.#chunk.subarray(0, missing);
      this.#chunk = this.#chunk.subarray(part.length);
      missing -= part.length;
      parts.push(part);
    }
    this.#position += count - missing;
    // Only now: a length that a damaged file names is no reason to take so much memory.
    return joinedBytes(parts, count - missing);
  }

  /** Throws `integrity` when the stream ends before. @param what the bytes are, for messages */
  async exactly(count: number, what: string): Promise<Bytes> {
    const bytes = await this.upTo(count);
    if (bytes.length === count) return bytes;
    throw new NearfieldError(
      'integrity',
      `${this.#name} is cut off: expected ${count} bytes of ${what}, got ${bytes.length} and then ` +
        `the end, at byte ${this.#position}. Copy, download or export it again.`,
    );
  }

  /** What is left of the chunk at hand, else the next one; undefined at the end. */
  async next(): Promise<Uint8Array | undefined> {
    if (!(await this.#fill())) return undefined;
    const chunk = this.#chunk;
    this.#position += chunk.length;
    this.#chunk = chunk.subarray(chunk.length);
    return chunk;
  }

  /** Throws `integrity` when there are more bytes. */
  async end(): Promise<void> {
    if (!(await this.#fill())) return;
    throw new NearfieldError(
      'integrity',
      `${this.#name} goes on where it should end: expected ${this.#position} bytes, got more. ` +
        'Copy, download or export it again.',
    );
  }

  /** Lets go of the stream; a read that waits, and every later one, fails with `aborted`. */
  async cancel(): Promise<void> {
    this.#cancelled = true;
    this.#chunk = new Uint8Array();
    // A stream that failed says so once more here; whoever read it has heard it.
    await this.#reader.cancel().catch(() => undefined);
  }

  /** Sees to it that the chunk at hand is not empty; false at the end. */
  async #fill(): Promise<boolean> {
    while (this.#chunk.length === 0) {
      const { done, value } = await this.#read();
      if (this.#cancelled) throw new NearfieldError('aborted', `${this.#name} was let go of.`);
      if (done) return false;
      if (!((value as unknown) instanceof Uint8Array)) {
        throw new NearfieldError(
          'bad-input',
          `${this.#name} must be a stream of Uint8Array, got ${typeof value}.`,
        );
      }
      this.#chunk = value;
    }
    return true;
  }

  async #read(): Promise<ReadableStreamReadResult<Uint8Array>> {
    try {
      return await this.#reader.read();
    } catch (error) {
      throw toNearfieldError(error, 'storage');
    }
  }
}
