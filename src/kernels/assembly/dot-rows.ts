/** Four sums in float64, in which products of float32 are exact, as of src/vectors/dot.ts. */
export function dotRows(
  query: usize,
  rows: usize,
  count: usize,
  dimensions: usize,
  scores: usize,
): void {
  const whole = (dimensions & ~3) * 4;
  for (let row: usize = 0; row < count; row++) {
    let low = f64x2.splat(0);
    let high = f64x2.splat(0);
    for (let i: usize = 0; i < whole; i += 16) {
      const x = v128.load(rows + i);
      const y = v128.load(query + i);
      low = f64x2.add(low, f64x2.mul(f64x2.promote_low_f32x4(x), f64x2.promote_low_f32x4(y)));
      const u = f64x2.promote_low_f32x4(v128.shuffle<f32>(x, x, 2, 3, 0, 1));
      const v = f64x2.promote_low_f32x4(v128.shuffle<f32>(y, y, 2, 3, 0, 1));
      high = f64x2.add(high, f64x2.mul(u, v));
    }
    let first = f64x2.extract_lane(low, 0);
    for (let i = whole; i < dimensions * 4; i += 4) {
      first += <f64>load<f32>(query + i) * <f64>load<f32>(rows + i);
    }
    const rest = f64x2.extract_lane(high, 0) + f64x2.extract_lane(high, 1);
    store<f32>(scores, <f32>(first + f64x2.extract_lane(low, 1) + rest));
    rows += dimensions * 4;
    scores += 4;
  }
}
