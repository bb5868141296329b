import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { StructuredVectors } from '../../bench/search/vectors.ts';
import { bruteForce } from './brute-force.ts';
import { loadSearchModule } from './load.ts';
import { VectorIndex } from './vector-index.ts';

const kernels = await loadSearchModule('simd128', false, (url) => readFile(url));

it('of rows of which some lie nearer to the mean, biases count beside bits', async () => {
  const [dimensions, count] = [384, 4000];
  const vectors = new StructuredVectors(dimensions, count);
  const rows = vectors.rows(0, count);
  const mean = Float32Array.from({ length: dimensions }, (_, i) => {
    let sum = 0;
    for (let at = i; at < rows.length; at += dimensions) sum += rows[at]!;
    return sum / count;
  });
  for (let row = 0; row < count; row++) {
    const own = rows.subarray(row * dimensions, (row + 1) * dimensions);
    const share = (row % 10) / 10;
    own.forEach((value, i) => (own[i] = value + share * mean[i]!));
    const length = Math.hypot(...own);
    own.forEach((value, i) => (own[i] = value / length));
  }
  const index = new VectorIndex(kernels, dimensions);
  index.add(rows);
  let hits = 0;
  for (let number = 0; number < 40; number++) {
    const question = vectors.question(number);
    const wanted = new Set(bruteForce(rows, question, 10).rows);
    const { rows: found, mode } = await index.search(question, 10, {
      exact: false,
      candidates: 60,
    });
    expect(mode).toBe('bits');
    hits += found.filter((row) => wanted.has(row)).length;
  }
  expect(hits / 400).toBeGreaterThanOrEqual(0.9);
});

it('a query that is the mean is answered by biases', async () => {
  const [dimensions, count] = [384, 4000];
  const vectors = new StructuredVectors(dimensions, count);
  const rows = vectors.rows(0, count);
  const index = new VectorIndex(kernels, dimensions);
  index.add(rows);
  const { mean } = index.shape.frames.at(-1)!;
  const wanted = new Set(bruteForce(rows, mean, 10).rows);
  const found = await index.search(mean, 10, { exact: false, candidates: 400 });
  expect(found.mode).toBe('bits');
  // By bits alone, the 400 have five of the ten.
  expect(found.rows.filter((row) => wanted.has(row)).length).toBeGreaterThanOrEqual(7);
});
