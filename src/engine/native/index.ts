/**
 * The runtime of Nearfield's own kernels: reads a graph as a model of a known family, packs its
 * weights, and runs texts through it on some threads. What the rest of the engine uses of it.
 */

export { chooseRuntime, type Choice } from './choose.ts';
export { loadKernels } from './load.ts';
export { createNativeRuntime } from './runtime.ts';
export { StoredSource, type ByteSource } from './source.ts';
export { serveThread, type Answer, type Order } from './thread.ts';
export type { SpawnThread } from './threads.ts';
