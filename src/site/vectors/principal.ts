/** The directions in which rows differ most, by subspace iteration (Golub and Van Loan, Matrix Computations, 8.2). */

import { randomOf } from '../../light/random.ts';
import { dot } from './dot.ts';

/** Rounds. Spans matter, single directions do not: what is left over is coded by a later layer. */
const ROUNDS = 12;

/** What is shorter than this, beside a first direction of length 1, is rounding. */
const NOTHING = 1e-6;

/**
 * Orthogonal unit directions, the one of most variance first; zeros where rows have fewer.
 *
 * @param rows centred, `width` values each
 * @returns `count` rows of `width`
 */
export function principalDirections(
  rows: Float32Array,
  width: number,
  count: number,
  seed: number,
): Float32Array {
  const covariance = covarianceOf(rows, width);
  const random = randomOf(seed);
  let directions = Float32Array.from({ length: count * width }, () => random() - 0.5);
  orthonormalise(directions, width);
  for (let round = 0; round < ROUNDS; round++) {
    const next = new Float32Array(count * width);
    for (let i = 0; i < next.length; i++) {
      const [row, column] = [Math.floor(i / width), i % width];
      next[i] = dot(directions, row * width, covariance, column * width, width);
    }
    orthonormalise(next, width);
    directions = next;
  }
  return directions;
}

/** Not divided by the number of rows, but by their whole variance. */
function covarianceOf(rows: Float32Array, width: number): Float32Array {
  const sums = new Float64Array(width * width);
  let total = 0;
  for (let start = 0; start < rows.length; start += width) {
    for (let i = 0; i < width; i++) {
      const value = rows[start + i]!;
      total += value * value;
      for (let j = 0; j <= i; j++) sums[i * width + j]! += value * rows[start + j]!;
    }
  }
  const covariance = new Float32Array(width * width);
  for (let i = 0; i < width; i++) {
    for (let j = 0; j < width; j++) {
      covariance[i * width + j] = sums[Math.max(i, j) * width + Math.min(i, j)]! / (total || 1);
    }
  }
  return covariance;
}

/** Modified Gram-Schmidt, twice, since rows that nearly coincide lose digits the first time. */
function orthonormalise(rows: Float32Array, width: number): void {
  for (let start = 0; start < rows.length; start += width) {
    let first = 0;
    for (let pass = 0; pass < 2; pass++) {
      for (let other = 0; other < start; other += width) {
        const share = dot(rows, start, rows, other, width);
        for (let i = 0; i < width; i++) rows[start + i]! -= share * rows[other + i]!;
      }
      const length = Math.sqrt(dot(rows, start, rows, start, width));
      first = pass === 0 ? length : first;
      const factor = length > NOTHING * Math.min(1, first) && first > 1e-12 ? 1 / length : 0;
      for (let i = 0; i < width; i++) rows[start + i]! *= factor;
    }
  }
}
