/** A graph file without its weights, for files too large to hold. */

import { NearfieldError } from '../contract/errors.ts';

/** Raw data of tensors that is longer is left out; shapes and axes are far shorter. */
const LARGEST_CONSTANT = 128 * 1024;
/** Read at least, as fields of one kind lie side by side. */
const CHUNK = 32 * 1024;
/** A field's number and length, at their longest. */
const HEADER = 20;

/** A file that is read in pieces. */
export interface PiecewiseFile {
  readonly size: number;
  /** The bytes from one place up to another. */
  read(from: number, to: number): Promise<Uint8Array>;
}

/** Which fields of a message are messages to look into, and which to leave out where they are long. */
interface Shape {
  inside: Readonly<Record<number, Shape>>;
  leaveOut?: number;
}

const TENSOR: Shape = { inside: {}, leaveOut: 9 };
const GRAPH: Shape = { inside: { 5: TENSOR } };
const MODEL: Shape = { inside: { 7: GRAPH } };

/**
 * Bytes of the whole file's length in which most of the large tensors' raw data is zero, as untouched
 * pages that take no memory; all else is in its place. A broken file ends early and stays broken.
 * Throws `out-of-memory`.
 */
export async function readStructure(file: PiecewiseFile): Promise<Uint8Array<ArrayBuffer>> {
  const sparse = new SparseFile(file);
  await sparse.walk(0, file.size, MODEL);
  return sparse.bytes;
}

class SparseFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly #file: PiecewiseFile;
  /** What was read last. */
  #from = 0;
  #to = 0;

  constructor(file: PiecewiseFile) {
    this.#file = file;
    try {
      this.bytes = new Uint8Array(file.size);
    } catch (cause) {
      throw new NearfieldError('out-of-memory', `There is no memory for ${file.size} bytes.`, {
        cause,
      });
    }
  }

  async walk(start: number, end: number, { inside, leaveOut }: Shape): Promise<void> {
    let at = start;
    while (at < end) {
      await this.#need(at, Math.min(HEADER, end - at));
      const field = this.#field(at, end);
      if (!field) return;
      const { number, body, length } = field;
      const shape = inside[number];
      if (shape) await this.walk(body, body + length, shape);
      else if (number !== leaveOut || length <= LARGEST_CONSTANT) await this.#need(body, length);
      at = body + length;
    }
  }

  /** The field at a position; undefined where none fits before `end`. */
  #field(at: number, end: number): { number: number; body: number; length: number } | undefined {
    const tag = this.#varint(at);
    if (!tag) return undefined;
    const number = Math.floor(tag.value / 8);
    const next = this.#varint(tag.end);
    const fixed = { 1: 8, 5: 4 }[tag.value % 8];
    const field =
      fixed !== undefined
        ? { number, body: tag.end, length: fixed }
        : tag.value % 8 === 0
          ? next && { number, body: next.end, length: 0 }
          : next && { number, body: next.end, length: next.value };
    return field && field.body + field.length <= end ? field : undefined;
  }

  #varint(at: number): { value: number; end: number } | undefined {
    let value = 0;
    for (let i = 0; i < 10; i++) {
      const byte = this.bytes[at + i];
      if (byte === undefined) return undefined;
      value += (byte & 127) * 2 ** (7 * i);
      if (byte < 128) return { value, end: at + i + 1 };
    }
    return undefined;
  }

  async #need(at: number, length: number): Promise<void> {
    if (at >= this.#from && at + length <= this.#to) return;
    const end = Math.min(this.#file.size, at + Math.max(length, CHUNK));
    this.bytes.set(await this.#file.read(at, end), at);
    [this.#from, this.#to] = [at, end];
  }
}
