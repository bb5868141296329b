/**
 * Adds the values of a block of keys, weighted, to the totals of six queries at a time. Values and
 * totals lie in columns of 8 dimensions: [headDim / 8][rows][8].
 */

import { SCORE_ROW } from './attention-scores';
import { madd } from './simd';

const VECTOR: usize = 16;
/** Eight dimensions, in bytes. */
const EIGHT: usize = 32;

/** totals = totals * factors + weights * values, for six queries and eight dimensions. */
export function mixTile(
  weights: usize,
  count: usize,
  values: usize,
  factors: usize,
  totals: usize,
): void {
  let factor = v128.load32_splat(factors);
  let a0 = f32x4.mul(v128.load(totals), factor);
  let b0 = f32x4.mul(v128.load(totals, VECTOR), factor);
  factor = v128.load32_splat(factors, 4);
  let a1 = f32x4.mul(v128.load(totals, EIGHT), factor);
  let b1 = f32x4.mul(v128.load(totals, EIGHT + VECTOR), factor);
  factor = v128.load32_splat(factors, 8);
  let a2 = f32x4.mul(v128.load(totals, 2 * EIGHT), factor);
  let b2 = f32x4.mul(v128.load(totals, 2 * EIGHT + VECTOR), factor);
  factor = v128.load32_splat(factors, 12);
  let a3 = f32x4.mul(v128.load(totals, 3 * EIGHT), factor);
  let b3 = f32x4.mul(v128.load(totals, 3 * EIGHT + VECTOR), factor);
  factor = v128.load32_splat(factors, 16);
  let a4 = f32x4.mul(v128.load(totals, 4 * EIGHT), factor);
  let b4 = f32x4.mul(v128.load(totals, 4 * EIGHT + VECTOR), factor);
  factor = v128.load32_splat(factors, 20);
  let a5 = f32x4.mul(v128.load(totals, 5 * EIGHT), factor);
  let b5 = f32x4.mul(v128.load(totals, 5 * EIGHT + VECTOR), factor);
  for (const end = weights + count * SCORE_ROW; weights < end; weights += SCORE_ROW) {
    const a = v128.load(values);
    const b = v128.load(values, VECTOR);
    let weight = v128.load32_splat(weights);
    a0 = madd(weight, a, a0);
    b0 = madd(weight, b, b0);
    weight = v128.load32_splat(weights, 4);
    a1 = madd(weight, a, a1);
    b1 = madd(weight, b, b1);
    weight = v128.load32_splat(weights, 8);
    a2 = madd(weight, a, a2);
    b2 = madd(weight, b, b2);
    weight = v128.load32_splat(weights, 12);
    a3 = madd(weight, a, a3);
    b3 = madd(weight, b, b3);
    weight = v128.load32_splat(weights, 16);
    a4 = madd(weight, a, a4);
    b4 = madd(weight, b, b4);
    weight = v128.load32_splat(weights, 20);
    a5 = madd(weight, a, a5);
    b5 = madd(weight, b, b5);
    values += EIGHT;
  }
  v128.store(totals, a0);
  v128.store(totals, b0, VECTOR);
  v128.store(totals, a1, EIGHT);
  v128.store(totals, b1, EIGHT + VECTOR);
  v128.store(totals, a2, 2 * EIGHT);
  v128.store(totals, b2, 2 * EIGHT + VECTOR);
  v128.store(totals, a3, 3 * EIGHT);
  v128.store(totals, b3, 3 * EIGHT + VECTOR);
  v128.store(totals, a4, 4 * EIGHT);
  v128.store(totals, b4, 4 * EIGHT + VECTOR);
  v128.store(totals, a5, 5 * EIGHT);
  v128.store(totals, b5, 5 * EIGHT + VECTOR);
}
