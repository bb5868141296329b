import { toHex } from '../../contract/index.ts';
import { diskError, type DiskFile } from './disk-file.ts';
import { OpfsFile } from './opfs-file.ts';

/** Holds a folder for each collection, by the hash of its name: names may be longer than files'. */
const ROOT = 'nearfield-collections';

/** Browsers keep a file for as long as another tab reads it. */
const REMOVAL_ATTEMPTS = 5;
const REMOVAL_PAUSE_MS = 100;

/**
 * A file of a collection.
 *
 * @param create whether to make it where it is not there
 * @returns undefined where this browser has no OPFS, or none for workers
 * @throws storage where there is no such file
 */
export async function openOpfsFile(
  collection: string,
  name: string,
  create: boolean,
): Promise<DiskFile | undefined> {
  if (!hasFiles()) return undefined;
  const root = await rootFolder(create);
  if (!root) return undefined;
  try {
    const folder = await root.getDirectoryHandle(await folderName(collection), { create });
    return await OpfsFile.open(await folder.getFileHandle(name, { create }));
  } catch (error) {
    throw diskError('open stored rows', error);
  }
}

/** Removes a collection's files but for those in use; what another tab still reads may stay. */
export async function sweepOpfsFolder(
  collection: string,
  isUsed: (file: string) => boolean,
): Promise<void> {
  const root = await rootFolder(false);
  const folder = await root
    ?.getDirectoryHandle(await folderName(collection))
    .catch(() => undefined);
  if (!folder) return;
  const names: string[] = [];
  for await (const name of folder.keys()) names.push(name);
  for (const name of names) if (!isUsed(name)) await remove(folder, name);
}

/** Removes all files of a collection. */
export async function removeOpfsFolder(collection: string): Promise<void> {
  const root = await rootFolder(false);
  if (root) await remove(root, await folderName(collection));
}

async function remove(from: FileSystemDirectoryHandle, name: string): Promise<void> {
  for (let attempt = 1; attempt <= REMOVAL_ATTEMPTS; attempt++) {
    try {
      await from.removeEntry(name, { recursive: true });
      return;
    } catch (error) {
      if (error instanceof DOMException && error.name === 'NotFoundError') return;
      // Open in another tab, which was told to let go. What is left goes with a later removal.
      await new Promise((resolve) => setTimeout(resolve, REMOVAL_PAUSE_MS));
    }
  }
}

/** Of the kind that is opened here: pages have none, and can remove those of workers. */
function hasFiles(): boolean {
  if (!('FileSystemFileHandle' in globalThis)) return false;
  return 'createSyncAccessHandle' in FileSystemFileHandle.prototype;
}

async function rootFolder(create: boolean): Promise<FileSystemDirectoryHandle | undefined> {
  try {
    const origin = await navigator.storage.getDirectory();
    return await origin.getDirectoryHandle(ROOT, { create });
  } catch {
    // Firefox has none in private windows; a site's data may be blocked.
    return undefined;
  }
}

async function folderName(collection: string): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(collection));
  return toHex(new Uint8Array(hash));
}
