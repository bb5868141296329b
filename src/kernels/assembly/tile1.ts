import { centredBytes, centredNibbles, isBytes, magic, stepOf, zeroFactors } from './blocks';
import { dot, madd } from './simd';

/** The first `count` of four floats. */
function loadPart(at: usize, count: usize): v128 {
  let values = f32x4.splat(0);
  if (count > 0) values = f32x4.replace_lane(values, 0, load<f32>(at));
  if (count > 1) values = f32x4.replace_lane(values, 1, load<f32>(at, 4));
  if (count > 2) values = f32x4.replace_lane(values, 2, load<f32>(at, 8));
  if (count > 3) values = f32x4.replace_lane(values, 3, load<f32>(at, 12));
  return values;
}

function storePart(at: usize, values: v128, count: usize): void {
  if (count > 0) store<f32>(at, f32x4.extract_lane(values, 0));
  if (count > 1) store<f32>(at, f32x4.extract_lane(values, 1), 4);
  if (count > 2) store<f32>(at, f32x4.extract_lane(values, 2), 8);
  if (count > 3) store<f32>(at, f32x4.extract_lane(values, 3), 12);
}

function startPart(out: usize, bias: usize, accumulate: bool, count: usize): v128 {
  const base = bias === 0 ? f32x4.splat(0) : loadPart(bias, count);
  return accumulate ? f32x4.add(base, loadPart(out, count)) : base;
}

/** One row against the first `columns` of 8 columns of nibbles, or of 4 of bytes. */
export function tile1<B, Z>(
  q: usize,
  aScales: usize,
  aSums: usize,
  blocks: usize,
  block: usize,
  weights: usize,
  wScales: usize,
  zeros: usize,
  shift: usize,
  bias: usize,
  out: usize,
  accumulate: bool,
  columns: usize,
): void {
  const nibble = i8x16.splat(15);
  const first = min<usize>(columns, 4);
  const second = columns - first;
  let total = startPart(out, bias, accumulate, first);
  let total2 = startPart(out + 16, bias === 0 ? <usize>0 : bias + 16, accumulate, second);
  for (let b: usize = 0; b < blocks; b++) {
    let low = magic();
    let high = low;
    for (const end = q + block; q < end; q += 4) {
      const w = v128.load(weights);
      const a = v128.load32_splat(q);
      low = dot(a, v128.and(w, nibble), low);
      high = dot(a, v128.and(i16x8.shr_u(w, 4), nibble), high);
      weights += stepOf<B>();
    }
    const at = (b >> shift) * 8;
    const sum = v128.load32_splat(aSums);
    const scale = v128.load32_splat(aScales);
    const wl = f32x4.mul(scale, v128.load(wScales + at * 4));
    const zl = zeroFactors<Z>(zeros + at);
    if (isBytes<B>()) {
      total = madd(centredBytes<Z>(low, high, sum, zl), wl, total);
    } else {
      const wh = f32x4.mul(scale, v128.load(wScales + at * 4, 16));
      const zh = zeroFactors<Z>(zeros + at + 4);
      total = madd(centredNibbles<Z>(low, sum, zl), wl, total);
      total2 = madd(centredNibbles<Z>(high, sum, zh), wh, total2);
    }
    aScales += 4;
    aSums += 4;
  }
  storePart(out, total, first);
  storePart(out + 16, total2, second);
}
