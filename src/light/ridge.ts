/**
 * Sparse ridge regression by preconditioned conjugate gradients (Hestenes and Stiefel, 1952): the E
 * that makes the sum over rows of s |A E - B|^2 + lambda |E|^2 least, s a row's weight.
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
  const { pieces, dimensions } = problem;
  const scales = scalesOf(problem);
  const solution = new Float32Array(pieces * dimensions);
  for (let first = 0; first < dimensions; first += STRIP) {
    const strip = solveStrip(problem, rightSide(problem, first), scales);
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

function solveStrip(problem: RidgeProblem, side: Float32Array, scales: Float64Array): Float32Array {
  const solution = new Float32Array(side.length);
  const residual = side;
  const direction = new Float32Array(side.length);
  const image = new Float32Array(side.length);
  turn(direction, residual, scales, new Float64Array(STRIP));
  let squares = columnDots(direction, residual);
  for (let step = 0; step < problem.steps; step++) {
    normalProduct(problem, direction, image);
    const curves = columnDots(direction, image);
    const lengths = squares.map((square, j) => (curves[j]! > 0 ? square / curves[j]! : 0));
    for (let i = 0; i < solution.length; i++) {
      const length = lengths[i % STRIP]!;
      solution[i] = solution[i]! + length * direction[i]!;
      residual[i] = residual[i]! - length * image[i]!;
    }
    const next = scaledSquares(residual, scales);
    turn(
      direction,
      residual,
      scales,
      next.map((square, j) => (squares[j]! > 0 ? square / squares[j]! : 0)),
    );
    squares = next;
  }
  return solution;
}

/** direction = scaled residual + turns * direction. */
function turn(
  direction: Float32Array,
  residual: Float32Array,
  scales: Float64Array,
  turns: Float64Array,
): void {
  for (let i = 0; i < direction.length; i++) {
    direction[i] = residual[i]! * scales[(i / STRIP) | 0]! + turns[i % STRIP]! * direction[i]!;
  }
}

/** Of each column, what it is worth to the scaled system. */
function scaledSquares(residual: Float32Array, scales: Float64Array): Float64Array {
  const sums = new Float64Array(STRIP);
  for (let i = 0; i < residual.length; i++) {
    sums[i % STRIP]! += residual[i]! * residual[i]! * scales[(i / STRIP) | 0]!;
  }
  return sums;
}

/**
 * One over the diagonal of A' s A + lambda (Jacobi's preconditioner): pieces in thousands of texts and
 * pieces in one become alike, which takes half of the steps on a seeded corpus.
 */
function scalesOf({ bags, parts, rowWeights, pieces, lambda }: RidgeProblem): Float64Array {
  const diagonal = new Float64Array(pieces).fill(lambda);
  for (const [row, weight] of rowWeights.entries()) {
    for (let i = bags.starts[row]!; i < bags.starts[row + 1]!; i++) {
      diagonal[bags.pieces[i]!]! += weight * parts[i]! * parts[i]!;
    }
  }
  return diagonal.map((value) => 1 / value);
}

/**
 * image = (A' s A + lambda) direction. Sums of a row are locals, one a column, which is why strips have
 * eight columns.
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
