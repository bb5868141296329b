import { beforeAll, describe, expect, it } from 'vitest';
import { buildKernels } from '../../tools/kernels.ts';
import { StructuredVectors } from '../search/vectors.ts';
import { PRECISIONS, scorersOf, type Precision, type Score } from './precisions.ts';
import { meanOf, rotate } from './rotate.ts';

const [ROWS, QUESTIONS] = [2000, 5];

/** A width that fills the index's own, and one that does not. */
const WIDTHS = [128, 100];

function vectorsOf(width: number) {
  const vectors = new StructuredVectors(width, ROWS);
  const questions = new Float32Array(QUESTIONS * width);
  for (let i = 0; i < QUESTIONS; i++) questions.set(vectors.question(i), i * width);
  return { rows: vectors.rows(0, ROWS), questions };
}

/** Root of the mean square of what scores are off by, their common offset taken away. */
function errorOf(scores: Float32Array, exact: Float32Array): number {
  const off = scores.map((score, row) => score - exact[row]!);
  const mean = off.reduce((sum, value) => sum + value, 0) / off.length;
  return Math.sqrt(off.reduce((sum, value) => sum + (value - mean) ** 2, 0) / off.length);
}

beforeAll(buildKernels, 60_000);

describe.each(WIDTHS)('scores of rows of %i values', (width) => {
  const { rows, questions } = vectorsOf(width);
  let scores: Record<Precision, Score>;
  beforeAll(async () => {
    scores = await scorersOf(rows, questions, width);
  });

  it('are near those of float32 by int8, farther by 2 bits, but right on the mean', () => {
    for (let question = 0; question < QUESTIONS; question++) {
      const exact = scores.float32(question);
      const spread = errorOf(exact, new Float32Array(ROWS));
      expect(errorOf(scores.int8(question), exact)).toBeLessThan(0.03 * spread);
      expect(errorOf(scores['2 bits'](question), exact)).toBeLessThan(0.4 * spread);
    }
  });

  it('by bits are distances of signs after the rotation', async () => {
    const mean = meanOf(rows, width);
    const [own, asked] = [await rotate(rows, mean), await rotate(questions, mean)];
    const distances = Array.from({ length: 50 }, (_, row) => {
      const values = own.values.subarray(row * own.width, (row + 1) * own.width);
      return values.filter((value, i) => value < 0 !== asked.values[i]! < 0).length;
    });
    expect([...scores.bits(0).subarray(0, 50)]).toEqual(distances.map((distance) => -distance));
  });

  it('rank a row that is the question first', async () => {
    const same = await scorersOf(rows, rows.slice(0, QUESTIONS * width), width);
    for (const precision of PRECISIONS) {
      for (let question = 0; question < QUESTIONS; question++) {
        const all = same[precision](question);
        expect(all.indexOf(Math.max(...all)), precision).toBe(question);
      }
    }
  });
});

it('a rotation keeps products', async () => {
  const { rows } = vectorsOf(128);
  const { values } = await rotate(rows, new Float32Array(128));
  const dot = (data: Float32Array): number =>
    data.subarray(0, 128).reduce((sum, value, i) => sum + value * data[128 + i]!, 0);
  expect(dot(values)).toBeCloseTo(dot(rows), 5);
});
