/** Float weights as 8-bit blocks of 32: a panel of 8 outputs at a time, a block of inputs at a time. */

import { widen, widenOne } from './half';
import { factorOf, maxMagnitude, maxOfLanes, rounded, scaleOf } from './quantize';

const PANEL: usize = 8;
const BLOCK: usize = 32;

/** Four weights of one input side by side; those past `count` are 0. */
// @ts-ignore: decorator
@inline
function loadOutputs(at: usize, half: bool, count: usize): v128 {
  if (count >= 4) return half ? widen(at) : v128.load(at);
  let values = f32x4.splat(0);
  if (count > 0) values = f32x4.replace_lane(values, 0, half ? widenOne(at) : load<f32>(at));
  if (count > 1) values = f32x4.replace_lane(values, 1, half ? widenOne(at + 2) : load<f32>(at, 4));
  if (count > 2) values = f32x4.replace_lane(values, 2, half ? widenOne(at + 4) : load<f32>(at, 8));
  return values;
}

/** 128 + four weights as multiples of their scales. */
// @ts-ignore: decorator
@inline
function quantized(weights: v128, factor: v128): v128 {
  const whole = i32x4.add(rounded(weights, factor), i32x4.splat(128));
  return i32x4.max_s(i32x4.min_s(whole, i32x4.splat(255)), i32x4.splat(1));
}

/** A block of four outputs of a weight stored by inputs, which lie `step` bytes apart. */
function blockByInputs(
  at: usize,
  half: bool,
  step: usize,
  count: usize,
  out: usize,
  scales: usize,
): void {
  let largest = f32x4.splat(0);
  for (let i: usize = 0; i < BLOCK; i++) {
    largest = maxMagnitude(largest, loadOutputs(at + i * step, half, count));
  }
  v128.store(scales, scaleOf(largest));
  const factor = factorOf(largest);
  for (let i: usize = 0; i < BLOCK; i += 4) {
    const from = at + i * step;
    const a = quantized(loadOutputs(from, half, count), factor);
    const b = quantized(loadOutputs(from + step, half, count), factor);
    const c = quantized(loadOutputs(from + 2 * step, half, count), factor);
    const d = quantized(loadOutputs(from + 3 * step, half, count), factor);
    const ab = v128.or(a, i32x4.shl(b, 8));
    const cd = v128.or(i32x4.shl(c, 16), i32x4.shl(d, 24));
    v128.store(out + i * 8, v128.or(ab, cd));
  }
}

// @ts-ignore: decorator
@inline
function loadInputs(at: usize, half: bool, i: usize): v128 {
  return half ? widen(at + i * 2) : v128.load(at + i * 4);
}

/** A block of one output of a weight stored by outputs. */
function blockByOutput(at: usize, half: bool, out: usize, scale: usize): void {
  let largest = f32x4.splat(0);
  for (let i: usize = 0; i < BLOCK; i += 4) {
    largest = maxMagnitude(largest, loadInputs(at, half, i));
  }
  largest = maxOfLanes(largest);
  v128.store_lane<f32>(scale, scaleOf(largest), 0);
  const factor = factorOf(largest);
  for (let i: usize = 0; i < BLOCK; i += 4) {
    const whole = quantized(loadInputs(at, half, i), factor);
    const words = i16x8.narrow_i32x4_s(whole, whole);
    v128.store_lane<u32>(out + i * 8, i8x16.narrow_i16x8_u(words, words), 0);
  }
}

function emptyBlock(out: usize, scale: usize): void {
  store<f32>(scale, 0);
  for (let i: usize = 0; i < BLOCK; i += 4) store<u32>(out + i * 8, 0x80808080);
}

export function packDense(
  source: usize,
  half: bool,
  transposed: bool,
  n: usize,
  k: usize,
  totalK: usize,
  panelFrom: usize,
  panelTo: usize,
  out: usize,
  outScales: usize,
): void {
  const size: usize = half ? 2 : 4;
  for (let column = panelFrom * PANEL; column < panelTo * PANEL; column += 4) {
    const count = column < n ? n - column : 0;
    const inPanel = (column % PANEL) * 4;
    const panelAt = out + (column / PANEL) * totalK * PANEL + inPanel;
    const scalesAt = outScales + (column / PANEL) * totalK + inPanel;
    for (let i: usize = 0; i < k; i += BLOCK) {
      const to = panelAt + i * PANEL;
      const scales = scalesAt + i;
      if (transposed) {
        blockByInputs(source + (i * n + column) * size, half, n * size, count, to, scales);
        continue;
      }
      for (let c: usize = 0; c < 4; c++) {
        const row = source + ((column + c) * k + i) * size;
        if (c < count) blockByOutput(row, half, to + c * 4, scales + c * 4);
        else emptyBlock(to + c * 4, scales + c * 4);
      }
    }
  }
}
