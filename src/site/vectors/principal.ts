/** The directions in which rows differ most, by subspace iteration (Golub and Van Loan, Matrix Computations, 8.2). */

import { randomOf } from '../../light/random.ts';
import { dot } from './dot.ts';
import { eachProducts } from './products.ts';

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
  // Rows span no more directions than there are rows.
  const most = Math.min(count, rows.length / width);
  const directions = Float32Array.from({ length: most * width }, () => random() - 0.5);
  orthonormalise(directions, width, 2);
  for (let round = 1; round <= ROUNDS; round++) {
    const next = new Float32Array(directions.length);
    eachProducts(directions, width, undefined, covariance, (row, products) => {
      next.set(products, row * width);
    });
    directions.set(next);
    // Nearly orthogonal is enough to go on with.
    orthonormalise(directions, width, round === ROUNDS ? 2 : 1);
  }
  const all = new Float32Array(count * width);
  all.set(directions);
  return all;
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

/** Modified Gram-Schmidt. @param passes 2 where rows that nearly coincide must not lose digits */
function orthonormalise(rows: Float32Array, width: number, passes: 1 | 2): void {
  for (let start = 0; start < rows.length; start += width) {
    let first = 0;
    for (let pass = 0; pass < passes; pass++) {
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
