/**
 * From queries and a block of keys to weights, for eight queries at a time: a lane is a query, so that
 * maximum, exponential and sum are the same operations for each, whatever the other seven are, and
 * nothing is added across lanes.
 *
 * Scores, which become weights, lie by keys: SCORE_ROW bytes for each, a float for each query of a
 * tile. So do running maxima, running sums and the factors that totals are multiplied by, a row of
 * SCORE_ROW bytes each, at `states`.
 */

import { expTo88, madd, transpose } from './simd';

const VECTOR: usize = 16;
/** Eight queries, in bytes. */
const EIGHT: usize = 32;
/** Keys whose scores are computed together. */
const KEYS: usize = 6;
/** Queries of a tile: whole eights, and whole sixes (see attention-mix.ts). */
export const QUERY_TILE: usize = 144;
export const SCORE_ROW: usize = QUERY_TILE * 4;
/** Where sums and factors lie behind the maxima. */
export const SUMS: usize = SCORE_ROW;
export const FACTORS: usize = 2 * SCORE_ROW;

/** Eight queries as [headDim][8]; the last one stands for those that are missing. */
export function packEight(q: usize, stride: usize, rows: usize, headDim: usize, to: usize): void {
  const last = rows - 1;
  for (let half: usize = 0; half < 8; half += 4) {
    const q0 = q + min(half, last) * stride * 4;
    const q1 = q + min(half + 1, last) * stride * 4;
    const q2 = q + min(half + 2, last) * stride * 4;
    const q3 = q + min(half + 3, last) * stride * 4;
    let at = to + half * 4;
    for (let i: usize = 0; i < headDim * 4; i += VECTOR) {
      const a = v128.load(q0 + i);
      const b = v128.load(q1 + i);
      transpose(a, b, v128.load(q2 + i), v128.load(q3 + i), at, EIGHT);
      at += 4 * EIGHT;
    }
  }
}

// @ts-ignore: decorator
@inline
function storeScores(out: usize, a: v128, b: v128, scale: v128): void {
  v128.store(out, f32x4.mul(a, scale));
  v128.store(out, f32x4.mul(b, scale), VECTOR);
}

/**
 * Scores of eight queries for six keys. The sums fill all of x86's registers but four: one more, and
 * they would go through memory; fewer, and they would wait for each other.
 */
function scoreTile(q: usize, keys: usize, bytes: usize, scale: v128, out: usize): void {
  let k1 = keys + bytes;
  let k2 = k1 + bytes;
  let k3 = k2 + bytes;
  let k4 = k3 + bytes;
  let k5 = k4 + bytes;
  let a0 = f32x4.splat(0);
  let b0 = a0;
  let a1 = a0;
  let b1 = a0;
  let a2 = a0;
  let b2 = a0;
  let a3 = a0;
  let b3 = a0;
  let a4 = a0;
  let b4 = a0;
  let a5 = a0;
  let b5 = a0;
  for (const end = k1; keys < end; keys += 4) {
    const a = v128.load(q);
    const b = v128.load(q, VECTOR);
    let key = v128.load32_splat(keys);
    a0 = madd(key, a, a0);
    b0 = madd(key, b, b0);
    key = v128.load32_splat(k1);
    a1 = madd(key, a, a1);
    b1 = madd(key, b, b1);
    key = v128.load32_splat(k2);
    a2 = madd(key, a, a2);
    b2 = madd(key, b, b2);
    key = v128.load32_splat(k3);
    a3 = madd(key, a, a3);
    b3 = madd(key, b, b3);
    key = v128.load32_splat(k4);
    a4 = madd(key, a, a4);
    b4 = madd(key, b, b4);
    key = v128.load32_splat(k5);
    a5 = madd(key, a, a5);
    b5 = madd(key, b, b5);
    k1 += 4;
    k2 += 4;
    k3 += 4;
    k4 += 4;
    k5 += 4;
    q += EIGHT;
  }
  storeScores(out, a0, b0, scale);
  storeScores(out + SCORE_ROW, a1, b1, scale);
  storeScores(out + 2 * SCORE_ROW, a2, b2, scale);
  storeScores(out + 3 * SCORE_ROW, a3, b3, scale);
  storeScores(out + 4 * SCORE_ROW, a4, b4, scale);
  storeScores(out + 5 * SCORE_ROW, a5, b5, scale);
}

