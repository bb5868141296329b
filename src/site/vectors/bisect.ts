/** Parts rows into groups of neighbours no larger than a limit, by halves along the direction in which they differ most. */

import { dot } from './dot.ts';

/** Steps of power iteration: any direction of much variance will do. */
const STEPS = 3;

/**
 * @param members numbers of rows
 * @param limit rows of a group at most
 * @returns groups of `boundsOf`, neighbours beside each other
 */
export function bisect(
  rows: Float32Array,
  width: number,
  members: Uint32Array,
  limit: number,
): Uint32Array[] {
  return halves(rows, width, members, boundsOf(members.length, limit));
}

/** Where groups of nearly equal size begin, and the last ends. */
export function boundsOf(count: number, limit: number): number[] {
  const parts = Math.ceil(count / limit);
  return Array.from({ length: parts + 1 }, (_, i) => Math.floor((i * count) / (parts || 1)));
}

/** @param bounds of its groups, on the way from the first's */
function halves(
  rows: Float32Array,
  width: number,
  members: Uint32Array,
  bounds: readonly number[],
): Uint32Array[] {
  if (bounds.length <= 2) return members.length > 0 ? [members] : [];
  const places = placesAlong(rows, width, members);
  const order = Uint32Array.from(members.keys());
  order.sort((a, b) => places[a]! - places[b]! || a - b);
  const sorted = order.map((place) => members[place]!);
  const middle = bounds.length >>> 1;
  const cut = bounds[middle]! - bounds[0]!;
  return [
    ...halves(rows, width, sorted.subarray(0, cut), bounds.slice(0, middle + 1)),
    ...halves(rows, width, sorted.subarray(cut), bounds.slice(middle)),
  ];
}

/** Where each member lies along the direction. */
function placesAlong(rows: Float32Array, width: number, members: Uint32Array): Float32Array {
  const mean = new Float32Array(width);
  for (const row of members) {
    for (let i = 0; i < width; i++) mean[i]! += rows[row * width + i]! / members.length;
  }
  const last = members.at(-1)! * width;
  let direction = mean.map((value, i) => rows[last + i]! - value);
  const places = new Float32Array(members.length);
  for (let step = 0; ; step++) {
    const offset = dot(mean, 0, direction, 0, width);
    for (const [i, row] of members.entries()) {
      places[i] = dot(rows, row * width, direction, 0, width) - offset;
    }
    if (step === STEPS) return places;
    direction = directionOf(rows, members, places, mean);
  }
}

/** The sum of the members, each times its place; of length 1, or zeros. */
function directionOf(
  rows: Float32Array,
  members: Uint32Array,
  places: Float32Array,
  mean: Float32Array,
): Float32Array<ArrayBuffer> {
  const width = mean.length;
  const sum = new Float32Array(width);
  for (const [i, row] of members.entries()) {
    for (let j = 0; j < width; j++) sum[j]! += places[i]! * (rows[row * width + j]! - mean[j]!);
  }
  const length = Math.sqrt(dot(sum, 0, sum, 0, width));
  return length > 0 ? sum.map((value) => value / length) : sum;
}
