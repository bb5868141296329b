/**
 * Four float16 as float32: exponent and fraction shifted into place and rebased by a product, which
 * is exact for subnormals too; infinities and NaN get their exponent back.
 */
// @ts-ignore: decorator
@inline
export function widen(at: usize): v128 {
  const half = v128.load_ext<u16>(at);
  const rest = i32x4.shl(v128.and(half, i32x4.splat(0x7fff)), 13);
  const rebased = f32x4.mul(rest, v128.splat<u32>(0x77800000));
  const special = i32x4.gt_s(rest, i32x4.splat(0x0f7fffff));
  const exponent = v128.and(special, i32x4.splat(0x7f800000));
  const sign = i32x4.shl(v128.and(half, i32x4.splat(0x8000)), 16);
  return v128.or(v128.or(rebased, exponent), sign);
}

/** One, in lane 0. */
// @ts-ignore: decorator
@inline
export function widenOne(at: usize): f32 {
  const half = <u32>load<u16>(at);
  const rest = (half & 0x7fff) << 13;
  let value = reinterpret<f32>(rest) * reinterpret<f32>(0x77800000);
  if (rest > 0x0f7fffff) value = reinterpret<f32>(reinterpret<u32>(value) | 0x7f800000);
  return reinterpret<f32>(reinterpret<u32>(value) | ((half & 0x8000) << 16));
}
