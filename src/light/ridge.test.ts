import { describe, expect, it } from 'vitest';
import { bagsOf, partsOf, sharesOf } from './bags.ts';
import { randomOf } from './random.ts';
import { solveRidge, type RidgeProblem } from './ridge.ts';

/** Solves M X = Y by elimination with pivots; both are changed. */
function eliminate(matrix: number[][], sides: number[][]): number[][] {
  const size = matrix.length;
  for (let column = 0; column < size; column++) {
    let pivot = column;
    for (let row = column; row < size; row++) {
      if (Math.abs(matrix[row]![column]!) > Math.abs(matrix[pivot]![column]!)) pivot = row;
    }
    [matrix[column], matrix[pivot]] = [matrix[pivot]!, matrix[column]!];
    [sides[column], sides[pivot]] = [sides[pivot]!, sides[column]!];
    for (let row = 0; row < size; row++) {
      if (row === column) continue;
      const factor = matrix[row]![column]! / matrix[column]![column]!;
      for (let i = 0; i < size; i++) matrix[row]![i]! -= factor * matrix[column]![i]!;
      sides[row] = sides[row]!.map((value, i) => value - factor * sides[column]![i]!);
    }
  }
  return sides.map((side, row) => side.map((value) => value / matrix[row]![row]!));
}

function problemOf(seed: number, rows: number, pieces: number, dimensions: number): RidgeProblem {
  const random = randomOf(seed);
  const texts = Array.from({ length: rows }, (_, row) =>
    Array.from({ length: row % 7 }, () => Math.floor(random() ** 2 * pieces)),
  );
  const bags = bagsOf(texts);
  const weights = sharesOf(bags, pieces).map((share) => 0.01 / (0.01 + share));
  return {
    bags,
    parts: partsOf(bags, weights),
    targets: Float32Array.from({ length: rows * dimensions }, () => random() - 0.5),
    rowWeights: Float32Array.from({ length: rows }, (_, row) => (row % 3 === 0 ? 3 : 1)),
    pieces,
    dimensions,
    lambda: 0.02,
    steps: 60,
  };
}

/** (A' s A + lambda) E = A' s B, written out densely. */
function reference(problem: RidgeProblem): number[][] {
  const { bags, parts, targets, rowWeights, pieces, dimensions, lambda } = problem;
  const matrix = Array.from({ length: pieces }, (_, i) =>
    Array.from({ length: pieces }, (_, j) => (i === j ? lambda : 0)),
  );
  const sides = Array.from({ length: pieces }, () => new Array<number>(dimensions).fill(0));
  for (const [row, weight] of rowWeights.entries()) {
    const dense = new Array<number>(pieces).fill(0);
    for (let i = bags.starts[row]!; i < bags.starts[row + 1]!; i++)
      dense[bags.pieces[i]!] = parts[i]!;
    for (let i = 0; i < pieces; i++) {
      for (let j = 0; j < pieces; j++) matrix[i]![j]! += weight * dense[i]! * dense[j]!;
      for (let j = 0; j < dimensions; j++) {
        sides[i]![j]! += weight * dense[i]! * targets[row * dimensions + j]!;
      }
    }
  }
  return eliminate(matrix, sides);
}

describe('solveRidge', () => {
  it('finds what a dense solution finds, in every strip of columns', () => {
    const problem = problemOf(3, 120, 30, 24);
    const shares: number[] = [];
    const work = solveRidge(problem);
    let step = work.next();
    for (; step.done !== true; step = work.next()) shares.push(step.value);
    const wanted = reference(problem).flat();
    expect(step.value).toHaveLength(wanted.length);
    for (const [i, value] of wanted.entries()) expect(step.value[i]).toBeCloseTo(value, 3);
    expect(shares).toEqual([1 / 3, 2 / 3, 1]);
  });

  it('gives zeros where nothing is wanted or no text has the piece', () => {
    const problem = { ...problemOf(4, 20, 9, 8), targets: new Float32Array(160), pieces: 12 };
    const work = solveRidge(problem);
    let step = work.next();
    while (step.done !== true) step = work.next();
    expect([...step.value]).toEqual(new Array(96).fill(0));
  });
});
