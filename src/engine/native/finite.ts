/** Weights that are numbers: one that is not would make every vector it touches NaN, silently. */

import { NearfieldError } from '../../contract/index.ts';

/** Throws `bad-model` where one is NaN or infinite. */
export function checkFinite(values: Float32Array): void {
  // Each product is 0, or NaN: one addition a value, and no branch.
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! * 0;
  if (sum === 0) return;
  throw new NearfieldError(
    'bad-model',
    'The model has weights that are no finite numbers: its files are broken.',
  );
}
