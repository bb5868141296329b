import { transfer } from 'comlink';
import { WorkerHandle } from '../src/bridge/index.ts';
import { unwrap } from '../src/contract/index.ts';
import type { HashService, OpenHash } from '../src/engine/index.ts';

/** Name of the worker that hashes downloads; the script is that of the embed worker. */
export const HASH_THREAD = 'nearfield-hash';

/** A hash on a thread of its own, from the script that runs here, so that nothing more has to be hosted. */
export const openHashOnThread: OpenHash = async () => {
  const thread = await WorkerHandle.open<HashService>(
    () => new Worker(self.location.href, { type: 'module', name: HASH_THREAD }),
  );
  return {
    update: async (bytes) =>
      unwrap(await thread.call((api) => api.update(transfer(bytes, [bytes.buffer])))),
    digest: async () => unwrap(await thread.call((api) => api.digest())),
    close: () => {
      thread.terminate();
    },
  };
};
