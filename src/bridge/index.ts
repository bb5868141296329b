/** The page's side of a worker: start it, call it, time it, notice its death, fall back to a fresh one. */

export { RemoteEmbedder, type ModelCounts } from './remote.ts';
export type { DeviceStart, Session, SessionOptions } from './session.ts';
export { probeSessions } from './timing.ts';
export { WorkerHandle } from './worker-handle.ts';
