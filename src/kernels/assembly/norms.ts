import { madd, sumOfLanes } from './simd';

/** 1 / sqrt(mean of squares + eps) of `width` floats. */
// @ts-ignore: decorator
@inline
export function inverseRms(x: usize, width: usize, eps: f32): f32 {
  let squares = f32x4.splat(0);
  for (let i: usize = 0; i < width * 4; i += 16) {
    const value = v128.load(x + i);
    squares = madd(value, value, squares);
  }
  return <f32>1 / sqrt<f32>(sumOfLanes(squares) / <f32>width + eps);
}

export function rmsNorm(
  x: usize,
  stride: usize,
  rows: usize,
  width: usize,
  weight: usize,
  eps: f32,
  out: usize,
  outStride: usize,
): void {
  for (let row: usize = 0; row < rows; row++) {
    const factor = f32x4.splat(inverseRms(x, width, eps));
    for (let i: usize = 0; i < width * 4; i += 16) {
      const scaled = f32x4.mul(v128.load(x + i), factor);
      v128.store(out + i, f32x4.mul(scaled, v128.load(weight + i)));
    }
    x += stride * 4;
    out += outStride * 4;
  }
}

// @ts-ignore: decorator
@inline
function meanOf(x: usize, width: usize): f32 {
  let sum = f32x4.splat(0);
  for (let i: usize = 0; i < width * 4; i += 16) sum = f32x4.add(sum, v128.load(x + i));
  return sumOfLanes(sum) / <f32>width;
}

// @ts-ignore: decorator
@inline
function varianceOf(x: usize, width: usize, mean: v128): f32 {
  let squares = f32x4.splat(0);
  for (let i: usize = 0; i < width * 4; i += 16) {
    const off = f32x4.sub(v128.load(x + i), mean);
    squares = madd(off, off, squares);
  }
  return sumOfLanes(squares) / <f32>width;
}

export function layerNorm(
  x: usize,
  stride: usize,
  rows: usize,
  width: usize,
  weight: usize,
  bias: usize,
  eps: f32,
  out: usize,
  outStride: usize,
): void {
  for (let row: usize = 0; row < rows; row++) {
    const mean = f32x4.splat(meanOf(x, width));
    const factor = f32x4.splat(<f32>1 / sqrt<f32>(varianceOf(x, width, mean) + eps));
    for (let i: usize = 0; i < width * 4; i += 16) {
      const scaled = f32x4.mul(f32x4.sub(v128.load(x + i), mean), factor);
      v128.store(out + i, madd(scaled, v128.load(weight + i), v128.load(bias + i)));
    }
    x += stride * 4;
    out += outStride * 4;
  }
}
