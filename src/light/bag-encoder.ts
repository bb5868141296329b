/**
 * The encoder while it is fitted, in float32: a text's vector is the weighted mean of its pieces'
 * vectors plus the mean vector of its kind, scaled to length 1; and the way back, from a gradient by
 * that vector to gradients by pieces' vectors and by logarithms of weights.
 */

import type { Bags } from './bags.ts';

export interface Parameters {
  /** pieces x dimensions. */
  vectors: Float32Array;
  /** Logarithms of the pieces' weights. */
  logs: Float32Array;
}

/** Unit rows, and what the way back needs of them. */
export interface Encoded {
  rows: Float32Array;
  /** Of each row before it was scaled. */
  norms: Float64Array;
}

/** @param bias what is added to each row's mean, rows x dimensions */
export function encodeBags(bags: Bags, { vectors, logs }: Parameters, bias: Float32Array): Encoded {
  const count = bags.starts.length - 1;
  const dimensions = bias.length / count;
  const rows = new Float32Array(bias.length);
  const norms = new Float64Array(count);
  const sum = new Float64Array(dimensions);
  for (let row = 0; row < count; row++) {
    const [start, end] = [bags.starts[row]!, bags.starts[row + 1]!];
    const total = weightOf(bags, logs, start, end);
    for (let j = 0; j < dimensions; j++) sum[j] = bias[row * dimensions + j]!;
    for (let i = start; i < end; i++) {
      const piece = bags.pieces[i]!;
      const part = (bags.counts[i]! * Math.exp(logs[piece]!)) / total;
      for (let j = 0; j < dimensions; j++)
        sum[j] = sum[j]! + part * vectors[piece * dimensions + j]!;
    }
    let squares = 0;
    for (let j = 0; j < dimensions; j++) squares += sum[j]! * sum[j]!;
    // 0: a text without pieces, of a kind whose mean is 0.
    const norm = Math.sqrt(squares) || 1;
    norms[row] = norm;
    for (let j = 0; j < dimensions; j++) rows[row * dimensions + j] = sum[j]! / norm;
  }
  return { rows, norms };
}

/**
 * Adds to the gradients.
 * @param upstream gradient by `encoded.rows`
 */
export function addGradients(
  bags: Bags,
  { vectors, logs }: Parameters,
  bias: Float32Array,
  { rows, norms }: Encoded,
  upstream: Float32Array,
  gradients: Parameters,
): void {
  const dimensions = bias.length / norms.length;
  const inner = new Float64Array(dimensions);
  for (const [row, norm] of norms.entries()) {
    const at = row * dimensions;
    let along = 0;
    for (let j = 0; j < dimensions; j++) along += upstream[at + j]! * rows[at + j]!;
    // By the row before it was scaled, and that times the mean of the pieces' vectors.
    let mean = 0;
    for (let j = 0; j < dimensions; j++) {
      inner[j] = (upstream[at + j]! - along * rows[at + j]!) / norm;
      mean += inner[j]! * (rows[at + j]! * norm - bias[at + j]!);
    }
    const [start, end] = [bags.starts[row]!, bags.starts[row + 1]!];
    const total = weightOf(bags, logs, start, end);
    for (let i = start; i < end; i++) {
      const piece = bags.pieces[i]!;
      const part = (bags.counts[i]! * Math.exp(logs[piece]!)) / total;
      const from = piece * dimensions;
      let own = 0;
      for (let j = 0; j < dimensions; j++) {
        own += inner[j]! * vectors[from + j]!;
        gradients.vectors[from + j] = gradients.vectors[from + j]! + part * inner[j]!;
      }
      gradients.logs[piece]! += part * (own - mean);
    }
  }
}

function weightOf(
  { pieces, counts }: Bags,
  logs: Float32Array,
  start: number,
  end: number,
): number {
  let total = 0;
  for (let i = start; i < end; i++) total += counts[i]! * Math.exp(logs[pieces[i]!]!);
  return total;
}
