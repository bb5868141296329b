/** What all forms of attention come down to. */

import type { Norm } from './model.ts';
import type { Projection } from './projection.ts';
import { sameRope, type Rope } from './rotary.ts';
import { unknown } from './unknown.ts';

export interface Attention {
  heads: number;
  kvHeads: number;
  headDim: number;
  /** Queries, keys, values. */
  parts: readonly [Projection, Projection, Projection];
  causal: boolean;
  qNorm?: Norm;
  kNorm?: Norm;
  rope?: Rope;
}

/** What holds of queries, keys and values that come out of nodes of their own. */
export function checkedParts(
  parts: Attention['parts'],
  heads: number,
): Pick<Attention, 'parts' | 'kvHeads' | 'qNorm' | 'kNorm' | 'rope'> {
  const [q, k, v] = parts;
  if (v.factor !== 1 || v.norm || v.rotation) {
    unknown('the values of its attention are scaled, normalised or rotated');
  }
  if (q.heads !== heads) unknown('the queries of its attention repeat');
  if (k.heads !== v.heads) unknown('its attention has more keys than values, or fewer');
  const ropes = [q.rotation?.rope, k.rotation?.rope];
  if (ropes.some(Boolean) && !ropes.every(Boolean)) unknown('it rotates queries or keys alone');
  const [a, b] = ropes;
  if (a && b && !sameRope(a, b)) {
    unknown('its queries and keys are rotated by different tables');
  }
  return {
    parts,
    kvHeads: k.heads,
    ...(q.norm && { qNorm: q.norm }),
    ...(k.norm && { kNorm: k.norm }),
    ...(a && { rope: a }),
  };
}

/** Scores are divided by sqrt(headDim): nothing else is calculated here. */
export function checkScale(scale: number, headDim: number): void {
  const usual = 1 / Math.sqrt(headDim);
  // float16 files hold it rounded, by 0.05 % at most.
  if (Math.abs(scale - usual) > 1e-3 * usual) {
    unknown(`it scales attention by ${scale}, not by 1 / sqrt(${headDim})`);
  }
}
