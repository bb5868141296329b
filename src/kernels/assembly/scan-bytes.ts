/** Scores of int8 rows. */

import {
  codesOffset,
  endOfSegment,
  factorsOf,
  isMasked,
  placeOf,
  resultsOffset,
  segmentOf,
  touch,
} from './segments';
import { dot } from './simd';

const QUERY_OFFSET: i32 = 64;

/** Listed rows that are touched before the first of them is scored. */
const TOUCHED: usize = 4;

/** Four sums, so that no addition waits for the one before it. */
// @ts-ignore: decorator
@inline
function product(query: usize, at: usize, width: usize): i32 {
  let a = i32x4.splat(0);
  let b = i32x4.splat(0);
  let c = i32x4.splat(0);
  let d = i32x4.splat(0);
  for (const end = at + width; at < end; at += 128) {
    a = dot(v128.load(at), v128.load(query), a);
    b = dot(v128.load(at, 16), v128.load(query, 16), b);
    c = dot(v128.load(at, 32), v128.load(query, 32), c);
    d = dot(v128.load(at, 48), v128.load(query, 48), d);
    a = dot(v128.load(at, 64), v128.load(query, 64), a);
    b = dot(v128.load(at, 80), v128.load(query, 80), b);
    c = dot(v128.load(at, 96), v128.load(query, 96), c);
    d = dot(v128.load(at, 112), v128.load(query, 112), d);
    query += 128;
  }
  a = i32x4.add(i32x4.add(a, b), i32x4.add(c, d));
  a = i32x4.add(a, v128.shuffle<i32>(a, a, 2, 3, 0, 1));
  return i32x4.extract_lane(a, 0) + i32x4.extract_lane(a, 1);
}

// @ts-ignore: decorator
@inline
function score(
  query: usize,
  width: usize,
  segment: usize,
  place: usize,
  factor: f32,
  offset: f32,
): f32 {
  const factors = factorsOf(segment, width, place);
  const sum = product(query, segment + codesOffset(width) + place * width, width);
  const centred = <f32>(sum - QUERY_OFFSET * load<i32>(factors, 4));
  return centred * (factor * load<f32>(factors)) + load<f32>(factors, 12) + offset;
}

export function scanBytes(
  query: usize,
  width: usize,
  segments: usize,
  from: usize,
  to: usize,
  mask: usize,
  factor: f32,
  offset: f32,
): void {
  while (from < to) {
    const segment = segmentOf(segments, width, from);
    const results = segment + resultsOffset(width);
    const end = endOfSegment(from, to);
    for (; from < end; from++) {
      const place = placeOf(from);
      const found = isMasked(segment + mask, place)
        ? -<f32>Infinity
        : score(query, width, segment, place, factor, offset);
      store<f32>(results + place * 4, found);
    }
  }
}

export function scoreRows(
  query: usize,
  width: usize,
  segments: usize,
  list: usize,
  count: usize,
  factor: f32,
  offset: f32,
  scores: usize,
): void {
  for (const end = list + count * 4; list < end; ) {
    const stop = min(list + TOUCHED * 4, end);
    for (let ahead = list; ahead < stop; ahead += 4) {
      const row = <usize>load<u32>(ahead);
      const codes = segmentOf(segments, width, row) + codesOffset(width);
      touch(codes + placeOf(row) * width, width);
    }
    for (; list < stop; list += 4) {
      const row = <usize>load<u32>(list);
      const segment = segmentOf(segments, width, row);
      store<f32>(scores, score(query, width, segment, placeOf(row), factor, offset));
      scores += 4;
    }
  }
}
