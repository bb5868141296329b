import type { SearchKernels } from './search-types.ts';
import type { Kernels } from './types.ts';

/**
 * A module's kernels on a memory: a shared one for the shared modules, any other for the rest.
 * Throws WebAssembly.LinkError where the two do not fit.
 */
export function instantiateKernels(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
): Kernels {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  // What the module exports is written down in assembly/index.ts and types.ts; tests hold them together.
  return exports as unknown as Kernels;
}

/** As instantiateKernels, of a search module. */
export function instantiateSearchKernels(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
): SearchKernels {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  return exports as unknown as SearchKernels;
}
