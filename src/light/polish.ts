/**
 * Moves fitted vectors and weights so that texts rank passages as the model ranks them: Adam on small
 * batches of passages and queries (listwise.ts is the loss).
 */

import { SparseAdam } from './adam.ts';
import { addGradients, encodeBags, type Parameters } from './bag-encoder.ts';
import type { Bags } from './bags.ts';
import { listwise } from './listwise.ts';
import { randomOf, shuffled } from './random.ts';

export interface PolishProblem {
  /** Passages first, then queries. */
  bags: Bags;
  /** The model's unit rows of the same texts, rows x dimensions. */
  vectors: Float32Array;
  dimensions: number;
  passages: number;
  /** Mean vectors of passages and of queries. */
  means: { passages: Float32Array; queries: Float32Array };
  epochs: number;
  seed: number;
}

/** Multiples of 4, as products take them. */
const BATCH = { passages: 384, queries: 256 };
/** Adam's step at the start; it shrinks to nothing. */
const RATES = { vectors: 5e-4, logs: 5e-3 };

/** Changes `parameters`; yields the share that is done after each batch. */
export function* polish(problem: PolishProblem, parameters: Parameters): Generator<number> {
  const { bags, vectors, dimensions, means } = problem;
  const adam = {
    vectors: new SparseAdam(parameters.vectors, dimensions),
    logs: new SparseAdam(parameters.logs, 1),
  };
  const gradients = { vectors: adam.vectors.gradients, logs: adam.logs.gradients };
  const batches = batchesOf(problem);
  for (const [step, { passages, queries }] of batches.entries()) {
    const rows = [...passages, ...queries];
    const bag = bagRows(bags, rows);
    const bias = repeated(means.passages, passages.length, means.queries, queries.length);
    const theirs = gathered(vectors, rows, dimensions);
    const encoded = encodeBags(bag, parameters, bias);
    const { gradient } = listwise({
      ours: encoded.rows,
      theirs,
      passages: theirs.subarray(0, passages.length * dimensions),
      dimensions,
    });
    addGradients(bag, parameters, bias, encoded, gradient, gradients);
    const touched = new Set(bag.pieces);
    const left = 1 - step / batches.length;
    adam.vectors.step(touched, RATES.vectors * left);
    adam.logs.step(touched, RATES.logs * left);
    yield (step + 1) / batches.length;
  }
}

interface Rows {
  passages: Uint32Array;
  queries: Uint32Array;
}

/** All passages in each epoch, in another order; queries come again as often as that takes. */
function batchesOf(problem: PolishProblem): Rows[] {
  const { passages, bags, epochs, seed } = problem;
  const queries = bags.starts.length - 1 - passages;
  const random = randomOf(seed);
  const size = Math.min(BATCH.passages, passages - (passages % 4));
  const querySize = Math.min(BATCH.queries, queries - (queries % 4));
  const batches: Rows[] = [];
  let asked: Uint32Array = new Uint32Array();
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = shuffled(0, passages, random);
    for (let at = 0; size > 0 && at + size <= passages; at += size) {
      if (asked.length < querySize) asked = shuffled(passages, queries, random);
      batches.push({
        passages: order.subarray(at, at + size),
        queries: asked.subarray(0, querySize),
      });
      asked = asked.subarray(querySize);
    }
  }
  return batches;
}

function bagRows({ starts, pieces, counts }: Bags, rows: readonly number[]): Bags {
  const ends = new Uint32Array(rows.length + 1);
  for (const [i, row] of rows.entries()) ends[i + 1] = ends[i]! + starts[row + 1]! - starts[row]!;
  const bag = {
    starts: ends,
    pieces: new Uint32Array(ends.at(-1)!),
    counts: new Float32Array(ends.at(-1)!),
  };
  for (const [i, row] of rows.entries()) {
    bag.pieces.set(pieces.subarray(starts[row], starts[row + 1]), ends[i]);
    bag.counts.set(counts.subarray(starts[row], starts[row + 1]), ends[i]);
  }
  return bag;
}

function gathered(data: Float32Array, rows: readonly number[], width: number): Float32Array {
  const out = new Float32Array(rows.length * width);
  for (const [i, row] of rows.entries()) {
    out.set(data.subarray(row * width, (row + 1) * width), i * width);
  }
  return out;
}

function repeated(
  a: Float32Array,
  times: number,
  b: Float32Array,
  otherTimes: number,
): Float32Array {
  const out = new Float32Array(a.length * (times + otherTimes));
  for (let i = 0; i < times; i++) out.set(a, i * a.length);
  for (let i = times; i < times + otherTimes; i++) out.set(b, i * a.length);
  return out;
}
