/** Nearest vectors by dot product, in one growing Float32Array. */

export { ExactIndex } from './exact.ts';
