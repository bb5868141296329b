/** The kernels' modules, from our own build. */

import { messageOf, NearfieldError, type Simd } from '../../contract/index.ts';
import { chooseSimd, kernelUrl } from '../../kernels/index.ts';

export interface LoadedKernels {
  module: WebAssembly.Module;
  simd: Simd;
}

/**
 * Compiles the kernels for this machine; `shared` ones are for several threads.
 * Throws `unsupported-model` where the instructions are missing, and `download-failed`.
 */
export async function loadKernels(wanted: 'auto' | Simd, shared: boolean): Promise<LoadedKernels> {
  const simd = chooseSimd(wanted);
  if (!simd) throw new NearfieldError('unsupported-model', missing(wanted));
  const url = kernelUrl(simd, shared);
  const bytes = await fetchBytes(url);
  try {
    return { simd, module: await WebAssembly.compile(bytes) };
  } catch (cause) {
    // Servers that answer every address with a page are known.
    throw failed(`What is at ${url.href} does not compile`, cause);
  }
}

function missing(wanted: 'auto' | Simd): string {
  return wanted === 'relaxed'
    ? 'WebAssembly here has no relaxed SIMD. Leave `simd` out.'
    : 'WebAssembly here has no SIMD, which every model on WASM needs.';
}

async function fetchBytes(url: URL): Promise<ArrayBuffer> {
  try {
    const response = await fetch(url);
    if (!response.ok) throw new TypeError(`the server answered ${response.status}`);
    return await response.arrayBuffer();
  } catch (cause) {
    throw failed(`${url.href} could not be fetched`, cause);
  }
}

function failed(what: string, cause: unknown): NearfieldError {
  const message = `Nearfield's kernels: ${what}: ${messageOf(cause)}`;
  return new NearfieldError('download-failed', message, { cause });
}
