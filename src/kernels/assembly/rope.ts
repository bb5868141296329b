import { inverseRms } from './norms';
import { madd } from './simd';

// @ts-ignore: decorator
@inline
function normalise(x: usize, width: usize, weight: usize, eps: f32): void {
  const factor = f32x4.splat(inverseRms(x, width, eps));
  for (let i: usize = 0; i < width * 4; i += 16) {
    v128.store(x + i, f32x4.mul(f32x4.mul(v128.load(x + i), factor), v128.load(weight + i)));
  }
}

// @ts-ignore: decorator
@inline
function rotate(x: usize, halfBytes: usize, cos: usize, sin: usize): void {
  for (let i: usize = 0; i < halfBytes; i += 16) {
    const a = v128.load(x + i);
    const b = v128.load(x + halfBytes + i);
    const c = v128.load(cos + i);
    const s = v128.load(sin + i);
    v128.store(x + i, madd(a, c, f32x4.neg(f32x4.mul(b, s))));
    v128.store(x + halfBytes + i, madd(b, c, f32x4.mul(a, s)));
  }
}

export function headNormRope(
  x: usize,
  stride: usize,
  rows: usize,
  heads: usize,
  headDim: usize,
  weight: usize,
  eps: f32,
  cos: usize,
  sin: usize,
  positions: usize,
): void {
  const halfBytes = headDim * 2;
  for (let row: usize = 0; row < rows; row++) {
    const angles = <usize>load<u32>(positions + row * 4) * halfBytes;
    for (let head: usize = 0; head < heads; head++) {
      const at = x + (row * stride + head * headDim) * 4;
      normalise(at, headDim, weight, eps);
      rotate(at, halfBytes, cos + angles, sin + angles);
    }
  }
}
