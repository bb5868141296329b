/**
 * Products of int8 rows with packed weights. Rows go in groups of 64, so that a panel is read from
 * the cache by all but the first four; in a group four rows at a time meet the columns of a panel,
 * then what is left one by one. Both do the same operations in the same order.
 */

import { Bytes, Midpoint, Nibbles, ZeroPoints, isBytes, stepOf } from './blocks';
import { tile1 } from './tile1';
import { tile4 } from './tile4';

const ROW_GROUP: usize = 64;
const PANEL: usize = 8;

/** Inputs that share a scale of the activations; the same as in ../layout.ts. */
const MAX_BLOCK: usize = 32;

/** At 8 bits a panel is taken as two halves of 4 columns, so that four inputs are 16 bytes too. */
function product<B, Z>(
  q: usize,
  aScales: usize,
  aSums: usize,
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
): void {
  const aBlock = min<usize>(block, MAX_BLOCK);
  const shift = ctz(block / aBlock);
  const blocks = k / aBlock;
  const perPanel = (k / block) * PANEL;
  const width: usize = isBytes<B>() ? 4 : PANEL;
  const to = min(panelTo * PANEL, n);
  for (let group: usize = 0; group < rows; group += ROW_GROUP) {
    const end = min(group + ROW_GROUP, rows);
    for (let column = panelFrom * PANEL; column < to; column += width) {
      const columns = min(to - column, width);
      const panel = column / PANEL;
      const inPanel = column % PANEL;
      const w = weights + panel * (k / 4) * stepOf<B>() + inPanel * 4;
      const at = panel * perPanel + inPanel;
      const s = wScales + at * 4;
      const z = zeros + at;
      const b = bias === 0 ? <usize>0 : bias + column * 4;
      let a = q + group * k;
      let aAt = group * blocks * 4;
      let o = out + (group * outStride + column) * 4;
      let left = end - group;
      for (; left >= 4 && columns === width; left -= 4) {
        tile4<B, Z>(
          a,
          k,
          aScales + aAt,
          aSums + aAt,
          blocks,
          aBlock,
          w,
          s,
          z,
          shift,
          b,
          o,
          outStride * 4,
          accumulate,
        );
        a += 4 * k;
        aAt += 16 * blocks;
        o += 16 * outStride;
      }
      for (; left > 0; left--) {
        tile1<B, Z>(
          a,
          aScales + aAt,
          aSums + aAt,
          blocks,
          aBlock,
          w,
          s,
          z,
          shift,
          b,
          o,
          accumulate,
          columns,
        );
        a += k;
        aAt += 4 * blocks;
        o += 4 * outStride;
      }
    }
  }
}

export function matmul(
  bits: i32,
  q: usize,
  aScales: usize,
  aSums: usize,
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
): void {
  // prettier-ignore
  if (bits === 4) {
    if (zeros === 0) product<Nibbles, Midpoint>(q, aScales, aSums, rows, k, block, weights, wScales, zeros, bias, n, out, outStride, accumulate, panelFrom, panelTo);
    else product<Nibbles, ZeroPoints>(q, aScales, aSums, rows, k, block, weights, wScales, zeros, bias, n, out, outStride, accumulate, panelFrom, panelTo);
  } else {
    if (zeros === 0) product<Bytes, Midpoint>(q, aScales, aSums, rows, k, block, weights, wScales, zeros, bias, n, out, outStride, accumulate, panelFrom, panelTo);
    else product<Bytes, ZeroPoints>(q, aScales, aSums, rows, k, block, weights, wScales, zeros, bias, n, out, outStride, accumulate, panelFrom, panelTo);
  }
}
