/**
 * Attention of one head: a tile of 64 queries meets a block of 32 keys and values, copied to scratch
 * (which puts rows of a prefix and of the sequence in one line, and out of each other's way in the
 * cache). In a tile four queries at a time: their scores of one key are one vector, so that maximum,
 * exponential and sum are the same operations for each, whatever the other three are.
 *
 * Scratch: keys, values, scores of four queries; maxima and sums of the tile's fours; its outputs.
 * The block and tile sizes are in attentionScratchBytes of ../layout.ts too.
 */

import { copyRows } from './rows';
import { exp, madd, sumsOfFour } from './simd';

const KEY_BLOCK: usize = 32;
const QUERY_TILE: usize = 64;
const VECTOR: usize = 16;

/** Scores of four queries for `count` keys (even), a vector for each key. */
// @ts-ignore: decorator
@inline
function scoreBlock(
  q0: usize,
  q1: usize,
  q2: usize,
  q3: usize,
  keys: usize,
  count: usize,
  bytes: usize,
  scale: v128,
  scores: usize,
): void {
  for (const end = scores + count * VECTOR; scores < end; scores += 2 * VECTOR) {
    const other = keys + bytes;
    let a0 = f32x4.splat(0);
    let a1 = a0;
    let a2 = a0;
    let a3 = a0;
    let b0 = a0;
    let b1 = a0;
    let b2 = a0;
    let b3 = a0;
    for (let i: usize = 0; i < bytes; i += VECTOR) {
      const a = v128.load(keys + i);
      const b = v128.load(other + i);
      let q = v128.load(q0 + i);
      a0 = madd(q, a, a0);
      b0 = madd(q, b, b0);
      q = v128.load(q1 + i);
      a1 = madd(q, a, a1);
      b1 = madd(q, b, b1);
      q = v128.load(q2 + i);
      a2 = madd(q, a, a2);
      b2 = madd(q, b, b2);
      q = v128.load(q3 + i);
      a3 = madd(q, a, a3);
      b3 = madd(q, b, b3);
    }
    v128.store(scores, f32x4.mul(sumsOfFour(a0, a1, a2, a3), scale));
    v128.store(scores, f32x4.mul(sumsOfFour(b0, b1, b2, b3), scale), VECTOR);
    keys = other + bytes;
  }
}

/** Keys from `first` on count only for queries whose limit (the last key they see) reaches them. */
// @ts-ignore: decorator
@inline
function maskBlock(scores: usize, count: usize, first: usize, limits: v128): void {
  const never = f32x4.splat(-f32.POSITIVE_INFINITY);
  for (let j: usize = 0; j < count; j++) {
    const at = scores + j * VECTOR;
    const hidden = i32x4.gt_s(i32x4.splat(<i32>(first + j)), limits);
    v128.store(at, v128.bitselect(never, v128.load(at), hidden));
  }
}

/**
 * Scores become weights; the running maxima and sums, two vectors at `state`, go on. Gives the
 * factors that what was summed before has to be multiplied by.
 */
// @ts-ignore: decorator
@inline
function softmaxBlock(scores: usize, count: usize, state: usize): v128 {
  const before = v128.load(state);
  let max = before;
  const end = scores + count * VECTOR;
  for (let at = scores; at < end; at += VECTOR) max = f32x4.pmax(max, v128.load(at));
  const factors = exp(f32x4.sub(before, max));
  let sum = f32x4.mul(v128.load(state, VECTOR), factors);
  for (let at = scores; at < end; at += VECTOR) {
    const weight = exp(f32x4.sub(v128.load(at), max));
    v128.store(at, weight);
    sum = f32x4.add(sum, weight);
  }
  v128.store(state, max);
  v128.store(state, sum, VECTOR);
  return factors;
}

