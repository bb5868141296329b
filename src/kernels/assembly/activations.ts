import { exp, madd } from './simd';

export function swiglu(
  x: usize,
  stride: usize,
  rows: usize,
  width: usize,
  out: usize,
  outStride: usize,
): void {
  const one = f32x4.splat(1);
  for (let row: usize = 0; row < rows; row++) {
    for (let i: usize = 0; i < width * 4; i += 16) {
      const gate = v128.load(x + i);
      const up = v128.load(x + i + width * 4);
      const silu = f32x4.div(gate, f32x4.add(one, exp(f32x4.neg(gate))));
      v128.store(out + i, f32x4.mul(silu, up));
    }
    x += stride * 4;
    out += outStride * 4;
  }
}

/** 1 - erf(x) for x >= 0, within 1.5e-7 and rounding: Abramowitz and Stegun, 7.1.26. */
// @ts-ignore: decorator
@inline
function erfc(x: v128): v128 {
  const one = f32x4.splat(1);
  const t = f32x4.div(one, madd(x, f32x4.splat(0.3275911), one));
  let p = f32x4.splat(1.061405429);
  p = madd(p, t, f32x4.splat(-1.453152027));
  p = madd(p, t, f32x4.splat(1.421413741));
  p = madd(p, t, f32x4.splat(-0.284496736));
  p = madd(p, t, f32x4.splat(0.254829592));
  return f32x4.mul(f32x4.mul(p, t), exp(f32x4.neg(f32x4.mul(x, x))));
}

export function gelu(x: usize, stride: usize, rows: usize, width: usize): void {
  for (let row: usize = 0; row < rows; row++) {
    for (let i: usize = 0; i < width * 4; i += 16) {
      const value = v128.load(x + i);
      const tail = erfc(f32x4.mul(f32x4.abs(value), f32x4.splat(0.70710678118654752)));
      // x Phi(x) from the tail on either side, so that nothing cancels where Phi is small.
      const outer = f32x4.mul(f32x4.mul(value, f32x4.splat(0.5)), tail);
      const positive = f32x4.gt(value, f32x4.splat(0));
      v128.store(x + i, v128.bitselect(f32x4.sub(value, outer), outer, positive));
    }
    x += stride * 4;
  }
}
