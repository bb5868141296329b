import { describe, expect, it } from 'vitest';
import { SparseAdam } from './adam.ts';
import { addGradients, encodeBags, type Parameters } from './bag-encoder.ts';
import { bagsOf } from './bags.ts';
import { listwise } from './listwise.ts';
import { polish } from './polish.ts';
import { timesTransposed } from './product.ts';
import { randomOf } from './random.ts';

const DIMENSIONS = 8;
const PIECES = 10;
const ROWS = 8;

function randoms(seed: number, length: number): Float32Array {
  const random = randomOf(seed);
  return Float32Array.from({ length }, () => random() - 0.5);
}

function unitRows(seed: number, rows: number): Float32Array {
  const data = randoms(seed, rows * DIMENSIONS);
  for (let row = 0; row < rows; row++) {
    const part = data.subarray(row * DIMENSIONS, (row + 1) * DIMENSIONS);
    const norm = Math.hypot(...part);
    part.set(part.map((value) => value / norm));
  }
  return data;
}

const random = randomOf(1);
const bags = bagsOf(
  Array.from({ length: ROWS }, (_, row) =>
    Array.from({ length: row === 2 ? 0 : 2 + (row % 4) }, () => Math.floor(random() * PIECES)),
  ),
);
const theirs = unitRows(2, ROWS);
const bias = randoms(3, ROWS * DIMENSIONS);
const parameters: Parameters = {
  vectors: randoms(4, PIECES * DIMENSIONS),
  logs: randoms(5, PIECES),
};

function lossAt(at: Parameters): number {
  const ours = encodeBags(bags, at, bias).rows;
  const passages = theirs.subarray(0, 4 * DIMENSIONS);
  return listwise({ ours, theirs, passages, dimensions: DIMENSIONS }).loss;
}

describe('the gradient', () => {
  const encoded = encodeBags(bags, parameters, bias);
  const gradients: Parameters = {
    vectors: new Float32Array(PIECES * DIMENSIONS),
    logs: new Float32Array(PIECES),
  };
  const { loss, gradient } = listwise({
    ours: encoded.rows,
    theirs,
    passages: theirs.subarray(0, 4 * DIMENSIONS),
    dimensions: DIMENSIONS,
  });
  addGradients(bags, parameters, bias, encoded, gradient, gradients);

  it.each(['vectors', 'logs'] as const)('by %s is that of finite differences', (name) => {
    const step = 1 / 256;
    for (const [i, value] of parameters[name].entries()) {
      const moved = (by: number): number => {
        const values = parameters[name].slice();
        values[i] = value + by;
        return lossAt({ ...parameters, [name]: values });
      };
      // Of the fourth order: the softmax is sharp.
      const far = (moved(2 * step) - moved(-2 * step)) / (4 * step);
      const near = (moved(step) - moved(-step)) / (2 * step);
      const difference = (4 * near - far) / 3;
      const scale = Math.max(0.5, Math.abs(difference));
      expect(Math.abs(gradients[name][i]! - difference) / scale).toBeLessThan(0.02);
    }
    expect(gradients[name].some((value) => Math.abs(value) > 0.1)).toBe(true);
  });

  it('is of a loss that is 0 where the encoder is the model', () => {
    expect(loss).toBeGreaterThan(0.1);
    const passages = theirs.subarray(0, 4 * DIMENSIONS);
    const same = listwise({ ours: theirs, theirs, passages, dimensions: DIMENSIONS });
    expect(same.loss).toBeCloseTo(0, 5);
  });
});

describe('timesTransposed', () => {
  it('multiplies as three loops do', () => {
    const [m, n, k] = [8, 6, 5];
    const [a, b] = [randoms(6, m * k), randoms(7, n * k)];
    const out = new Float32Array(m * n);
    timesTransposed(a, b, out, k);
    for (let row = 0; row < m; row++) {
      for (let column = 0; column < n; column++) {
        let sum = 0;
        for (let i = 0; i < k; i++) sum += a[row * k + i]! * b[column * k + i]!;
        expect(out[row * n + column]).toBeCloseTo(sum, 6);
      }
    }
  });
});

describe('SparseAdam', () => {
  it('moves as the paper says, the rows it is told of', () => {
    const values = Float32Array.of(1, 2, 3, 4);
    const adam = new SparseAdam(values, 2);
    const [expected, means, squares] = [
      [3, 4],
      [0, 0],
      [0, 0],
    ];
    for (let t = 1; t <= 5; t++) {
      const gradient = [0.5 * t, -1];
      adam.gradients.set(gradient, 2);
      adam.step([1], 0.1);
      for (const i of [0, 1]) {
        means[i] = 0.9 * means[i]! + 0.1 * gradient[i]!;
        squares[i] = 0.999 * squares[i]! + 0.001 * gradient[i]! ** 2;
        const [mean, square] = [means[i] / (1 - 0.9 ** t), squares[i] / (1 - 0.999 ** t)];
        expected[i]! -= (0.1 * mean) / (Math.sqrt(square) + 1e-8);
      }
    }
    expect([...values.subarray(0, 2)]).toEqual([1, 2]);
    for (const i of [0, 1]) expect(values[2 + i]).toBeCloseTo(expected[i]!, 5);
    expect([...adam.gradients]).toEqual([0, 0, 0, 0]);
  });
});

describe('polish', () => {
  it('lowers the loss', () => {
    const own = { vectors: parameters.vectors.slice(), logs: parameters.logs.slice() };
    const mean = new Float32Array(DIMENSIONS);
    const means = { passages: mean, queries: mean };
    const problem = { bags, vectors: theirs, dimensions: DIMENSIONS, passages: 4, means };
    const loss = (): number => {
      const ours = encodeBags(bags, own, new Float32Array(ROWS * DIMENSIONS)).rows;
      const passages = theirs.subarray(0, 4 * DIMENSIONS);
      return listwise({ ours, theirs, passages, dimensions: DIMENSIONS }).loss;
    };
    const before = loss();
    const shares = [...polish({ ...problem, epochs: 200, seed: 1 }, own)];
    expect(shares.at(-1)).toBe(1);
    expect(loss()).toBeLessThan(0.95 * before);
  });
});
