/** All scores of a query by brute force, as a vector index would give them for fusion. */

import type { DenseScores } from '../../src/words/index.ts';
import { TopK, type Ranked } from '../../src/vectors/top-k.ts';

/** Brute force needs no waiting. */
export interface ExactScores extends DenseScores {
  top: (...asked: Parameters<DenseScores['top']>) => Ranked;
  of: (rows: Uint32Array) => Float32Array;
}

/** @param vectors rows x query.length */
export function exactScores(vectors: Float32Array, query: Float32Array): ExactScores {
  const width = query.length;
  const scores = new Float32Array(vectors.length / width);
  let sum = 0;
  let squares = 0;
  for (let row = 0, at = 0; row < scores.length; row++) {
    let score = 0;
    for (let i = 0; i < width; i++) score += query[i]! * vectors[at++]!;
    scores[row] = score;
    sum += score;
    squares += score * score;
  }
  const mean = sum / scores.length;
  return {
    mean,
    deviation: Math.sqrt(Math.max(0, squares / scores.length - mean * mean)),
    top: (limit, filter) => {
      const best = new TopK(Math.min(limit, scores.length));
      for (const [row, score] of scores.entries()) {
        if (!filter || (filter[row >>> 5]! & (1 << (row & 31))) !== 0) best.offer(score, row);
      }
      return best.drain();
    },
    of: (rows) => Float32Array.from(rows, (row) => scores[row]!),
  };
}
