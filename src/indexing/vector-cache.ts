/**
 * Vectors that were computed before, in one file of a model: a head, then records of the same size that
 * are only ever added. A record has the SHA-256 of what was embedded, the float32 row, and eight bytes of
 * the SHA-256 of both: what is cut off or damaged is none, and its text is embedded again.
 */

import { createHash } from 'node:crypto';
import { constants, mkdir, open, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { messageOf, NearfieldError } from '../contract/index.ts';

export interface CacheKind {
  /** Whatever the vectors depend on beside the text: model, revision, file, instructions. */
  identity: string;
  /** Values of a row. */
  width: number;
}

const KEY_BYTES = 32;
const CHECK_BYTES = 8;
const HEAD_BYTES = 64;
/** Records that are read at once. */
const PIECE = 512;

export class VectorCache {
  readonly #file: FileHandle;
  readonly #width: number;
  /** Where each text's record begins. */
  readonly #places: ReadonlyMap<string, number>;

  /** Reads through the file; one of another kind or layout is begun anew. Throws `storage`. */
  static async open(folder: string, kind: CacheKind): Promise<VectorCache> {
    const path = join(folder, `${sha256(headOf(kind)).toString('hex', 0, 16)}.vectors`);
    try {
      await mkdir(dirname(path), { recursive: true });
      const { O_RDWR, O_CREAT, O_APPEND } = constants;
      const file = await open(path, O_RDWR | O_CREAT | O_APPEND);
      return new VectorCache(file, kind.width, await placesIn(file, kind));
    } catch (cause) {
      throw storageError(path, cause);
    }
  }

  private constructor(file: FileHandle, width: number, places: ReadonlyMap<string, number>) {
    this.#file = file;
    this.#width = width;
    this.#places = places;
  }

  /** The row of a text that was there when the cache was opened, if it is sound. */
  async get(text: string): Promise<Float32Array<ArrayBuffer> | undefined> {
    const key = sha256(text);
    const at = this.#places.get(nameOf(key));
    if (at === undefined) return undefined;
    const record = Buffer.alloc(recordBytes(this.#width));
    await this.#file.read(record, 0, record.length, at);
    if (!isSound(record) || !record.subarray(0, KEY_BYTES).equals(key)) return undefined;
    return new Float32Array(Uint8Array.from(record.subarray(KEY_BYTES, -CHECK_BYTES)).buffer);
  }

  /** Adds rows for a later opening. Throws `storage`. @param rows texts x width */
  async add(texts: readonly string[], rows: Float32Array): Promise<void> {
    const bytes = Buffer.from(rows.buffer, rows.byteOffset, rows.byteLength);
    const row = this.#width * Float32Array.BYTES_PER_ELEMENT;
    const records = texts.flatMap((text, i) => {
      const key = sha256(text);
      const values = bytes.subarray(i * row, (i + 1) * row);
      return [key, values, checkOf(key, values)];
    });
    try {
      // At once, since another process may add its own.
      await this.#file.appendFile(Buffer.concat(records));
    } catch (cause) {
      throw storageError('The cache of vectors', cause);
    }
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}

async function placesIn(file: FileHandle, kind: CacheKind): Promise<Map<string, number>> {
  const places = new Map<string, number>();
  const { size } = await file.stat();
  const head = Buffer.alloc(HEAD_BYTES);
  await file.read(head, 0, HEAD_BYTES, 0);
  if (!head.equals(headOf(kind))) {
    await file.truncate(0);
    await file.appendFile(headOf(kind));
    return places;
  }
  const record = recordBytes(kind.width);
  const count = Math.floor((size - HEAD_BYTES) / record);
  // What a killed process wrote in part would put all later records out of place.
  await file.truncate(HEAD_BYTES + count * record);
  const piece = Buffer.alloc(PIECE * record);
  for (let first = 0; first < count; first += PIECE) {
    const start = HEAD_BYTES + first * record;
    const { bytesRead } = await file.read(piece, 0, piece.length, start);
    for (let at = 0; at + record <= bytesRead; at += record) {
      const bytes = piece.subarray(at, at + record);
      if (isSound(bytes)) places.set(nameOf(bytes), start + at);
    }
  }
  return places;
}

function headOf({ identity, width }: CacheKind): Buffer {
  const layout = Buffer.from(`nearfield vectors 1\n`.padEnd(HEAD_BYTES - KEY_BYTES));
  return Buffer.concat([layout, sha256(JSON.stringify([identity, width]))]);
}

function recordBytes(width: number): number {
  return KEY_BYTES + width * Float32Array.BYTES_PER_ELEMENT + CHECK_BYTES;
}

function isSound(record: Buffer): boolean {
  const check = record.length - CHECK_BYTES;
  return checkOf(record.subarray(0, check)).equals(record.subarray(check));
}

function checkOf(...parts: readonly Buffer[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest().subarray(0, CHECK_BYTES);
}

/** A record's text, from its first bytes. */
function nameOf(record: Buffer): string {
  return record.toString('latin1', 0, KEY_BYTES);
}

function sha256(data: string | Buffer): Buffer {
  return createHash('sha256').update(data).digest();
}

function storageError(what: string, cause: unknown): NearfieldError {
  const message = `${what} cannot be used: ${messageOf(cause)}. Name another folder (cacheDir, --cache-dir).`;
  return new NearfieldError('storage', message, { cause });
}
