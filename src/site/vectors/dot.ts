/** Products of rows in flat arrays. */

/** Sum of a[i] * b[i] over `count` values from two places; four sums side by side, which engines overlap. */
export function dot(
  a: Float32Array,
  aStart: number,
  b: Float32Array,
  bStart: number,
  count: number,
): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    s0 += a[aStart + i]! * b[bStart + i]!;
    s1 += a[aStart + i + 1]! * b[bStart + i + 1]!;
    s2 += a[aStart + i + 2]! * b[bStart + i + 2]!;
    s3 += a[aStart + i + 3]! * b[bStart + i + 3]!;
  }
  for (; i < count; i++) s0 += a[aStart + i]! * b[bStart + i]!;
  return s0 + s1 + s2 + s3;
}
