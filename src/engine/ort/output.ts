import type { InferenceSession } from 'onnxruntime-web';
import { NearfieldError } from '../../contract/index.ts';

/** The output with one state per token. */
export interface StateOutput {
  name: string;
  float16: boolean;
}

const KNOWN_NAMES = ['last_hidden_state', 'hidden_states', 'token_embeddings'];

/**
 * Finds the token states among the outputs: by name, else the only rank-3 output of floats.
 * Throws `unsupported-model`, listing what there is.
 */
export function findStates(outputs: readonly InferenceSession.ValueMetadata[]): StateOutput {
  const floats = outputs.filter(
    (output) => output.isTensor && (output.type === 'float32' || output.type === 'float16'),
  ) as InferenceSession.TensorValueMetadata[];
  const named = floats.find((output) => KNOWN_NAMES.includes(output.name));
  const rank3 = floats.filter((output) => output.shape.length === 3);
  const found = named ?? (rank3.length === 1 ? rank3[0] : undefined);
  if (found) return { name: found.name, float16: found.type === 'float16' };
  const names = outputs.map((output) => output.name).join(', ');
  throw new NearfieldError(
    'unsupported-model',
    `The model gives no state per token: expected last_hidden_state or hidden_states, got ${names}.`,
  );
}
