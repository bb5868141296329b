/** What an attention mask does to one text without padding. */

import type { Value } from './probe/value.ts';

/** At or below this a score is gone: what is left of it in softmax is exactly nothing. */
const HIDDEN = -1e4;

export type Mask = 'none' | 'causal' | 'other';

/**
 * `bias` are numbers that are added to scores, the last two dimensions tokens x tokens (or what
 * broadcasts to it).
 */
export function maskOf(bias: Value | undefined, tokens: number): Mask {
  const data = bias?.data;
  if (!data || data.length === 0) return 'other';
  if (data.every((x) => x === 0)) return 'none';
  const square = bias.dims.at(-1) === tokens && bias.dims.at(-2) === tokens;
  const causal = data.every((x, i) => {
    const [key, query] = [i % tokens, Math.floor(i / tokens) % tokens];
    return key <= query ? x === 0 : x <= HIDDEN;
  });
  return square && causal ? 'causal' : 'other';
}
