/** Nearest vectors by dot product. */

export { SEGMENT_ROWS } from '../kernels/index.ts';
export { dot } from './dot.ts';
export { loadSearchModule, type GpuSource, type SearchModule } from './load.ts';
export type { Originals } from './originals.ts';
export { serveScans } from './scan-thread.ts';
export type { Background } from './background.ts';
export type { Ranked } from './top-k.ts';
export { VectorIndex, type Shape } from './vector-index.ts';
