/** Parts rows into groups of neighbours no larger than a limit, by halves along the direction in which they differ most. */

import { dot } from './dot.ts';

/** Steps of power iteration: any direction of much variance will do. */
const STEPS = 3;

/**
 * @param members numbers of rows
 * @param limit rows of a group at most
 * @returns groups, neighbours beside each other; all but the last are as large as the limit
 */
export function bisect(
  rows: Float32Array,
  width: number,
  members: Uint32Array,
  limit: number,
): Uint32Array[] {
  const parts = Math.ceil(members.length / limit);
  if (parts <= 1) return members.length > 0 ? [members] : [];
  const places = placesAlong(rows, width, members);
  const order = Uint32Array.from(members.keys());
  order.sort((a, b) => places[a]! - places[b]! || a - b);
  const sorted = order.map((place) => members[place]!);
  const middle = Math.floor(parts / 2) * limit;
  return [
    ...bisect(rows, width, sorted.subarray(0, middle), limit),
    ...bisect(rows, width, sorted.subarray(middle), limit),
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
