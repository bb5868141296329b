/** Passages of a site, from those of WordNet. */

import { randomOf } from '../../src/light/random.ts';
import { WIDTH } from '../wordnet/vectors.ts';

/** Length of what chance adds to a row, of 1, before it has that length again. */
const JITTER = 0.2;

/** `count` rows at equal distances; where there are not so many, all of them, and again with jitter. */
export function someRows(all: Float32Array<ArrayBuffer>, count: number): Float32Array<ArrayBuffer> {
  const known = all.length / WIDTH;
  const rows = new Float32Array(count * WIDTH);
  const random = randomOf(1);
  for (let i = 0; i < count; i++) {
    const from = count <= known ? Math.floor((i * known) / count) : i % known;
    const row = rows.subarray(i * WIDTH, (i + 1) * WIDTH);
    row.set(all.subarray(from * WIDTH, (from + 1) * WIDTH));
    if (i >= known) addJitter(row, random);
  }
  return rows;
}

function addJitter(row: Float32Array, random: () => number): void {
  // The variance of an even spread over a width of 1 is 1/12.
  const width = JITTER * Math.sqrt(12 / row.length);
  let squares = 0;
  for (let i = 0; i < row.length; i++) {
    row[i]! += width * (random() - 0.5);
    squares += row[i]! ** 2;
  }
  const length = Math.sqrt(squares);
  for (let i = 0; i < row.length; i++) row[i]! /= length;
}
