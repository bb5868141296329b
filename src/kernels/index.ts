/** The kernels: arithmetic on one WebAssembly.Memory, as WASM modules and as plain TypeScript. */

export { instantiateKernels, instantiateSearchKernels } from './instantiate.ts';
export {
  activationBlock,
  attentionScratchBytes,
  MATMUL_SCRATCH_BYTES,
  panelBytes,
  panelCount,
  PANEL,
  QUERY_TILE,
  RESERVED_BYTES,
  tiledRows,
} from './layout.ts';
export type { Bits } from './layout.ts';
export { chooseSimd, kernelUrl, searchKernelUrl, type Simd } from './modules.ts';
export * from './search-layout.ts';
export type { SearchKernels } from './search-types.ts';
export type { Kernels } from './types.ts';
