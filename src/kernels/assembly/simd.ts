/** Vector helpers that the kernels share, and all that differs between the two instruction sets. */

/** From memory, as V8 would make a constant anew each time (see blocks.ts). */
const LOW_BYTES = memory.data<u16>([255, 255, 255, 255, 255, 255, 255, 255], 16);

/** a * b + c, in one rounding where relaxed SIMD has that. */
// @ts-ignore: decorator
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/**
 * Adds to each of four int32 the products of its four bytes: signed in a, 0 to 127 in w. Relaxed SIMD
 * leaves open what bytes of w from 128 on mean and whether sums of two saturate: neither happens here.
 */
// @ts-ignore: decorator
@inline
export function dot(a: v128, w: v128, sum: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return i32x4.relaxed_dot_i8x16_i7x16_add_s(a, w, sum);
  // The even and the odd bytes as 16 bits each; what is shared between calls is computed once.
  const even = i32x4.dot_i16x8_s(
    i16x8.shr_s(i16x8.shl(a, 8), 8),
    v128.and(w, v128.load(LOW_BYTES)),
  );
  const odd = i32x4.dot_i16x8_s(i16x8.shr_s(a, 8), i16x8.shr_u(w, 8));
  return i32x4.add(i32x4.add(sum, even), odd);
}

/** The sum of the four lanes, always in the same order. */
// @ts-ignore: decorator
@inline
export function sumOfLanes(x: v128): f32 {
  return (
    f32x4.extract_lane(x, 0) +
    f32x4.extract_lane(x, 1) +
    (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3))
  );
}

/** Lane i of the result is the sum of the lanes of the i-th vector. */
// @ts-ignore: decorator
@inline
export function sumsOfFour(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(
    v128.shuffle<f32>(a, b, 0, 4, 1, 5),
    v128.shuffle<f32>(a, b, 2, 6, 3, 7),
  );
  const cd = f32x4.add(
    v128.shuffle<f32>(c, d, 0, 4, 1, 5),
    v128.shuffle<f32>(c, d, 2, 6, 3, 7),
  );
  return f32x4.add(
    v128.shuffle<f32>(ab, cd, 0, 1, 4, 5),
    v128.shuffle<f32>(ab, cd, 2, 3, 6, 7),
  );
}

/**
 * e^x within a relative 2e-7 for x in [-87, 88]; 0 below and e^88 above. exp(0) is 1 exactly.
 *
 * Cephes' expf (Moshier): x = n ln 2 + r, e^r by a polynomial, 2^n added to the exponent. Adding
 * 1.5 * 2^23 rounds n to an integer and leaves it in the low bits.
 */
// @ts-ignore: decorator
@inline
export function exp(x: v128): v128 {
  const low = f32x4.splat(-87);
  const magic = f32x4.splat(12582912);
  const clamped = f32x4.pmin(f32x4.pmax(x, low), f32x4.splat(88));
  const shifted = madd(clamped, f32x4.splat(1.44269504088896341), magic);
  const n = f32x4.sub(shifted, magic);
  let r = madd(n, f32x4.splat(-0.693359375), clamped);
  r = madd(n, f32x4.splat(2.12194440e-4), r);
  let p = f32x4.splat(1.9875691500e-4);
  p = madd(p, r, f32x4.splat(1.3981999507e-3));
  p = madd(p, r, f32x4.splat(8.3334519073e-3));
  p = madd(p, r, f32x4.splat(4.1665795894e-2));
  p = madd(p, r, f32x4.splat(1.6666665459e-1));
  p = madd(p, r, f32x4.splat(5.0000001201e-1));
  p = f32x4.add(madd(p, f32x4.mul(r, r), r), f32x4.splat(1));
  return v128.andnot(i32x4.add(p, i32x4.shl(shifted, 23)), f32x4.lt(x, low));
}
