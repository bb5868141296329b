import { messageOf, NearfieldError, pause } from '../contract/index.ts';
import type { FileKey, FileMeta, StoredFile, StoredFolder } from './store.ts';

/**
 * Model files in the origin private file system. A file counts as complete when a record of its
 * size and hash lies beside it, written last: a tab killed at any moment leaves a file to resume.
 */

const ROOT = 'nearfield-models';
const RECORD = '.json';

export interface FileRecord extends Partial<FileMeta> {
  done: boolean;
}

export function hasOpfs(): boolean {
  return typeof globalThis.navigator?.storage?.getDirectory === 'function';
}

export async function modelsFolder(): Promise<FileSystemDirectoryHandle> {
  return asStorage('open the model store', async () => {
    const root = await navigator.storage.getDirectory();
    return root.getDirectoryHandle(ROOT, { create: true });
  });
}

/** Names inside a folder: OPFS refuses slashes. */
export function fileName(path: string): string {
  return encodeURIComponent(path);
}

export async function readRecord(
  folder: FileSystemDirectoryHandle,
  path: string,
): Promise<FileRecord | undefined> {
  const text = await readFile(folder, fileName(path) + RECORD);
  if (text === undefined) return undefined;
  try {
    return parseRecord(JSON.parse(await text.text()));
  } catch {
    // A record cut off by a crash is no record: the file is fetched again.
    return undefined;
  }
}

export function recordName(path: string): string {
  return fileName(path) + RECORD;
}

export async function getStored(key: FileKey): Promise<StoredFile | undefined> {
  if (!hasOpfs()) return undefined;
  return asStorage('read a model file', async () => {
    const root = await modelsFolder();
    const folder = await found(root.getDirectoryHandle(fileName(key.folder)));
    if (!folder) return undefined;
    const record = await readRecord(folder, key.path);
    if (!record?.done || record.bytes === undefined || record.sha256 === undefined)
      return undefined;
    const blob = await readFile(folder, fileName(key.path));
    if (blob?.size !== record.bytes) return undefined;
    const { bytes, sha256, etag } = record;
    return { blob, meta: { bytes, sha256, ...(etag !== undefined && { etag }) } };
  });
}

export async function listStored(): Promise<StoredFolder[]> {
  if (!hasOpfs()) return [];
  return asStorage('list the model files', async () => {
    const folders: StoredFolder[] = [];
    for await (const [name, handle] of (await modelsFolder()).entries()) {
      if (handle.kind !== 'directory') continue;
      let bytes = 0;
      for await (const file of handle.values()) {
        if (file.kind === 'file') bytes += (await file.getFile()).size;
      }
      folders.push({ folder: decodeURIComponent(name), bytes });
    }
    return folders;
  });
}

/** Files that are being stored cannot be deleted; that takes a second or two. */
const CLEAR_TRIES = 25;
const CLEAR_PAUSE_MS = 200;

export async function clearStored(): Promise<void> {
  if (!hasOpfs()) return;
  await asStorage('delete the model files', async () => {
    const root = await navigator.storage.getDirectory();
    for (let tries = 1; ; tries++) {
      try {
        await found(root.removeEntry(ROOT, { recursive: true }));
        return;
      } catch (error) {
        const busy = error instanceof DOMException && error.name === 'NoModificationAllowedError';
        if (!busy || tries === CLEAR_TRIES) throw error;
        await pause(CLEAR_PAUSE_MS, undefined);
      }
    }
  });
}

/** Storage faults as coded errors. */
export async function asStorage<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof NearfieldError) throw error;
    const quota = error instanceof DOMException && error.name === 'QuotaExceededError';
    throw new NearfieldError(
      quota ? 'quota' : 'storage',
      `Could not ${what} in the browser's storage: ${messageOf(error)}`,
      { cause: error },
    );
  }
}

async function readFile(
  folder: FileSystemDirectoryHandle,
  name: string,
): Promise<File | undefined> {
  return (await found(folder.getFileHandle(name)))?.getFile();
}

async function found<T>(pending: Promise<T>): Promise<T | undefined> {
  try {
    return await pending;
  } catch (error) {
    if (error instanceof DOMException && error.name === 'NotFoundError') return undefined;
    throw error;
  }
}

function parseRecord(value: unknown): FileRecord | undefined {
  if (typeof value !== 'object' || value === null || !('done' in value)) return undefined;
  const { done, bytes, sha256, etag } = value as Record<string, unknown>;
  return {
    done: done === true,
    ...(typeof bytes === 'number' && { bytes }),
    ...(typeof sha256 === 'string' && { sha256 }),
    ...(typeof etag === 'string' && { etag }),
  };
}
