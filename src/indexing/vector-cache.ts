/**
 * Vectors that were computed before, in one file of a model: a head, then records of the same size that
 * are only ever added. A record has the SHA-256 of what was embedded, the float32 row, and eight bytes of
 * the SHA-256 of both: what is cut off or damaged is none, and its text is embedded again.
 */

import { createHash, randomUUID } from 'node:crypto';
import {
  constants,
  link,
  mkdir,
  open,
  rename,
  rm,
  writeFile,
  type FileHandle,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { messageOf, NearfieldError, pause } from '../contract/index.ts';

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
/** Bytes that are written at once: few enough for one call of the system, which no other comes between. */
const MOST_WRITTEN = 256 * 1024;
/** A record that has stayed in part for so long is nobody's any more. */
const STILL_MS = 3000;
const POLL_MS = 50;

export class VectorCache {
  readonly #file: FileHandle;
  readonly #width: number;
  /** Where each text's record begins. */
  readonly #places: ReadonlyMap<string, number>;
  #mended: Promise<void> | undefined;

  /** Reads through the file; one of another layout is begun anew. Throws `storage`. */
  static async open(folder: string, kind: CacheKind): Promise<VectorCache> {
    const path = join(folder, `${sha256(headOf(kind)).toString('hex', 0, 16)}.vectors`);
    try {
      await mkdir(dirname(path), { recursive: true });
      const file = await openBegun(path, headOf(kind));
      return new VectorCache(file, kind.width, await placesIn(file, kind.width));
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
    const records = texts.map((text, i) => {
      const key = sha256(text);
      const values = bytes.subarray(i * row, (i + 1) * row);
      return Buffer.concat([key, values, checkOf(key, values)]);
    });
    const atOnce = Math.max(1, Math.floor(MOST_WRITTEN / recordBytes(this.#width)));
    try {
      await (this.#mended ??= this.#mendEnd());
      for (let first = 0; first < records.length; first += atOnce) {
        // Whole ones in one call, since another process may add its own.
        const piece = Buffer.concat(records.slice(first, first + atOnce));
        const { bytesWritten } = await this.#file.write(piece);
        if (bytesWritten < piece.length) throw new Error('a record was written in part');
      }
    } catch (cause) {
      throw storageError('The cache of vectors', cause);
    }
  }

  /**
   * Cuts off what a killed process wrote in part, which would put all later records out of place; what
   * another process is writing just now is waited for.
   */
  async #mendEnd(): Promise<void> {
    for (let waited = 0; ; waited += POLL_MS) {
      const { size, mtimeMs } = await this.#file.stat();
      const part = (size - HEAD_BYTES) % recordBytes(this.#width);
      if (part === 0) return;
      if (waited >= STILL_MS || Date.now() - mtimeMs > STILL_MS) {
        await this.#file.truncate(size - part);
        return;
      }
      await pause(POLL_MS, undefined);
    }
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}

/** A file that begins with a head, another process opening it or not. */
async function openBegun(path: string, head: Buffer): Promise<FileHandle> {
  const flags = constants.O_RDWR | constants.O_APPEND;
  const there = await open(path, flags).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  });
  if (there) {
    const start = Buffer.alloc(head.length);
    await there.read(start, 0, start.length, 0);
    if (start.equals(head)) return there;
    await there.close();
  }
  const begun = `${path}.${randomUUID()}.tmp`;
  try {
    await writeFile(begun, head);
    if (there) await rename(begun, path);
    else await linkOrRename(begun, path);
  } finally {
    await rm(begun, { force: true });
  }
  return open(path, flags);
}

/** Never takes the place of a file that another process has begun, where the file system has links. */
async function linkOrRename(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') await rename(from, to);
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}

async function placesIn(file: FileHandle, width: number): Promise<Map<string, number>> {
  const places = new Map<string, number>();
  const { size } = await file.stat();
  const record = recordBytes(width);
  const count = Math.floor((size - HEAD_BYTES) / record);
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
