/** The page's side of a worker: start it, call it, notice its death, fall back to a fresh one. */

export { unlessAborted } from './abortable.ts';
export { RemoteEmbedder } from './remote.ts';
export type { Session } from './session.ts';
export { WorkerHandle } from './worker-handle.ts';