/** Keys from `from` on count only for queries whose limit (the last key they see) reaches them. */
function maskEight(scores: usize, from: i32, count: i32, limit: i32, step: i32): void {
  const never = f32x4.splat(-f32.POSITIVE_INFINITY);
  const low = i32x4(limit, limit + step, limit + 2 * step, limit + 3 * step);
  const high = i32x4.add(low, i32x4.splat(4 * step));
  for (let key = from; key < count; key++) {
    const at = scores + <usize>key * SCORE_ROW;
    const number = i32x4.splat(key);
    const a = v128.bitselect(never, v128.load(at), i32x4.gt_s(number, low));
    const b = v128.bitselect(never, v128.load(at, VECTOR), i32x4.gt_s(number, high));
    v128.store(at, a);
    v128.store(at, b, VECTOR);
  }
}

/** Scores become weights; maxima and sums go on. */
function softmaxEight(scores: usize, end: usize, states: usize): void {
  const beforeA = v128.load(states);
  const beforeB = v128.load(states, VECTOR);
  let maxA = beforeA;
  let maxB = beforeB;
  for (let at = scores; at < end; at += SCORE_ROW) {
    maxA = f32x4.pmax(maxA, v128.load(at));
    maxB = f32x4.pmax(maxB, v128.load(at, VECTOR));
  }
  const factorsA = expTo88(f32x4.sub(beforeA, maxA));
  const factorsB = expTo88(f32x4.sub(beforeB, maxB));
  let sumA = f32x4.mul(v128.load(states, SUMS), factorsA);
  let sumB = f32x4.mul(v128.load(states, SUMS + VECTOR), factorsB);
  for (let at = scores; at < end; at += SCORE_ROW) {
    const a = expTo88(f32x4.sub(v128.load(at), maxA));
    const b = expTo88(f32x4.sub(v128.load(at, VECTOR), maxB));
    v128.store(at, a);
    v128.store(at, b, VECTOR);
    sumA = f32x4.add(sumA, a);
    sumB = f32x4.add(sumB, b);
  }
  v128.store(states, maxA);
  v128.store(states, maxB, VECTOR);
  v128.store(states, sumA, SUMS);
  v128.store(states, sumB, SUMS + VECTOR);
  v128.store(states, factorsA, FACTORS);
  v128.store(states, factorsB, FACTORS + VECTOR);
}

/** States of eight queries that have seen nothing yet. */
export function startEight(states: usize): void {
  const lowest = f32x4.splat(-f32.POSITIVE_INFINITY);
  const none = f32x4.splat(0);
  v128.store(states, lowest);
  v128.store(states, lowest, VECTOR);
  v128.store(states, none, SUMS);
  v128.store(states, none, SUMS + VECTOR);
}

/**
 * Weights of a block's `count` keys for eight queries, of which the last sees `seen` and the first
 * all up to key number `limit`.
 */
export function weighEight(
  q: usize,
  keys: usize,
  headDim: usize,
  scale: f32,
  count: usize,
  seen: usize,
  limit: i32,
  step: i32,
  scores: usize,
  states: usize,
): void {
  for (let key: usize = 0; key < seen; key += KEYS) {
    const at = keys + key * headDim * 4;
    scoreTile(q, at, headDim * 4, f32x4.splat(scale), scores + key * SCORE_ROW);
  }
  maskEight(scores, max(limit + 1, 0), <i32>seen, limit, step);
  const end = scores + seen * SCORE_ROW;
  if (seen > 0) softmaxEight(scores, end, states);
  else {
    v128.store(states, f32x4.splat(1), FACTORS);
    v128.store(states, f32x4.splat(1), FACTORS + VECTOR);
  }
  const none = f32x4.splat(0);
  for (let at = end; at < scores + count * SCORE_ROW; at += SCORE_ROW) {
    v128.store(at, none);
    v128.store(at, none, VECTOR);
  }
}
