/** Vector helpers that the kernels share, and all that differs between the two instruction sets. */

/** From memory, as V8 would make a constant anew each time (see blocks.ts). */
const LOW_BYTES = memory.data<u16>([255, 255, 255, 255, 255, 255, 255, 255], 16);

/** -87, 1.5 * 2^23, 1 / ln 2, ln 2 in two parts, six coefficients, 1 and 88, as expTo88 reads them. */
// prettier-ignore
const EXP = memory.data<f32>([
  -87, -87, -87, -87,
  12582912, 12582912, 12582912, 12582912,
  1.44269504088896341, 1.44269504088896341, 1.44269504088896341, 1.44269504088896341,
  -0.693359375, -0.693359375, -0.693359375, -0.693359375,
  2.12194440e-4, 2.12194440e-4, 2.12194440e-4, 2.12194440e-4,
  1.9875691500e-4, 1.9875691500e-4, 1.9875691500e-4, 1.9875691500e-4,
  1.3981999507e-3, 1.3981999507e-3, 1.3981999507e-3, 1.3981999507e-3,
  8.3334519073e-3, 8.3334519073e-3, 8.3334519073e-3, 8.3334519073e-3,
  4.1665795894e-2, 4.1665795894e-2, 4.1665795894e-2, 4.1665795894e-2,
  1.6666665459e-1, 1.6666665459e-1, 1.6666665459e-1, 1.6666665459e-1,
  5.0000001201e-1, 5.0000001201e-1, 5.0000001201e-1, 5.0000001201e-1,
  1, 1, 1, 1,
  88, 88, 88, 88,
], 16);

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

/** Stores the i-th lanes of four vectors at to + i * stride. */
// @ts-ignore: decorator
@inline
export function transpose(a: v128, b: v128, c: v128, d: v128, to: usize, stride: usize): void {
  const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  v128.store(to, v128.shuffle<f32>(ab, cd, 0, 1, 4, 5));
  v128.store(to + stride, v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
  const ab2 = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const cd2 = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(to + 2 * stride, v128.shuffle<f32>(ab2, cd2, 0, 1, 4, 5));
  v128.store(to + 3 * stride, v128.shuffle<f32>(ab2, cd2, 2, 3, 6, 7));
}

/**
 * e^x within a relative 2e-7 for x in [-87, 88], 0 below. exp(0) is 1 exactly.
 *
 * Cephes' expf (Moshier): x = n ln 2 + r, e^r by a polynomial, 2^n added to the exponent. Adding
 * 1.5 * 2^23 rounds n to an integer and leaves it in the low bits.
 */
// @ts-ignore: decorator
@inline
export function expTo88(x: v128): v128 {
  const magic = v128.load(EXP, 16);
  const shifted = madd(x, v128.load(EXP, 32), magic);
  const n = f32x4.sub(shifted, magic);
  let r = madd(n, v128.load(EXP, 48), x);
  r = madd(n, v128.load(EXP, 64), r);
  let p = v128.load(EXP, 80);
  p = madd(p, r, v128.load(EXP, 96));
  p = madd(p, r, v128.load(EXP, 112));
  p = madd(p, r, v128.load(EXP, 128));
  p = madd(p, r, v128.load(EXP, 144));
  p = madd(p, r, v128.load(EXP, 160));
  p = f32x4.add(madd(p, f32x4.mul(r, r), r), v128.load(EXP, 176));
  return v128.andnot(i32x4.add(p, i32x4.shl(shifted, 23)), f32x4.lt(x, v128.load(EXP)));
}

/** expTo88, and e^88 above. */
// @ts-ignore: decorator
@inline
export function exp(x: v128): v128 {
  return expTo88(f32x4.pmin(x, v128.load(EXP, 192)));
}
