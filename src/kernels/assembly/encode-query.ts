import { largestOf, lost, signsOf, squaresOf } from './encode';
import { rounded } from './quantize';
import { sumOfLanes } from './simd';

/** Largest magnitude of 7 bits with QUERY_OFFSET in their middle; as in ../search-layout.ts. */
const LARGEST: f32 = 63;
const QUERY_OFFSET: i8 = 64;

/** As of rows: what is smaller counts as 0. */
const TINY: f32 = 1e-30;

export function encodeQuery(
  y: usize,
  width: usize,
  bytes: usize,
  bits: usize,
  known: usize,
): void {
  const largest = f32x4.extract_lane(largestOf(y, width * 4), 0);
  const scale = largest > TINY ? largest / LARGEST : 0;
  const factor = f32x4.splat(largest > TINY ? LARGEST / largest : 0);
  const middle = i8x16.splat(QUERY_OFFSET);
  let squares = f32x4.splat(0);
  for (let i: usize = 0; i < width; i += 32) store<u32>(bits + i / 8, signsOf(y + i * 4));
  for (let i: usize = 0; i < width; i += 16) {
    const at = y + i * 4;
    const q0 = rounded(v128.load(at), factor);
    const q1 = rounded(v128.load(at, 16), factor);
    const q2 = rounded(v128.load(at, 32), factor);
    const q3 = rounded(v128.load(at, 48), factor);
    squares = lost(v128.load(at), q0, f32x4.splat(scale), squares);
    squares = lost(v128.load(at, 16), q1, f32x4.splat(scale), squares);
    squares = lost(v128.load(at, 32), q2, f32x4.splat(scale), squares);
    squares = lost(v128.load(at, 48), q3, f32x4.splat(scale), squares);
    const a = i16x8.narrow_i32x4_s(q0, q1);
    const b = i16x8.narrow_i32x4_s(q2, q3);
    v128.store(bytes + i, i8x16.add(i8x16.narrow_i16x8_s(a, b), middle));
  }
  store<f32>(known, scale);
  store<f32>(known, sqrt<f32>(sumOfLanes(squares)), 4);
  store<f32>(known, sqrt<f32>(sumOfLanes(squaresOf(y, width * 4))), 8);
}
