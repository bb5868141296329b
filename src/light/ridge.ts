/**
 * Sparse ridge regression by conjugate gradients (Hestenes and Stiefel, 1952): the E that makes
 * sum over rows of s |A E - B|^2 + lambda |E|^2 least, s a row's weight.
 *
 * Each column of E is a system of its own with the same matrix. Some are solved side by side, few enough
 * that their part of E stays in the processor's cache.
 */

import type { Bags } from './bags.ts';

export interface RidgeProblem {
  /** rows x pieces, sparse: where its values stand. */
  bags: Bags;
  /** Values of A, in the order of `bags.pieces`. */
  parts: Float32Array;
  /** B, rows x dimensions; dimensions a multiple of 8. */
  targets: Float32Array;
  /** s, one a row. */
  rowWeights: Float32Array;
  pieces: number;
  dimensions: number;
  lambda: number;
  steps: number;
}

/** Columns that are solved side by side. */
const STRIP = 8;

/** E, pieces x dimensions; yields after each strip of columns with the share that is done. */
export function* solveRidge(problem: RidgeProblem): Generator<number, Float32Array> {
  const { pieces, dimensions, steps } = problem;
  const solution = new Float32Array(pieces * dimensions);
  for (let first = 0; first < dimensions; first += STRIP) {
    const strip = solveStrip(problem, rightSide(problem, first), steps);
    for (let piece = 0; piece < pieces; piece++) {
      for (let j = 0; j < STRIP; j++) {
        solution[piece * dimensions + first + j] = strip[piece * STRIP + j]!;
      }
    }
    yield (first + STRIP) / dimensions;
  }
  return solution;
}

/** Columns of A' s B. */
function rightSide(problem: RidgeProblem, first: number): Float32Array {
  const { bags, parts, targets, rowWeights, dimensions } = problem;
  const side = new Float32Array(problem.pieces * STRIP);
  for (let row = 0; row < rowWeights.length; row++) {
    const target = row * dimensions + first;
    for (let i = bags.starts[row]!; i < bags.starts[row + 1]!; i++) {
      const to = bags.pieces[i]! * STRIP;
      const part = parts[i]! * rowWeights[row]!;
      for (let j = 0; j < STRIP; j++) side[to + j]! += part * targets[target + j]!;
    }
  }
  return side;
}

function solveStrip(problem: RidgeProblem, side: Float32Array, steps: number): Float32Array {
  const solution = new Float32Array(side.length);
  const residual = side;
  const direction = side.slice();
  const image = new Float32Array(side.length);
  let squares = columnDots(residual, residual);
  for (let step = 0; step < steps; step++) {
    normalProduct(problem, direction, image);
    const curves = columnDots(direction, image);
    const lengths = squares.map((square, j) => (curves[j]! > 0 ? square / curves[j]! : 0));
    addColumns(solution, direction, lengths);
    addColumns(
      residual,
      image,
      lengths.map((length) => -length),
    );
    const next = columnDots(residual, residual);
    const turns = next.map((square, j) => (squares[j]! > 0 ? square / squares[j]! : 0));
    for (let i = 0; i < direction.length; i += STRIP) {
      for (let j = 0; j < STRIP; j++)
        direction[i + j] = residual[i + j]! + turns[j]! * direction[i + j]!;
    }
    squares = next;
  }
  return solution;
}

/**
 * image = (A' s A + lambda) direction. Sums of a row are locals, one a column, and not an array: that
 * is three times as fast, and the reason why strips have eight columns.
 */
function normalProduct(
  { bags: { starts, pieces }, parts, rowWeights, lambda }: RidgeProblem,
  direction: Float32Array,
  image: Float32Array,
): void {
  for (let i = 0; i < image.length; i++) image[i] = lambda * direction[i]!;
  for (let row = 0; row < rowWeights.length; row++) {
    const [start, end, weight] = [starts[row]!, starts[row + 1]!, rowWeights[row]!];
    let [a, b, c, d, e, f, g, h] = [0, 0, 0, 0, 0, 0, 0, 0];
    for (let i = start; i < end; i++) {
      const from = pieces[i]! * STRIP;
      const part = parts[i]! * weight;
      a += part * direction[from]!;
      b += part * direction[from + 1]!;
      c += part * direction[from + 2]!;
      d += part * direction[from + 3]!;
      e += part * direction[from + 4]!;
      f += part * direction[from + 5]!;
      g += part * direction[from + 6]!;
      h += part * direction[from + 7]!;
    }
    for (let i = start; i < end; i++) {
      const to = pieces[i]! * STRIP;
      const part = parts[i]!;
      image[to] = image[to]! + part * a;
      image[to + 1] = image[to + 1]! + part * b;
      image[to + 2] = image[to + 2]! + part * c;
      image[to + 3] = image[to + 3]! + part * d;
      image[to + 4] = image[to + 4]! + part * e;
      image[to + 5] = image[to + 5]! + part * f;
      image[to + 6] = image[to + 6]! + part * g;
      image[to + 7] = image[to + 7]! + part * h;
    }
  }
}

function columnDots(a: Float32Array, b: Float32Array): Float64Array {
  const dots = new Float64Array(STRIP);
  for (let i = 0; i < a.length; i += STRIP) {
    for (let j = 0; j < STRIP; j++) dots[j]! += a[i + j]! * b[i + j]!;
  }
  return dots;
}

/** to += factors * from, column by column. */
function addColumns(to: Float32Array, from: Float32Array, factors: Float64Array): void {
  for (let i = 0; i < to.length; i += STRIP) {
    for (let j = 0; j < STRIP; j++) to[i + j]! += factors[j]! * from[i + j]!;
  }
}
