/** Which module a machine can run, and where it lies. */

/** Instruction set of a module: relaxed SIMD is the faster one, and not everywhere. */
export type Simd = 'relaxed' | 'simd128';

/** Modules of one function each that nothing but the instruction set makes valid. */
const PROBES: Readonly<Record<Simd, Uint8Array<ArrayBuffer>>> = {
  // i8x16.splat and i8x16.popcnt
  simd128: Uint8Array.of(
    ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0],
    ...[253, 15, 253, 98, 11],
  ),
  // i8x16.splat and i8x16.relaxed_swizzle
  relaxed: Uint8Array.of(
    ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 15, 1, 13, 0, 65, 1],
    ...[253, 15, 65, 2, 253, 15, 253, 128, 2, 11],
  ),
};

/** The best that this machine has, or the one that is wanted, or nothing where it has not that. */
export function chooseSimd(wanted: 'auto' | Simd): Simd | undefined {
  const choice = wanted === 'auto' ? (['relaxed', 'simd128'] as const) : [wanted];
  return choice.find((simd) => WebAssembly.validate(PROBES[simd]));
}

/**
 * Where a module lies: beside the page's scripts, or a file in Node. `shared` ones are for several
 * threads on a shared memory.
 */
export function kernelUrl(simd: Simd, shared: boolean): URL {
  if (simd === 'relaxed') {
    return shared
      ? new URL('./build/relaxed-shared.wasm', import.meta.url)
      : new URL('./build/relaxed.wasm', import.meta.url);
  }
  return shared
    ? new URL('./build/simd128-shared.wasm', import.meta.url)
    : new URL('./build/simd128.wasm', import.meta.url);
}

/** As kernelUrl, of the search kernels. */
export function searchKernelUrl(simd: Simd, shared: boolean): URL {
  if (simd === 'relaxed') {
    return shared
      ? new URL('./build/search-relaxed-shared.wasm', import.meta.url)
      : new URL('./build/search-relaxed.wasm', import.meta.url);
  }
  return shared
    ? new URL('./build/search-simd128-shared.wasm', import.meta.url)
    : new URL('./build/search-simd128.wasm', import.meta.url);
}
