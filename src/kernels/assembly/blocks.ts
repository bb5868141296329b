/**
 * How the int32 sums of one block become float32.
 *
 * They start from the bits of MAGIC, 1.5 * 2^23, whose unit in the last place is 1: read as a float,
 * such an int32 is MAGIC + sum exactly, and subtracting costs less than converting. quantizeRows
 * gives the sums of activations as MAGIC + 8 * sum, so that subtracting those instead takes the
 * midpoint of 4 bits off as well. All of this is exact: the integers stay below 2^22.
 *
 * AssemblyScript has no constant parameters, so types stand in for them, and each combination
 * becomes a function without branches: B is the width of a weight, Z says where zero points are.
 */

import { madd } from './simd';

/** B: low and high nibbles are columns of their own, or halves of one byte. */
export type Nibbles = u16;
export type Bytes = u8;

/** Z: at the midpoint, or one for each block and column. */
export type Midpoint = u16;
export type ZeroPoints = u8;

// @ts-ignore: decorator
@inline
export function isBytes<B>(): bool {
  return sizeof<B>() === sizeof<Bytes>();
}

/** Bytes of a panel's weights of four inputs; 16 of them are read at a time. */
// @ts-ignore: decorator
@inline
export function stepOf<B>(): usize {
  return isBytes<B>() ? 32 : 16;
}

// @ts-ignore: decorator
@inline
function hasZeros<Z>(): bool {
  return sizeof<Z>() === sizeof<ZeroPoints>();
}

// @ts-ignore: decorator
@inline
export function magic(): v128 {
  return f32x4.splat(12582912);
}

/** Four zero points times -1/8, to be multiplied by 8 * sum. */
// @ts-ignore: decorator
@inline
export function zeroFactors<Z>(at: usize): v128 {
  if (!hasZeros<Z>()) return f32x4.splat(0);
  const points = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(at)));
  return f32x4.mul(f32x4.convert_i32x4_s(points), f32x4.splat(-0.125));
}

/** Sums of nibbles less their zero points. */
// @ts-ignore: decorator
@inline
export function centredNibbles<Z>(sums: v128, rowSum: v128, factors: v128): v128 {
  if (!hasZeros<Z>()) return f32x4.sub(sums, rowSum);
  return madd(f32x4.sub(rowSum, magic()), factors, f32x4.sub(sums, magic()));
}

/** Sums of bytes, low + 16 * high, less their zero points: 128 is 16 times the midpoint of 4 bits. */
// @ts-ignore: decorator
@inline
export function centredBytes<Z>(low: v128, high: v128, rowSum: v128, factors: v128): v128 {
  const ones = f32x4.sub(low, magic());
  const sixteen = f32x4.splat(16);
  if (!hasZeros<Z>()) return madd(f32x4.sub(high, rowSum), sixteen, ones);
  const whole = madd(f32x4.sub(high, magic()), sixteen, ones);
  return madd(f32x4.sub(rowSum, magic()), factors, whole);
}
