/** The kernels' modules, from our own build. */

import { messageOf, NearfieldError, type Simd } from '../../contract/index.ts';
import { chooseSimd, kernelUrl, MissingSimdError } from '../../kernels/index.ts';

export interface LoadedKernels {
  module: WebAssembly.Module;
  simd: Simd;
}

/**
 * Compiles the kernels for this machine; `shared` ones are for several threads.
 * Throws `unsupported-model` where the instructions asked for are missing, `download-failed`.
 */
export async function loadKernels(wanted: 'auto' | Simd, shared: boolean): Promise<LoadedKernels> {
  const simd = choose(wanted);
  const url = kernelUrl(simd, shared);
  try {
    const response = await fetch(url);
    if (!response.ok) throw new TypeError(`the server answered ${response.status}`);
    return { simd, module: await WebAssembly.compile(await response.arrayBuffer()) };
  } catch (cause) {
    throw new NearfieldError(
      'download-failed',
      `Nearfield's kernels could not be fetched from ${url.href}: ${messageOf(cause)}`,
      { cause },
    );
  }
}

function choose(wanted: 'auto' | Simd): Simd {
  try {
    return chooseSimd(wanted === 'auto' ? undefined : wanted);
  } catch (cause) {
    if (!(cause instanceof MissingSimdError)) throw cause;
    throw new NearfieldError('unsupported-model', `${cause.message} Leave \`simd\` out.`, {
      cause,
    });
  }
}
