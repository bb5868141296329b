import type { FileKey } from './store.ts';

/** One writer of a file at a time over all tabs; the others wait, and then find it written. */
export async function locked<T>(
  key: FileKey,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const locks = globalThis.navigator?.locks;
  if (!locks) return work();
  const name = `nearfield-file:${key.folder}/${key.path}`;
  return await locks.request(name, signal ? { signal } : {}, work);
}
