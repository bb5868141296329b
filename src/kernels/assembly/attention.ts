/**
 * Attention of one head: a tile of 144 queries meets a block of 72 keys and values, copied to scratch
 * (which puts rows of a prefix and of the sequence in one line, and out of each other's way in the
 * cache). What a row adds up, and in which order, is the same whatever other rows are in its tile: a
 * key that it does not see has a weight of 0.
 *
 * Scratch: queries [144 / 8][headDim][8]; keys [72][headDim]; values [headDim / 8][72][8]; scores and
 * states (see attention-scores.ts); totals [headDim / 8][144][8]. The block and tile sizes are in
 * attentionScratchBytes of ../layout.ts too.
 */

import { mixTile } from './attention-mix';
import {
  FACTORS,
  QUERY_TILE,
  SCORE_ROW,
  SUMS,
  packEight,
  startEight,
  weighEight,
} from './attention-scores';
import { copyRows } from './rows';

/** Whole sixes (see attention-scores.ts). */
const KEY_BLOCK: usize = 72;
const VECTOR: usize = 16;
/** Eight floats, in bytes. */
const EIGHT: usize = 32;

/** Rows as [width / 8][KEY_BLOCK][8]. */
function packValues(x: usize, stride: usize, rows: usize, width: usize, to: usize): void {
  for (let row: usize = 0; row < rows; row++) {
    let at = to;
    for (let i: usize = 0; i < width * 4; i += EIGHT) {
      v128.store(at, v128.load(x + i));
      v128.store(at, v128.load(x + i, VECTOR), VECTOR);
      at += KEY_BLOCK * EIGHT;
    }
    x += stride * 4;
    to += EIGHT;
  }
}

/** Copies keys and values [first, first + count) of the prefix and the sequence, counted through. */
// @ts-ignore: decorator
@inline
function gather(
  prefixK: usize,
  prefixV: usize,
  prefixStride: usize,
  prefixCount: usize,
  k: usize,
  v: usize,
  stride: usize,
  first: usize,
  count: usize,
  headDim: usize,
  keys: usize,
  values: usize,
): void {
  const kept = first < prefixCount ? min(count, prefixCount - first) : 0;
  const skipped = first * prefixStride * 4;
  copyRows(prefixK + skipped, prefixStride, kept, headDim, keys);
  packValues(prefixV + skipped, prefixStride, kept, headDim, values);
  const from = (first + kept - prefixCount) * stride * 4;
  copyRows(k + from, stride, count - kept, headDim, keys + kept * headDim * 4);
  packValues(v + from, stride, count - kept, headDim, values + kept * EIGHT);
}

/** Rows that are computed where the values of six are mixed at a time. */
// @ts-ignore: decorator
@inline
function inSixes(rows: usize): usize {
  return ((rows + 5) / 6) * 6;
}

/** Queries, states and totals of a tile. */
// @ts-ignore: decorator
@inline
function startTile(
  q: usize,
  qStride: usize,
  count: usize,
  headDim: usize,
  queries: usize,
  states: usize,
  totals: usize,
): void {
  for (let query: usize = 0; query < count; query += 8) {
    const to = queries + query * headDim * 4;
    packEight(q + query * qStride * 4, qStride, count - query, headDim, to);
    startEight(states + query * 4);
  }
  for (let column: usize = 0; column < headDim; column += 8) {
    memory.fill(totals + column * QUERY_TILE * 4, 0, inSixes(count) * EIGHT);
  }
}

/** Keys of a block that a query sees, the last of all of which is number `limit` from its first. */
// @ts-ignore: decorator
@inline
function seenOf(limit: i32, count: usize): usize {
  return <usize>max(0, min(limit + 1, <i32>count));
}

/** One block of keys for all queries of a tile: the last key that query i sees is limit + i * step. */
// @ts-ignore: decorator
@inline
function tileBlock(
  queries: usize,
  rows: usize,
  limit: i32,
  step: i32,
  keys: usize,
  values: usize,
  count: usize,
  headDim: usize,
  scale: f32,
  scores: usize,
  states: usize,
  totals: usize,
): void {
  const sixes = inSixes(rows);
  for (let query: usize = 0; query < sixes; query += 8) {
    const lowest = limit + step * <i32>query;
    // Of those past the last query only their share of a six is read.
    const seen = query < rows ? seenOf(lowest + 7 * step, count) : 0;
    const q = queries + query * headDim * 4;
    const at = query * 4;
    // prettier-ignore
    weighEight(q, keys, headDim, scale, count, seen, lowest, step, scores + at, states + at);
  }
  for (let column: usize = 0; column < headDim; column += 8) {
    for (let query: usize = 0; query < sixes; query += 6) {
      const seen = seenOf(limit + step * <i32>(query + 5), count);
      if (seen === 0) continue;
      const factors = states + FACTORS + query * 4;
      const into = totals + (column * QUERY_TILE + query * 8) * 4;
      mixTile(scores + query * 4, seen, values + column * KEY_BLOCK * 4, factors, into);
    }
  }
}

/** Divides the totals by their sums and writes the rows of queries that exist. */
// @ts-ignore: decorator
@inline
function finishTile(
  totals: usize,
  states: usize,
  rows: usize,
  headDim: usize,
  out: usize,
  outStride: usize,
): void {
  for (let row: usize = 0; row < rows; row++) {
    const share = f32x4.splat(<f32>1 / load<f32>(states + SUMS + row * 4));
    let at = totals + row * EIGHT;
    for (let i: usize = 0; i < headDim * 4; i += EIGHT) {
      v128.store(out + i, f32x4.mul(v128.load(at), share));
      v128.store(out + i, f32x4.mul(v128.load(at, VECTOR), share), VECTOR);
      at += QUERY_TILE * EIGHT;
    }
    out += outStride * 4;
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
  const tileQueries = scratch;
  const keyBlock = tileQueries + QUERY_TILE * headDim * 4;
  const valueBlock = keyBlock + KEY_BLOCK * headDim * 4;
  const scores = valueBlock + KEY_BLOCK * headDim * 4;
  const states = scores + KEY_BLOCK * SCORE_ROW;
  const totals = states + 3 * SCORE_ROW;
  const all = prefixCount + keys;
  const step: usize = causal ? 1 : 0;
  for (let tile: usize = 0; tile < queries; tile += QUERY_TILE) {
    const rows = min(queries - tile, QUERY_TILE);
    const limit = causal ? prefixCount + firstQuery + tile : all - 1;
    const seen = min(all, limit + step * (rows - 1) + 1);
    // prettier-ignore
    startTile(q + tile * qStride * 4, qStride, rows, headDim, tileQueries, states, totals);
    for (let first: usize = 0; first < seen; first += KEY_BLOCK) {
      const count = min(seen - first, KEY_BLOCK);
      // prettier-ignore
      gather(prefixK, prefixV, prefixStride, prefixCount, k, v, kvStride, first, count, headDim, keyBlock, valueBlock);
      // prettier-ignore
      tileBlock(tileQueries, rows, <i32>limit - <i32>first, <i32>step, keyBlock, valueBlock, count, headDim, scale, scores, states, totals);
    }
    finishTile(totals, states, rows, headDim, out + tile * outStride * 4, outStride);
  }
}
