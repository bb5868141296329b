import { WorkerHandle } from '../src/bridge/index.ts';
import { NearfieldError, unwrap } from '../src/contract/index.ts';
import { openTokens, type OpenTokens, type TokenService } from '../src/engine/index.ts';

/** Name of the worker that tokenizes; the script is that of the embed worker. */
export const TOKENIZER_THREAD = 'nearfield-tokenizer';

/**
 * A tokenizer on a thread of its own: building one from a vocabulary of 250,000 takes half a
 * second, in which the model can be fetched and its session made. The thread runs the script that
 * runs here, so that nothing more has to be hosted; where it cannot start, this thread tokenizes.
 */
export const openTokensOnThread: OpenTokens = async (files, options) => {
  let thread: WorkerHandle<TokenService>;
  try {
    thread = await WorkerHandle.open<TokenService>(
      () => new Worker(self.location.href, { type: 'module', name: TOKENIZER_THREAD }),
    );
  } catch (error) {
    if (error instanceof NearfieldError && error.code === 'worker-crashed') {
      return openTokens(files, options);
    }
    throw error;
  }
  unwrap(await thread.call((api) => api.open(files, options)));
  return {
    encode: async (texts, whole = false) =>
      unwrap(await thread.call((api) => api.encode(texts, whole))),
  };
};
