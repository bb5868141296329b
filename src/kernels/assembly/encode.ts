/** Rows as sign bits and int8, with what corrects for both. */

import { factorOf, maxMagnitude, maxOfLanes, rounded, scaleOf } from './quantize';
import { codesOffset, factorsOf, placeOf, segmentOf } from './segments';
import { sumOfLanes } from './simd';

export function centreRows(
  x: usize,
  rows: usize,
  dimensions: usize,
  width: usize,
  mean: usize,
  out: usize,
  segments: usize,
  first: usize,
): void {
  for (let row = first; row < first + rows; row++) {
    let sums = f32x4.splat(0);
    const whole = (dimensions & ~3) * 4;
    for (let i: usize = 0; i < whole; i += 16) {
      const value = v128.load(x + i);
      const centre = v128.load(mean + i);
      sums = f32x4.add(sums, f32x4.mul(value, centre));
      v128.store(out + i, f32x4.sub(value, centre));
    }
    let bias = sumOfLanes(sums);
    memory.fill(out + whole, 0, width * 4 - whole);
    for (let i = whole; i < dimensions * 4; i += 4) {
      const value = load<f32>(x + i);
      bias += value * load<f32>(mean + i);
      store<f32>(out + i, value - load<f32>(mean + i));
    }
    store<f32>(factorsOf(segmentOf(segments, width, row), width, placeOf(row)), bias, 12);
    x += dimensions * 4;
    out += width * 4;
  }
}

/** Sign bits of 32 values. */
// @ts-ignore: decorator
@inline
export function signsOf(at: usize): u32 {
  const a = i16x8.narrow_i32x4_s(v128.load(at), v128.load(at, 16));
  const b = i16x8.narrow_i32x4_s(v128.load(at, 32), v128.load(at, 48));
  const c = i16x8.narrow_i32x4_s(v128.load(at, 64), v128.load(at, 80));
  const d = i16x8.narrow_i32x4_s(v128.load(at, 96), v128.load(at, 112));
  const low = i8x16.bitmask(i8x16.narrow_i16x8_s(a, b));
  return low | (i8x16.bitmask(i8x16.narrow_i16x8_s(c, d)) << 16);
}

/** Four values as integers; adds what rounding took away, squared, to a sum. */
// @ts-ignore: decorator
@inline
export function lost(x: v128, q: v128, scale: v128, squares: v128): v128 {
  const left = f32x4.sub(x, f32x4.mul(f32x4.convert_i32x4_s(q), scale));
  return f32x4.add(squares, f32x4.mul(left, left));
}

export function largestOf(at: usize, bytes: usize): v128 {
  let max = i32x4.splat(0);
  for (const end = at + bytes; at < end; at += 16) max = maxMagnitude(max, v128.load(at));
  return maxOfLanes(max);
}

// @ts-ignore: decorator
@inline
export function squaresOf(at: usize, bytes: usize): v128 {
  let squares = f32x4.splat(0);
  for (const end = at + bytes; at < end; at += 16) {
    const x = v128.load(at);
    squares = f32x4.add(squares, f32x4.mul(x, x));
  }
  return squares;
}

/** int8 values of one row, its scale, their sum and what rounding took away. */
function encodeBytes(y: usize, width: usize, codes: usize, factors: usize): void {
  const largest = largestOf(y, width * 4);
  const scale = scaleOf(largest);
  const factor = factorOf(largest);
  const ones = i16x8.splat(1);
  let sum = i32x4.splat(0);
  let squares = f32x4.splat(0);
  for (const end = codes + width; codes < end; codes += 16) {
    const x0 = v128.load(y);
    const x1 = v128.load(y, 16);
    const x2 = v128.load(y, 32);
    const x3 = v128.load(y, 48);
    const q0 = rounded(x0, factor);
    const q1 = rounded(x1, factor);
    const q2 = rounded(x2, factor);
    const q3 = rounded(x3, factor);
    squares = lost(x0, q0, scale, squares);
    squares = lost(x1, q1, scale, squares);
    squares = lost(x2, q2, scale, squares);
    squares = lost(x3, q3, scale, squares);
    const a = i16x8.narrow_i32x4_s(q0, q1);
    const b = i16x8.narrow_i32x4_s(q2, q3);
    sum = i32x4.add(sum, i32x4.dot_i16x8_s(i16x8.add(a, b), ones));
    v128.store(codes, i8x16.narrow_i16x8_s(a, b));
    y += 64;
  }
  sum = i32x4.add(sum, v128.shuffle<i32>(sum, sum, 2, 3, 0, 1));
  v128.store_lane<f32>(factors, scale, 0);
  store<i32>(factors, i32x4.extract_lane(sum, 0) + i32x4.extract_lane(sum, 1), 4);
  store<f32>(factors, sqrt<f32>(sumOfLanes(squares)), 8);
}

export function encodeRows(
  y: usize,
  rows: usize,
  width: usize,
  segments: usize,
  first: usize,
  norms: usize,
): void {
  for (let row = first; row < first + rows; row++) {
    const segment = segmentOf(segments, width, row);
    const place = placeOf(row);
    const bits = segment + (place * width) / 8;
    for (let i: usize = 0; i < width; i += 32) store<u32>(bits + i / 8, signsOf(y + i * 4));
    const codes = segment + codesOffset(width) + place * width;
    encodeBytes(y, width, codes, factorsOf(segment, width, place));
    store<f32>(norms, sqrt<f32>(sumOfLanes(squaresOf(y, width * 4))));
    norms += 4;
    y += width * 4;
  }
}
