import {
  centredBytes,
  centredNibbles,
  highOf,
  isBytes,
  lowOf,
  magic,
  nibbleMask,
  startOf,
  stepOf,
  zeroFactors,
} from './blocks';
import { dot, madd } from './simd';

/** Adds a block of one row to its totals. */
// @ts-ignore: decorator
@inline
function addBlock<B, Z>(
  totals: usize,
  low: v128,
  high: v128,
  scale: v128,
  start: v128,
  base: v128,
  wLow: v128,
  wHigh: v128,
  zLow: v128,
  zHigh: v128,
): void {
  const first = isBytes<B>()
    ? centredBytes<Z>(low, high, start, base, zLow)
    : centredNibbles<Z>(low, start, base, zLow);
  v128.store(totals, madd(first, f32x4.mul(scale, wLow), v128.load(totals)));
  if (isBytes<B>()) return;
  const second = centredNibbles<Z>(high, start, base, zHigh);
  v128.store(totals, madd(second, f32x4.mul(scale, wHigh), v128.load(totals, 16)), 16);
}

/**
 * The products of four rows with 8 columns of nibbles, or 4 of bytes, into four times 8 floats at
 * `totals`, which start from what is there. As locals they would make V8 spill sums of the inner
 * loop, each turn of which has to wait for the last.
 */
export function tile4<B, Z>(
  q: usize,
  aScales: usize,
  aStarts: usize,
  blocks: usize,
  block: usize,
  weights: usize,
  wScales: usize,
  zeros: usize,
  shift: usize,
  totals: usize,
): void {
  const nibble = nibbleMask();
  for (let b: usize = 0; b < blocks; b++) {
    let high0 = v128.load32_splat(aStarts);
    let high1 = v128.load32_splat(aStarts, 4);
    let high2 = v128.load32_splat(aStarts, 8);
    let high3 = v128.load32_splat(aStarts, 12);
    let low0 = startOf<B>(high0);
    let low1 = startOf<B>(high1);
    let low2 = startOf<B>(high2);
    let low3 = startOf<B>(high3);
    // Rolled on purpose: V8 unrolls as far as its registers go.
    for (const end = q + block * 4; q < end; q += 16) {
      const low = lowOf<B>(weights, nibble);
      const high = highOf<B>(weights, nibble);
      let a = v128.load32_splat(q);
      low0 = dot(a, low, low0);
      high0 = dot(a, high, high0);
      a = v128.load32_splat(q, 4);
      low1 = dot(a, low, low1);
      high1 = dot(a, high, high1);
      a = v128.load32_splat(q, 8);
      low2 = dot(a, low, low2);
      high2 = dot(a, high, high2);
      a = v128.load32_splat(q, 12);
      low3 = dot(a, low, low3);
      high3 = dot(a, high, high3);
      weights += stepOf<B>();
    }
    const at = (b >> shift) * 8;
    const wl = v128.load(wScales + at * 4);
    const wh = isBytes<B>() ? wl : v128.load(wScales + at * 4, 16);
    const zl = zeroFactors<B, Z>(zeros + at);
    const zh = isBytes<B>() ? zl : zeroFactors<B, Z>(zeros + at + 4);
    const base = magic();
    let start = v128.load32_splat(aStarts);
    let scale = v128.load32_splat(aScales);
    addBlock<B, Z>(totals, low0, high0, scale, start, base, wl, wh, zl, zh);
    start = v128.load32_splat(aStarts, 4);
    scale = v128.load32_splat(aScales, 4);
    addBlock<B, Z>(totals + 32, low1, high1, scale, start, base, wl, wh, zl, zh);
    start = v128.load32_splat(aStarts, 8);
    scale = v128.load32_splat(aScales, 8);
    addBlock<B, Z>(totals + 64, low2, high2, scale, start, base, wl, wh, zl, zh);
    start = v128.load32_splat(aStarts, 12);
    scale = v128.load32_splat(aScales, 12);
    addBlock<B, Z>(totals + 96, low3, high3, scale, start, base, wl, wh, zl, zh);
    aScales += 16;
    aStarts += 16;
  }
}
