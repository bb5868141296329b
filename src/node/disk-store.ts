/**
 * Downloaded model files in a folder, as `src/weights` keeps them: a file is complete when a record of
 * its size and hash lies beside it, written last, so that what a killed process leaves is resumed.
 */

import { createHash } from 'node:crypto';
import {
  constants,
  mkdir,
  open,
  readFile,
  rename,
  stat,
  writeFile,
  type FileHandle,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { own } from '../weights/manifest.ts';
import type {
  Content,
  FileKey,
  FileMeta,
  FileWriter,
  OpenStore,
  StoredFile,
} from '../weights/store.ts';
import { diskError, diskFile, hashOfFile, isMissing } from './disk-file.ts';

const RECORD = '.json';
/** File systems take 255 bytes. */
const LONGEST_NAME = 200;

type FileRecord = { done: false; etag?: string } | ({ done: true } & FileMeta);

export class DiskStore implements OpenStore {
  readonly durable = true;
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  async get(key: FileKey): Promise<StoredFile | undefined> {
    const path = this.#pathOf(key);
    const record = await readRecord(path);
    if (!record?.done || (await sizeOf(path)) !== record.bytes) return undefined;
    const { bytes, sha256, etag } = record;
    return diskFile(path, { bytes, sha256, ...(etag !== undefined && { etag }) });
  }

  async open(key: FileKey): Promise<FileWriter> {
    const path = this.#pathOf(key);
    try {
      await mkdir(dirname(path), { recursive: true });
      const record = await readRecord(path);
      const begun = record?.done === false ? record : undefined;
      const handle = await open(path, constants.O_RDWR | constants.O_CREAT);
      if (!begun) await handle.truncate(0);
      const { size } = await handle.stat();
      return new DiskWriter(path, handle, size, begun?.etag);
    } catch (error) {
      throw diskError(`${path} cannot be written`, error);
    }
  }

  #pathOf({ folder, path }: FileKey): string {
    return join(this.#root, nameOf(folder), nameOf(path));
  }
}

class DiskWriter implements FileWriter {
  readonly #path: string;
  readonly #handle: FileHandle;
  #offset: number;
  #etag: string | undefined;

  constructor(path: string, handle: FileHandle, offset: number, etag: string | undefined) {
    this.#path = path;
    this.#handle = handle;
    this.#offset = offset;
    this.#etag = etag;
  }

  get offset(): number {
    return this.#offset;
  }

  get etag(): string | undefined {
    return this.#etag;
  }

  async restart(etag: string | undefined): Promise<void> {
    await this.#guarded(async () => {
      await this.#handle.truncate(0);
      await writeRecord(this.#path, { done: false, ...(etag !== undefined && { etag }) });
    });
    this.#offset = 0;
    this.#etag = etag;
  }

  async write(chunk: Uint8Array): Promise<void> {
    await this.#guarded(async () => {
      for (let done = 0; done < chunk.byteLength;) {
        const rest = chunk.byteLength - done;
        done += (await this.#handle.write(chunk, done, rest, this.#offset + done)).bytesWritten;
      }
    });
    this.#offset += chunk.byteLength;
  }

  async written(): Promise<Content> {
    return this.#guarded(async () => {
      const sha256 = await hashOfFile(this.#path);
      const { blob } = await diskFile(this.#path, { bytes: this.#offset, sha256 });
      return { blob, sha256 };
    });
  }

  async finish(meta: FileMeta): Promise<StoredFile> {
    return this.#guarded(async () => {
      await this.#handle.sync();
      await writeRecord(this.#path, { done: true, ...meta });
      return diskFile(this.#path, meta);
    });
  }

  async suspend(): Promise<void> {
    await this.#handle.close();
  }

  async #guarded<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw diskError(`${this.#path} cannot be written`, error);
    }
  }
}

/** Undefined also for one that a killed process cut off. */
async function readRecord(path: string): Promise<FileRecord | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(path + RECORD, 'utf8'));
    const [bytes, sha256, etag] = ['bytes', 'sha256', 'etag'].map((name) => own(value, name));
    const validator = typeof etag === 'string' && { etag };
    if (own(value, 'done') !== true) return { done: false, ...validator };
    if (typeof bytes !== 'number' || typeof sha256 !== 'string') return undefined;
    return { done: true, bytes, sha256, ...validator };
  } catch {
    return undefined;
  }
}

async function writeRecord(path: string, record: FileRecord): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  await writeFile(temporary, JSON.stringify(record));
  await rename(temporary, path + RECORD);
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw diskError(`${path} cannot be read`, error);
  }
}

/** One name, without slashes. */
function nameOf(path: string): string {
  const name = encodeURIComponent(path);
  return name.length <= LONGEST_NAME ? name : createHash('sha256').update(path).digest('hex');
}
