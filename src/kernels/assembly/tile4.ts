import {
  centredBytes,
  centredNibbles,
  isBytes,
  magic,
  stepOf,
  zeroFactors,
} from './blocks';
import { dot, madd } from './simd';

/** Adds a block of one row to its totals at `out`. */
// @ts-ignore: decorator
@inline
function addBlock<B, Z>(
  out: usize,
  low: v128,
  high: v128,
  aScale: usize,
  aSum: usize,
  wLow: v128,
  wHigh: v128,
  zLow: v128,
  zHigh: v128,
): void {
  const sum = v128.load32_splat(aSum);
  const scale = v128.load32_splat(aScale);
  const first = isBytes<B>()
    ? centredBytes<Z>(low, high, sum, zLow)
    : centredNibbles<Z>(low, sum, zLow);
  v128.store(out, madd(first, f32x4.mul(scale, wLow), v128.load(out)));
  if (isBytes<B>()) return;
  const second = centredNibbles<Z>(high, sum, zHigh);
  v128.store(out, madd(second, f32x4.mul(scale, wHigh), v128.load(out, 16)), 16);
}

// @ts-ignore: decorator
@inline
function startVector(out: usize, bias: usize, accumulate: bool): void {
  const base = bias === 0 ? f32x4.splat(0) : v128.load(bias);
  v128.store(out, accumulate ? f32x4.add(base, v128.load(out)) : base);
}

// @ts-ignore: decorator
@inline
function startRow<B>(out: usize, bias: usize, accumulate: bool): void {
  startVector(out, bias, accumulate);
  if (!isBytes<B>()) startVector(out + 16, bias === 0 ? <usize>0 : bias + 16, accumulate);
}

/**
 * Four rows against 8 columns of nibbles, or 4 of bytes. Their totals stay in `out`: as locals they
 * would make V8 spill sums of the inner loop, each turn of which has to wait for the last.
 */
export function tile4<B, Z>(
  q: usize,
  k: usize,
  aScales: usize,
  aSums: usize,
  blocks: usize,
  block: usize,
  weights: usize,
  wScales: usize,
  zeros: usize,
  shift: usize,
  bias: usize,
  out: usize,
  outStride: usize,
  accumulate: bool,
): void {
  const nibble = i8x16.splat(15);
  const stride = blocks * 4;
  const out1 = out + outStride;
  const out2 = out1 + outStride;
  const out3 = out2 + outStride;
  startRow<B>(out, bias, accumulate);
  startRow<B>(out1, bias, accumulate);
  startRow<B>(out2, bias, accumulate);
  startRow<B>(out3, bias, accumulate);
  for (let b: usize = 0; b < blocks; b++) {
    let low0 = magic();
    let low1 = low0;
    let low2 = low0;
    let low3 = low0;
    let high0 = low0;
    let high1 = low0;
    let high2 = low0;
    let high3 = low0;
    // Rolled on purpose: unrolled by hand, V8 runs out of registers and is slower.
    for (const end = q + block; q < end; q += 4) {
      const w = v128.load(weights);
      const low = v128.and(w, nibble);
      const high = v128.and(i16x8.shr_u(w, 4), nibble);
      let a = v128.load32_splat(q);
      low0 = dot(a, low, low0);
      high0 = dot(a, high, high0);
      a = v128.load32_splat(q + k);
      low1 = dot(a, low, low1);
      high1 = dot(a, high, high1);
      a = v128.load32_splat(q + 2 * k);
      low2 = dot(a, low, low2);
      high2 = dot(a, high, high2);
      a = v128.load32_splat(q + 3 * k);
      low3 = dot(a, low, low3);
      high3 = dot(a, high, high3);
      weights += stepOf<B>();
    }
    const at = (b >> shift) * 8;
    const wl = v128.load(wScales + at * 4);
    const wh = isBytes<B>() ? wl : v128.load(wScales + at * 4, 16);
    const zl = zeroFactors<Z>(zeros + at);
    const zh = isBytes<B>() ? zl : zeroFactors<Z>(zeros + at + 4);
    const s1: usize = stride;
    const s2: usize = 2 * stride;
    const s3: usize = 3 * stride;
    addBlock<B, Z>(out, low0, high0, aScales, aSums, wl, wh, zl, zh);
    addBlock<B, Z>(out1, low1, high1, aScales + s1, aSums + s1, wl, wh, zl, zh);
    addBlock<B, Z>(out2, low2, high2, aScales + s2, aSums + s2, wl, wh, zl, zh);
    addBlock<B, Z>(out3, low3, high3, aScales + s3, aSums + s3, wl, wh, zl, zh);
    aScales += 4;
    aSums += 4;
  }
}
