import {
  centredBytes,
  centredNibbles,
  highOf,
  isBytes,
  lowOf,
  magic,
  nibbleMask,
  startOf,
  stepOf,
  zeroFactors,
} from './blocks';
import { dot, madd } from './simd';

/** As tile4, for the first of four rows alone. */
export function tile1<B, Z>(
  q: usize,
  aScales: usize,
  aStarts: usize,
  blocks: usize,
  block: usize,
  weights: usize,
  wScales: usize,
  zeros: usize,
  shift: usize,
  totals: usize,
): void {
  const nibble = nibbleMask();
  const base = magic();
  let total = v128.load(totals);
  let total2 = isBytes<B>() ? total : v128.load(totals, 16);
  for (let b: usize = 0; b < blocks; b++) {
    const start = v128.load32_splat(aStarts);
    const scale = v128.load32_splat(aScales);
    let low = startOf<B>(start);
    let high = start;
    for (const end = q + block * 4; q < end; q += 16) {
      const a = v128.load32_splat(q);
      low = dot(a, lowOf<B>(weights, nibble), low);
      high = dot(a, highOf<B>(weights, nibble), high);
      weights += stepOf<B>();
    }
    const at = (b >> shift) * 8;
    const wl = f32x4.mul(scale, v128.load(wScales + at * 4));
    const zl = zeroFactors<B, Z>(zeros + at);
    if (isBytes<B>()) {
      total = madd(centredBytes<Z>(low, high, start, base, zl), wl, total);
    } else {
      const wh = f32x4.mul(scale, v128.load(wScales + at * 4, 16));
      const zh = zeroFactors<B, Z>(zeros + at + 4);
      total = madd(centredNibbles<Z>(low, start, base, zl), wl, total);
      total2 = madd(centredNibbles<Z>(high, start, base, zh), wh, total2);
    }
    aScales += 16;
    aStarts += 16;
  }
  v128.store(totals, total);
  if (!isBytes<B>()) v128.store(totals, total2, 16);
}
