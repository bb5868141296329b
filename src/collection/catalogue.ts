import { NearfieldError, unwrap } from '../contract/index.ts';
import type { CollectionInfo, Reply } from '../contract/index.ts';
import { WorkerHandle } from '../bridge/index.ts';
import type { Remote } from 'comlink';
import { spawnSearchWorker } from './session.ts';
import type { SearchWorkerApi } from './wire.ts';

export interface CatalogueOptions {
  /** A self-hosted copy of the search worker. @default the package's own */
  workerUrl?: string | URL;
}

/** What is stored in this origin, in the order of names. Errors: `storage`, `worker-crashed`. */
export function listCollections(options: CatalogueOptions = {}): Promise<CollectionInfo[]> {
  return once(options, (api) => api.listCollections());
}

/**
 * Deletes a collection, also while it is open: there, every later call rejects with `closed`.
 * One that is not there is no error. Errors: `bad-input`, `storage`, `worker-crashed`.
 */
export async function deleteCollection(
  name: string,
  options: CatalogueOptions = {},
): Promise<void> {
  await once(options, (api) => api.deleteCollection(checkedName(name)));
}

export function checkedName(name: unknown): string {
  if (typeof name === 'string' && name.trim() !== '') return name;
  throw new NearfieldError('bad-input', `A collection's name must be a string that is not blank.`);
}

async function once<T>(
  { workerUrl }: CatalogueOptions,
  work: (api: Remote<SearchWorkerApi>) => Promise<Reply<T>>,
): Promise<T> {
  const handle = await WorkerHandle.open<SearchWorkerApi>(() => spawnSearchWorker(workerUrl));
  try {
    return unwrap(await handle.call(work));
  } finally {
    handle.terminate();
  }
}
