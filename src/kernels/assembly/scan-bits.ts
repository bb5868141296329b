/** Hamming distances of sign bits, and the rows that are nearest by them. */

import { endOfSegment, placeOf, resultsOffset, segmentOf } from './segments';

const EXCLUDED: u16 = 0xffff;

/** Vectors whose counts of bits fit 8 bits a lane. */
const CHUNK: usize = 16 * 16;

/** Counts of the bytes of two rows, each halved in width: four of the first, four of the second. */
// @ts-ignore: decorator
@inline
function folded(a: v128, b: v128): v128 {
  return i16x8.add(
    v128.shuffle<u64>(a, b, 0, 2),
    v128.shuffle<u64>(a, b, 1, 3),
  );
}

/**
 * Distances of four rows that follow each other, in the lanes of an int32 vector. Bytes of popcnt
 * cost about what 64 bits at a time cost on x86 (0.8 ms against 0.7 to 0.9 for 100,000 x 1,024), and
 * far less on ARM, which counts bits in vectors only.
 */
// @ts-ignore: decorator
@inline
function distances(query: usize, at: usize, bytes: usize): v128 {
  let a = i16x8.splat(0);
  let b = i16x8.splat(0);
  let c = i16x8.splat(0);
  let d = i16x8.splat(0);
  for (const end = at + bytes; at < end; ) {
    let a8 = i8x16.splat(0);
    let b8 = i8x16.splat(0);
    let c8 = i8x16.splat(0);
    let d8 = i8x16.splat(0);
    for (const stop = min(at + CHUNK, end); at < stop; at += 16) {
      const wanted = v128.load(query);
      a8 = i8x16.add(a8, i8x16.popcnt(v128.xor(v128.load(at), wanted)));
      b8 = i8x16.add(b8, i8x16.popcnt(v128.xor(v128.load(at + bytes), wanted)));
      c8 = i8x16.add(c8, i8x16.popcnt(v128.xor(v128.load(at + 2 * bytes), wanted)));
      d8 = i8x16.add(d8, i8x16.popcnt(v128.xor(v128.load(at + 3 * bytes), wanted)));
      query += 16;
    }
    a = i16x8.add(a, i16x8.extadd_pairwise_i8x16_u(a8));
    b = i16x8.add(b, i16x8.extadd_pairwise_i8x16_u(b8));
    c = i16x8.add(c, i16x8.extadd_pairwise_i8x16_u(c8));
    d = i16x8.add(d, i16x8.extadd_pairwise_i8x16_u(d8));
  }
  const ab = i32x4.extadd_pairwise_i16x8_u(folded(a, b));
  const cd = i32x4.extadd_pairwise_i16x8_u(folded(c, d));
  return i32x4.add(
    v128.shuffle<i32>(ab, cd, 0, 2, 4, 6),
    v128.shuffle<i32>(ab, cd, 1, 3, 5, 7),
  );
}

// @ts-ignore: decorator
@inline
function count(counts: usize, distance: i32): void {
  const at = counts + (<usize>distance << 2);
  store<u32>(at, load<u32>(at) + 1);
}

/** Four rows that all may be found. */
// @ts-ignore: decorator
@inline
function keepFour(found: v128, results: usize, counts: usize): void {
  v128.store64_lane(results, i16x8.narrow_i32x4_u(found, found), 0);
  count(counts, i32x4.extract_lane(found, 0));
  count(counts, i32x4.extract_lane(found, 1));
  count(counts, i32x4.extract_lane(found, 2));
  count(counts, i32x4.extract_lane(found, 3));
}

/** Those of four rows that are asked for; the others of [from, to) are EXCLUDED. */
function keepSome(
  found: v128,
  asked: u32,
  results: usize,
  place: usize,
  from: usize,
  to: usize,
  counts: usize,
): void {
  for (let row = place; row < place + 4; row++) {
    if (row >= from && row < to) {
      const isAsked = (asked >> <u32>(row - place)) & 1;
      const distance = i32x4.extract_lane(found, 0);
      store<u16>(results + row * 2, isAsked ? <u16>distance : EXCLUDED);
      if (isAsked) count(counts, distance);
    }
    found = v128.shuffle<i32>(found, found, 1, 2, 3, 0);
  }
}

/** The rows [from, to) of a segment. */
function scanSegment(
  query: usize,
  bits: usize,
  bytes: usize,
  mask: usize,
  results: usize,
  from: usize,
  to: usize,
  counts: usize,
): void {
  for (let place = from & ~3; place < to; place += 4) {
    const asked = (load<u32>(mask + (place >> 5) * 4) >> (<u32>place & 31)) & 15;
    const whole = place >= from && place + 4 <= to;
    if (asked === 0 && whole) {
      store<u64>(results + place * 2, -1);
      continue;
    }
    const found = distances(query, bits + place * bytes, bytes);
    if (asked === 15 && whole) keepFour(found, results + place * 2, counts);
    else keepSome(found, asked, results, place, from, to, counts);
  }
}

export function scanBits(
  query: usize,
  width: usize,
  segments: usize,
  from: usize,
  to: usize,
  mask: usize,
  counts: usize,
): void {
  while (from < to) {
    const segment = segmentOf(segments, width, from);
    const results = segment + resultsOffset(width);
    const end = endOfSegment(from, to);
    const start = placeOf(from);
    const stop = start + (end - from);
    scanSegment(query, segment, width / 8, segment + mask, results, start, stop, counts);
    from = end;
  }
}

export function selectRows(
  width: usize,
  segments: usize,
  from: usize,
  to: usize,
  threshold: u32,
  quota: u32,
  list: usize,
): u32 {
  const limit = i16x8.splat(<i16>threshold);
  const start = list;
  while (from < to) {
    const results = segmentOf(segments, width, from) + resultsOffset(width);
    const end = endOfSegment(from, to);
    while (from < end) {
      const at = results + placeOf(from) * 2;
      if (from + 8 <= end && !v128.any_true(i16x8.le_u(v128.load(at), limit))) {
        from += 8;
        continue;
      }
      const found = <u32>load<u16>(at);
      if (found < threshold || (found === threshold && quota > 0)) {
        if (found === threshold) quota--;
        store<u32>(list, <u32>from);
        list += 4;
      }
      from++;
    }
  }
  return <u32>((list - start) / 4);
}
