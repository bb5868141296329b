/** Which runtime computes a graph on WASM. */

import { mayBeNative, NearfieldError, type LoadRequest } from '../../contract/index.ts';
import { whyUnfit } from './fits.ts';
import { isRecognised, recognise, type NativeModel } from './graph/index.ts';

/** A model for the native runtime, or why there is none; no reason where an option ruled it out. */
export type Choice = { model: NativeModel } | { model?: undefined; reason?: string };

/**
 * Reads a graph file as a model of a known family.
 * Throws `unsupported-model` where 'native' was asked for by name and cannot be.
 */
export function chooseRuntime(request: LoadRequest, graph: Uint8Array): Choice {
  if (!mayBeNative(request)) return {};
  const found = recognise(graph);
  const reason = isRecognised(found) ? whyUnfit(found) : found.reason;
  if (isRecognised(found) && reason === undefined) return { model: found };
  if (request.runtime === 'native') {
    throw new NearfieldError(
      'unsupported-model',
      `Nearfield's own kernels cannot run this graph: ${reason}. Leave \`runtime\` out for ONNX Runtime.`,
    );
  }
  return { reason: `Nearfield's own kernels cannot run this graph: ${reason}` };
}
