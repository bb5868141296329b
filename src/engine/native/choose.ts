/** Which runtime computes a graph on WASM. */

import { NearfieldError, type LoadRequest } from '../../contract/index.ts';
import { whyUnfit } from './fits.ts';
import { isRecognised, recognise, type NativeModel } from './graph/index.ts';

/** A model for the native runtime, or why there is none; no reason where an option ruled it out. */
export type Choice = { model: NativeModel } | { model?: undefined; reason?: string };

/**
 * Reads a graph file as a model of a known family. For requests that leave the native runtime open.
 * Throws `unsupported-model` where 'native' was asked for by name and cannot be.
 */
export function chooseRuntime(
  { runtime }: Pick<LoadRequest, 'runtime'>,
  graph: Uint8Array,
): Choice {
  const found = recognise(graph);
  const reason = isRecognised(found) ? whyUnfit(found) : found.reason;
  if (isRecognised(found) && reason === undefined) return { model: found };
  const message = `Nearfield's own kernels cannot run this graph: ${reason}`;
  if (runtime !== 'native') return { reason: message };
  throw new NearfieldError(
    'unsupported-model',
    `${message}. Leave \`runtime\` out for ONNX Runtime.`,
  );
}
