/** Distances by sign bits and biases, and the rows that are nearest by them. */

import { distance, distances, headDistances } from './hamming';
import {
  endOfSegment,
  factorsOf,
  headBytes,
  headsOffset,
  leansOffset,
  placeOf,
  resultsOffset,
  segmentOf,
  touch,
} from './segments';

const EXCLUDED: u16 = 0xffff;
const BIAS_UNITS: f32 = 16384;

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

/** Numbers of bits less what leans make up for, 0 to `most`. */
// @ts-ignore: decorator
@inline
function leaned(found: v128, lean: v128, shift: v128, most: v128): v128 {
  const less = i32x4.shr_s(i32x4.add(lean, shift), 16);
  return i32x4.min_s(i32x4.max_s(i32x4.sub(found, less), i32x4.splat(0)), most);
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
  leans: usize,
  slope: i32,
  shift: i32,
): void {
  const slopes = i16x8.splat(<i16>slope);
  const shifts = i32x4.splat(shift);
  const most = i32x4.splat(<i32>bytes * 8);
  for (let place = from & ~3; place < to; place += 4) {
    const asked = (load<u32>(mask + (place >> 5) * 4) >> (<u32>place & 31)) & 15;
    const whole = place >= from && place + 4 <= to;
    if (asked === 0 && whole) {
      store<u64>(results + place * 2, -1);
      continue;
    }
    const at = bits + place * bytes;
    const lean = i32x4.extmul_low_i16x8_s(v128.load64_zero(leans + place * 2), slopes);
    const differ = bytes === 64 ? headDistances(query, at) : distances(query, at, bytes);
    const found = leaned(differ, lean, shifts, most);
    if (asked === 15 && whole) keepFour(found, results + place * 2, counts);
    else keepSome(found, asked, results, place, from, to, counts);
  }
}

export function deriveRows(width: usize, segments: usize, from: usize, to: usize): void {
  const bytes = headBytes(width);
  for (; from < to; from++) {
    const segment = segmentOf(segments, width, from);
    const place = placeOf(from);
    const head = segment + headsOffset(width) + place * bytes;
    if (bytes > 0) memory.copy(head, segment + (place * width) / 8, bytes);
    const units = nearest<f32>(load<f32>(factorsOf(segment, width, place), 12) * BIAS_UNITS);
    store<i16>(segment + leansOffset(width) + place * 2, <i16>max(min(units, 32767), -32767));
  }
}

export function scanBits(
  query: usize,
  width: usize,
  bytes: usize,
  segments: usize,
  from: usize,
  to: usize,
  mask: usize,
  counts: usize,
  slope: i32,
  shift: i32,
): void {
  while (from < to) {
    const segment = segmentOf(segments, width, from);
    const leans = segment + leansOffset(width);
    const bits = bytes === width / 8 ? segment : segment + headsOffset(width);
    const results = segment + resultsOffset(width);
    const end = endOfSegment(from, to);
    const start = placeOf(from);
    const stop = start + (end - from);
    scanSegment(
      query,
      bits,
      bytes,
      segment + mask,
      results,
      start,
      stop,
      counts,
      leans,
      slope,
      shift,
    );
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
    for (; from < end; from += 8) {
      const at = results + placeOf(from) * 2;
      let near = i16x8.bitmask(i16x8.le_u(v128.load(at), limit));
      if (end - from < 8) near &= (1 << <i32>(end - from)) - 1;
      for (; near !== 0; near &= near - 1) {
        const i = <usize>ctz(near);
        const isAtLimit = load<u16>(at + i * 2) === <u16>threshold;
        if (isAtLimit && quota === 0) continue;
        quota -= u32(isAtLimit);
        store<u32>(list, <u32>(from + i));
        list += 4;
      }
    }
    from = end;
  }
  return <u32>((list - start) / 4);
}

/** Rows that are touched before the first of them is needed. */
const TOUCHED: usize = 16;

/** The sign bits of a row. */
// @ts-ignore: decorator
@inline
function bitsOf(segments: usize, width: usize, row: usize): usize {
  return segmentOf(segments, width, row) + (placeOf(row) * width) / 8;
}

export function measureRows(
  query: usize,
  width: usize,
  segments: usize,
  list: usize,
  rows: usize,
  found: usize,
  counts: usize,
  slope: i32,
  shift: i32,
): void {
  for (const end = list + rows * 4; list < end; ) {
    const stop = min(list + TOUCHED * 4, end);
    for (let ahead = list; ahead < stop; ahead += 4) {
      touch(bitsOf(segments, width, <usize>load<u32>(ahead)), width / 8);
    }
    for (; list < stop; list += 4) {
      const row = <usize>load<u32>(list);
      const at = bitsOf(segments, width, row);
      const lean = load<i16>(segmentOf(segments, width, row) + leansOffset(width) + placeOf(row) * 2);
      const less = (slope * <i32>lean + shift) >> 16;
      const kept = max(min(distance(query, at, width / 8) - less, <i32>width), 0);
      store<u16>(found, <u16>kept);
      count(counts, kept);
      found += 2;
    }
  }
}
