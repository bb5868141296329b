/**
 * Products of int8 rows with packed weights. Rows go in groups of 64, so that a panel is read from
 * the cache by all but the first four, and nibbles are taken apart once for all of a large group; in a
 * group four rows at a time meet the columns of a panel. A row that is left alone has a path of its
 * own, of the same operations in the same order.
 */

import {
  Bytes,
  Midpoint,
  Nibbles,
  Unpacked,
  ZeroPoints,
  isBytes,
  stepOf,
  unpackPanel,
} from './blocks';
import { tile1 } from './tile1';
import { tile4 } from './tile4';

const ROW_GROUP: usize = 64;
const PANEL: usize = 8;

/** Inputs that share a scale of the activations, rows that are stored together; as in ../layout.ts. */
const MAX_BLOCK: usize = 32;
const TILE: usize = 4;

/** Rows of a group for which it pays to take nibbles apart, and inputs there is room for. */
const LEAST_UNPACKED: usize = 24;
const MOST_UNPACKED: usize = 4096;

/** What totals start from: the bias, and what is in `out` where that is added to. */
function startTotals(
  totals: usize,
  rows: usize,
  columns: usize,
  bias: usize,
  out: usize,
  outStride: usize,
  accumulate: bool,
): void {
  const size = columns * 4;
  for (let row: usize = 0; row < rows; row++) {
    if (bias === 0) memory.fill(totals, 0, size);
    else memory.copy(totals, bias, size);
    if (accumulate) {
      for (let c: usize = 0; c < size; c += 4) {
        store<f32>(totals + c, load<f32>(totals + c) + load<f32>(out + c));
      }
    }
    totals += PANEL * 4;
    out += outStride * 4;
  }
}

/** As startTotals, for whole panels. */
function startPanel(
  totals: usize,
  rows: usize,
  bias: usize,
  out: usize,
  outStride: usize,
  accumulate: bool,
): void {
  const base = bias === 0 ? f32x4.splat(0) : v128.load(bias);
  const base2 = bias === 0 ? f32x4.splat(0) : v128.load(bias, 16);
  for (let row: usize = 0; row < rows; row++) {
    v128.store(totals, accumulate ? f32x4.add(base, v128.load(out)) : base);
    v128.store(totals, accumulate ? f32x4.add(base2, v128.load(out, 16)) : base2, 16);
    totals += PANEL * 4;
    out += outStride * 4;
  }
}

function storeTotals(
  totals: usize,
  rows: usize,
  columns: usize,
  out: usize,
  outStride: usize,
): void {
  for (let row: usize = 0; row < rows; row++) {
    if (columns === PANEL) {
      v128.store(out, v128.load(totals));
      v128.store(out, v128.load(totals, 16), 16);
    } else memory.copy(out, totals, columns * 4);
    totals += PANEL * 4;
    out += outStride * 4;
  }
}

/** Up to four rows against a panel; at 8 bits that is two halves of 4 columns. */
// @ts-ignore: decorator
@inline
function tile<B, Z>(
  rows: usize,
  q: usize,
  aScales: usize,
  aStarts: usize,
  blocks: usize,
  block: usize,
  w: usize,
  s: usize,
  z: usize,
  shift: usize,
  totals: usize,
): void {
  if (rows === 1) {
    tile1<B, Z>(q, aScales, aStarts, blocks, block, w, s, z, shift, totals);
    if (!isBytes<B>()) return;
    tile1<B, Z>(q, aScales, aStarts, blocks, block, w + 16, s + 16, z + 4, shift, totals + 16);
  } else {
    tile4<B, Z>(q, aScales, aStarts, blocks, block, w, s, z, shift, totals);
    if (!isBytes<B>()) return;
    tile4<B, Z>(q, aScales, aStarts, blocks, block, w + 16, s + 16, z + 4, shift, totals + 16);
  }
}

function product<B, Z>(
  q: usize,
  aScales: usize,
  aStarts: usize,
  rows: usize,
  k: usize,
  block: usize,
  weights: usize,
  wScales: usize,
  zeros: usize,
  bias: usize,
  n: usize,
  out: usize,
  outStride: usize,
  accumulate: bool,
  panelFrom: usize,
  panelTo: usize,
  totals: usize,
): void {
  const aBlock = min<usize>(block, MAX_BLOCK);
  const shift = ctz(block / aBlock);
  const blocks = k / aBlock;
  const perPanel = (k / block) * PANEL;
  const unpacked = totals + TILE * PANEL * 4;
  for (let group: usize = 0; group < rows; group += ROW_GROUP) {
    const end = min(group + ROW_GROUP, rows);
    const apart = !isBytes<B>() && end - group >= LEAST_UNPACKED && k <= MOST_UNPACKED;
    for (let panel = panelFrom; panel < panelTo; panel++) {
      const column = panel * PANEL;
      const columns = min(n - column, PANEL);
      const w = weights + panel * (k / 4) * stepOf<B>();
      const s = wScales + panel * perPanel * 4;
      const z = zeros + panel * perPanel;
      const b = bias === 0 ? <usize>0 : bias + column * 4;
      if (apart) unpackPanel(w, k, unpacked);
      for (let row = group; row < end; row += TILE) {
        const a = q + row * k;
        const aAt = row * blocks * 4;
        const o = out + (row * outStride + column) * 4;
        const count = min(end - row, TILE);
        if (columns === PANEL) startPanel(totals, count, b, o, outStride, accumulate);
        else startTotals(totals, count, columns, b, o, outStride, accumulate);
        // prettier-ignore
        if (apart) tile<Unpacked, Z>(count, a, aScales + aAt, aStarts + aAt, blocks, aBlock, unpacked, s, z, shift, totals);
        else tile<B, Z>(count, a, aScales + aAt, aStarts + aAt, blocks, aBlock, w, s, z, shift, totals);
        storeTotals(totals, count, columns, o, outStride);
      }
    }
  }
}

export function matmul(
  bits: i32,
  q: usize,
  aScales: usize,
  aStarts: usize,
  rows: usize,
  k: usize,
  block: usize,
  weights: usize,
  wScales: usize,
  zeros: usize,
  bias: usize,
  n: usize,
  out: usize,
  outStride: usize,
  accumulate: bool,
  panelFrom: usize,
  panelTo: usize,
  totals: usize,
): void {
  // prettier-ignore
  if (bits === 4) {
    if (zeros === 0) product<Nibbles, Midpoint>(q, aScales, aStarts, rows, k, block, weights, wScales, zeros, bias, n, out, outStride, accumulate, panelFrom, panelTo, totals);
    else product<Nibbles, ZeroPoints>(q, aScales, aStarts, rows, k, block, weights, wScales, zeros, bias, n, out, outStride, accumulate, panelFrom, panelTo, totals);
  } else {
    if (zeros === 0) product<Bytes, Midpoint>(q, aScales, aStarts, rows, k, block, weights, wScales, zeros, bias, n, out, outStride, accumulate, panelFrom, panelTo, totals);
    else product<Bytes, ZeroPoints>(q, aScales, aStarts, rows, k, block, weights, wScales, zeros, bias, n, out, outStride, accumulate, panelFrom, panelTo, totals);
  }
}
