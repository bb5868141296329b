/** Lloyd's k-means for few means of rows in a flat array. */

import { shuffled } from '../../light/random.ts';
import { dot } from './dot.ts';
import { eachProducts } from './products.ts';

/** Half the squared length of each mean: with it, the nearest mean is that of the largest product less half. */
export function halfNorms(means: Float32Array, width: number): Float32Array {
  const count = means.length / width;
  return Float32Array.from(
    { length: count },
    (_, i) => dot(means, i * width, means, i * width, width) / 2,
  );
}

/** @returns the mean nearest to a row; the first of several */
export function nearest(
  rows: Float32Array,
  start: number,
  means: Float32Array,
  halves: Float32Array,
  width: number,
): number {
  let [best, bestScore] = [0, -Infinity];
  for (let mean = 0; mean < halves.length; mean++) {
    const score = dot(rows, start, means, mean * width, width) - halves[mean]!;
    if (score > bestScore) [best, bestScore] = [mean, score];
  }
  return best;
}

/** @returns the mean nearest to a row, by its products with all; the first of several */
function nearestOf(products: Float32Array, halves: Float32Array): number {
  let [best, bestScore] = [0, -Infinity];
  for (let mean = 0; mean < halves.length; mean++) {
    const score = products[mean]! - halves[mean]!;
    if (score > bestScore) [best, bestScore] = [mean, score];
  }
  return best;
}

/**
 * @param count of means; rows are taken twice where there are fewer
 * @returns `count` rows of `width`
 */
export function kMeans(
  rows: Float32Array,
  width: number,
  count: number,
  rounds: number,
  random: () => number,
): Float32Array {
  const means = someRows(rows, width, count, random);
  for (let round = 0; round < rounds; round++) {
    const halves = halfNorms(means, width);
    const sums = new MeanSums(count, width);
    eachProducts(rows, width, undefined, means, (row, products) => {
      sums.add(nearestOf(products, halves), rows, row * width);
    });
    sums.writeTo(means);
  }
  return means;
}

/** Rows by chance, zeros where there are none. */
export function someRows(
  rows: Float32Array,
  width: number,
  count: number,
  random: () => number,
): Float32Array {
  const order = shuffled(0, rows.length / width, random);
  const some = new Float32Array(count * width);
  for (let i = 0; i < count && order.length > 0; i++) {
    const row = order[i % order.length]!;
    some.set(rows.subarray(row * width, (row + 1) * width), i * width);
  }
  return some;
}

/** Sums of the rows of each mean. */
export class MeanSums {
  readonly #width: number;
  readonly #sums: Float64Array;
  readonly #counts: Uint32Array;

  constructor(count: number, width: number) {
    this.#width = width;
    this.#sums = new Float64Array(count * width);
    this.#counts = new Uint32Array(count);
  }

  add(mean: number, rows: Float32Array, start: number): void {
    const at = mean * this.#width;
    for (let i = 0; i < this.#width; i++) this.#sums[at + i]! += rows[start + i]!;
    this.#counts[mean]!++;
  }

  /** A mean that has no rows stays where it is. */
  writeTo(means: Float32Array): void {
    for (const [mean, count] of this.#counts.entries()) {
      if (count === 0) continue;
      const at = mean * this.#width;
      for (let i = at; i < at + this.#width; i++) means[i] = this.#sums[i]! / count;
    }
  }
}
