/** A model's file on disk, as the engine reads it. */

import { closeSync, createReadStream, openAsBlob, openSync, readSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { NearfieldError, messageOf } from '../contract/index.ts';
import type { FileMeta, OpenFile, StoredFile } from '../weights/store.ts';

const PIECE = 1024 * 1024;

/** Nothing of it is read yet. */
export async function diskFile(path: string, meta: FileMeta): Promise<StoredFile> {
  return { blob: await openAsBlob(path), meta, open: async () => openFile(path) };
}

function openFile(path: string): OpenFile {
  const file = openSync(path, 'r');
  return {
    read: (into, at) => {
      for (let done = 0; done < into.byteLength;) {
        const read = readSync(file, into, done, into.byteLength - done, at + done);
        if (read === 0) throw new NearfieldError('storage', `${path} ends before byte ${at}.`);
        done += read;
      }
    },
    close: () => {
      closeSync(file);
    },
  };
}

/** SHA-256 in lower-case hex. */
export async function hashOfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path, { highWaterMark: PIECE })) {
    hash.update(piece as Buffer);
  }
  return hash.digest('hex');
}

/** What the file system threw, by code. */
export function diskError(what: string, cause: unknown): NearfieldError {
  if (cause instanceof NearfieldError) return cause;
  const full = ['ENOSPC', 'EDQUOT'].includes(codeOf(cause) ?? '');
  return new NearfieldError(full ? 'quota' : 'storage', `${what}: ${messageOf(cause)}`, { cause });
}

export function isMissing(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '');
}

function codeOf(error: unknown): string | undefined {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}