/** out = out * factors + weights * values, for four rows of out and 8 dimensions at a time. */
// @ts-ignore: decorator
@inline
function mixBlock(
  weights: usize,
  count: usize,
  values: usize,
  bytes: usize,
  factors: v128,
  out: usize,
): void {
  const f0 = v128.shuffle<f32>(factors, factors, 0, 0, 0, 0);
  const f1 = v128.shuffle<f32>(factors, factors, 1, 1, 1, 1);
  const f2 = v128.shuffle<f32>(factors, factors, 2, 2, 2, 2);
  const f3 = v128.shuffle<f32>(factors, factors, 3, 3, 3, 3);
  const end = weights + count * VECTOR;
  for (let i: usize = 0; i < bytes; i += 2 * VECTOR) {
    const o0 = out + i;
    const o1 = o0 + bytes;
    const o2 = o1 + bytes;
    const o3 = o2 + bytes;
    let a0 = f32x4.mul(v128.load(o0), f0);
    let b0 = f32x4.mul(v128.load(o0, VECTOR), f0);
    let a1 = f32x4.mul(v128.load(o1), f1);
    let b1 = f32x4.mul(v128.load(o1, VECTOR), f1);
    let a2 = f32x4.mul(v128.load(o2), f2);
    let b2 = f32x4.mul(v128.load(o2, VECTOR), f2);
    let a3 = f32x4.mul(v128.load(o3), f3);
    let b3 = f32x4.mul(v128.load(o3, VECTOR), f3);
    let at = values + i;
    for (let w = weights; w < end; w += VECTOR) {
      const a = v128.load(at);
      const b = v128.load(at, VECTOR);
      let weight = v128.load32_splat(w);
      a0 = madd(weight, a, a0);
      b0 = madd(weight, b, b0);
      weight = v128.load32_splat(w, 4);
      a1 = madd(weight, a, a1);
      b1 = madd(weight, b, b1);
      weight = v128.load32_splat(w, 8);
      a2 = madd(weight, a, a2);
      b2 = madd(weight, b, b2);
      weight = v128.load32_splat(w, 12);
      a3 = madd(weight, a, a3);
      b3 = madd(weight, b, b3);
      at += bytes;
    }
    v128.store(o0, a0);
    v128.store(o0, b0, VECTOR);
    v128.store(o1, a1);
    v128.store(o1, b1, VECTOR);
    v128.store(o2, a2);
    v128.store(o2, b2, VECTOR);
    v128.store(o3, a3);
    v128.store(o3, b3, VECTOR);
  }
}

/** Copies rows [first, first + count) of the prefix and the sequence, counted through. */
// @ts-ignore: decorator
@inline
function gather(
  prefix: usize,
  prefixStride: usize,
  prefixCount: usize,
  own: usize,
  stride: usize,
  first: usize,
  count: usize,
  headDim: usize,
  to: usize,
): void {
  const kept = first < prefixCount ? min(count, prefixCount - first) : 0;
  copyRows(prefix + first * prefixStride * 4, prefixStride, kept, headDim, to);
  const from = first + kept - prefixCount;
  copyRows(own + from * stride * 4, stride, count - kept, headDim, to + kept * headDim * 4);
}

/** Divides the outputs by their sums and writes the rows of queries that exist. */
// @ts-ignore: decorator
@inline
function finish(
  totals: usize,
  state: usize,
  queries: usize,
  headDim: usize,
  out: usize,
  outStride: usize,
): void {
  for (let query: usize = 0; query < queries; query++) {
    const sum = load<f32>(state + (query >> 2) * (2 * VECTOR) + VECTOR + (query & 3) * 4);
    const share = f32x4.splat(<f32>1 / sum);
    for (let i: usize = 0; i < headDim * 4; i += VECTOR) {
      const total = v128.load(totals + query * headDim * 4 + i);
      v128.store(out + query * outStride * 4 + i, f32x4.mul(total, share));
    }
  }
}

