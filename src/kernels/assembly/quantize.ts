/** Blocks whose values are all smaller count as 0: 127 divided by less would overflow. */
const TINY: f32 = 1e-30;

/** Rows that are stored together, four inputs of each in turn; as in ../layout.ts. */
const TILE: usize = 4;

/**
 * The larger magnitudes of `max` and of the vector at `at`, compared as integers: as good as floats
 * where there is no sign, faster, and NaN wins.
 */
// @ts-ignore: decorator
@inline
export function maxMagnitude(max: v128, x: v128): v128 {
  return i32x4.max_s(max, v128.and(x, i32x4.splat(0x7fffffff)));
}

/** The largest lane in every lane. */
// @ts-ignore: decorator
@inline
export function maxOfLanes(max: v128): v128 {
  max = i32x4.max_s(max, v128.shuffle<i32>(max, max, 2, 3, 0, 1));
  return i32x4.max_s(max, v128.shuffle<i32>(max, max, 1, 0, 3, 2));
}

/** largest / 127, or 0 where that is tiny. */
// @ts-ignore: decorator
@inline
export function scaleOf(largest: v128): v128 {
  const tiny = f32x4.le(largest, f32x4.splat(TINY));
  return v128.andnot(f32x4.div(largest, f32x4.splat(127)), tiny);
}

/** 127 / largest, or 0 where that is tiny. */
// @ts-ignore: decorator
@inline
export function factorOf(largest: v128): v128 {
  const tiny = f32x4.le(largest, f32x4.splat(TINY));
  return v128.andnot(f32x4.div(f32x4.splat(127), largest), tiny);
}

/** Four values as integers, ties to even, by adding 1.5 * 2^23; never fused, so all builds agree. */
// @ts-ignore: decorator
@inline
export function rounded(x: v128, factor: v128): v128 {
  const shifted = f32x4.add(f32x4.mul(x, factor), f32x4.splat(12582912));
  return i32x4.sub(shifted, i32x4.splat(0x4b400000));
}

// @ts-ignore: decorator
@inline
function largestOf(at: usize, block: usize): v128 {
  let max = i32x4.splat(0);
  for (const end = at + block * 4; at < end; at += 64) {
    max = maxMagnitude(max, v128.load(at));
    max = maxMagnitude(max, v128.load(at, 16));
    max = maxMagnitude(max, v128.load(at, 32));
    max = maxMagnitude(max, v128.load(at, 48));
  }
  return maxOfLanes(max);
}

/** Writes the bytes of one block, and gives what sums of its products start from: 1.5 * 2^23 - 8 * sum. */
// @ts-ignore: decorator
@inline
function quantizeBlock(at: usize, block: usize, factor: v128, q: usize): f32 {
  const ones = i16x8.splat(1);
  let sum = i32x4.splat(0);
  for (const end = q + block * TILE; q < end; q += 16 * TILE) {
    const a0 = rounded(v128.load(at), factor);
    const a1 = rounded(v128.load(at, 16), factor);
    const b0 = rounded(v128.load(at, 32), factor);
    const b1 = rounded(v128.load(at, 48), factor);
    const a = i16x8.narrow_i32x4_s(a0, a1);
    const b = i16x8.narrow_i32x4_s(b0, b1);
    sum = i32x4.add(sum, i32x4.dot_i16x8_s(i16x8.add(a, b), ones));
    const bytes = i8x16.narrow_i16x8_s(a, b);
    v128.store_lane<u32>(q, bytes, 0);
    v128.store_lane<u32>(q, bytes, 1, 16);
    v128.store_lane<u32>(q, bytes, 2, 32);
    v128.store_lane<u32>(q, bytes, 3, 48);
    at += 64;
  }
  sum = i32x4.add(sum, v128.shuffle<i32>(sum, sum, 2, 3, 0, 1));
  const total = i32x4.extract_lane(sum, 0) + i32x4.extract_lane(sum, 1);
  return <f32>12582912 - <f32>(total << 3);
}

export function quantizeRows(
  x: usize,
  stride: usize,
  rows: usize,
  k: usize,
  block: usize,
  q: usize,
  scales: usize,
  starts: usize,
): void {
  const blocks = k / block;
  for (let row: usize = 0; row < rows; row++) {
    const tile = row & ~(TILE - 1);
    const lane = (row & (TILE - 1)) * 4;
    let to = q + tile * k + lane;
    let at = tile * blocks * 4 + lane;
    const start = x + row * stride * 4;
    for (let from = start; from < start + k * 4; from += block * 4) {
      const largest = largestOf(from, block);
      v128.store_lane<f32>(scales + at, scaleOf(largest), 0);
      store<f32>(starts + at, quantizeBlock(from, block, factorOf(largest), to));
      to += block * TILE;
      at += 4 * TILE;
    }
  }
}
