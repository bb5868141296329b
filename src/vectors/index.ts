/** Nearest vectors by dot product. */

export { ExactIndex } from './exact.ts';
export { loadSearchModule } from './load.ts';
export type { Originals } from './originals.ts';
export { serveScans } from './scan-thread.ts';
export { VectorIndex } from './vector-index.ts';