/** One block of keys for all queries of a tile: the last key that query i sees is limit + i * step. */
function tileBlock(
  q: usize,
  qStride: usize,
  queries: usize,
  limit: i32,
  step: i32,
  first: usize,
  count: usize,
  headDim: usize,
  scale: f32,
  keys: usize,
  values: usize,
  scores: usize,
  states: usize,
  totals: usize,
): void {
  const bytes = headDim * 4;
  // An odd number of keys is made even with one that nobody sees, whose value is 0.
  const even = (count + 1) & ~1;
  for (let query: usize = 0; query < queries; query += 4) {
    const last = queries - query - 1;
    const lowest = limit + step * <i32>query;
    if (lowest + 3 * step < <i32>first) continue;
    const q0 = q + query * qStride * 4;
    scoreBlock(
      q0,
      q0 + min<usize>(last, 1) * qStride * 4,
      q0 + min<usize>(last, 2) * qStride * 4,
      q0 + min<usize>(last, 3) * qStride * 4,
      keys,
      even,
      bytes,
      f32x4.splat(scale),
      scores,
    );
    if (lowest < <i32>(first + even) - 1) {
      const limits = i32x4(lowest, lowest + step, lowest + 2 * step, lowest + 3 * step);
      maskBlock(scores, even, first, limits);
    }
    const factors = softmaxBlock(scores, even, states + (query >> 2) * (2 * VECTOR));
    mixBlock(scores, even, values, bytes, factors, totals + query * bytes);
  }
}

/** States and totals of as many queries, in whole fours. */
// @ts-ignore: decorator
@inline
function startTile(states: usize, totals: usize, queries: usize, headDim: usize): void {
  const fours = (queries + 3) >> 2;
  for (let i: usize = 0; i < fours; i++) {
    v128.store(states + i * 2 * VECTOR, f32x4.splat(-f32.POSITIVE_INFINITY));
    v128.store(states + i * 2 * VECTOR, f32x4.splat(0), VECTOR);
  }
  for (let i: usize = 0; i < fours * headDim * VECTOR; i += VECTOR) {
    v128.store(totals + i, f32x4.splat(0));
  }
}

export function attention(
  q: usize,
  qStride: usize,
  queries: usize,
  firstQuery: usize,
  prefixK: usize,
  prefixV: usize,
  prefixStride: usize,
  prefixCount: usize,
  k: usize,
  v: usize,
  kvStride: usize,
  keys: usize,
  headDim: usize,
  scale: f32,
  causal: bool,
  out: usize,
  outStride: usize,
  scratch: usize,
): void {
  const keyBlock = scratch;
  const valueBlock = keyBlock + KEY_BLOCK * headDim * 4;
  const scores = valueBlock + KEY_BLOCK * headDim * 4;
  const states = scores + KEY_BLOCK * VECTOR;
  const totals = states + (QUERY_TILE / 4) * (2 * VECTOR);
  const all = prefixCount + keys;
  for (let tile: usize = 0; tile < queries; tile += QUERY_TILE) {
    const count = min(queries - tile, QUERY_TILE);
    const limit = causal ? prefixCount + firstQuery + tile : all - 1;
    const step: usize = causal ? 1 : 0;
    const seen = min(all, limit + step * (count - 1) + 1);
    startTile(states, totals, count, headDim);
    for (let first: usize = 0; first < seen; first += KEY_BLOCK) {
      const here = min(seen - first, KEY_BLOCK);
      gather(
        prefixK, prefixStride, prefixCount, k, kvStride, first, here, headDim, keyBlock,
      );
      gather(
        prefixV, prefixStride, prefixCount, v, kvStride, first, here, headDim, valueBlock,
      );
      if (here & 1) memory.fill(valueBlock + here * headDim * 4, 0, headDim * 4);
      tileBlock(
        q + tile * qStride * 4, qStride, count, <i32>limit, <i32>step, first, here, headDim, scale,
        keyBlock, valueBlock, scores, states, totals,
      );
    }
    finish(totals, states, count, headDim, out + tile * outStride * 4, outStride);
  }
}
