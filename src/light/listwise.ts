/**
 * How far a batch of encoded texts is from the model's: the model's ranking of the batch's passages, as
 * the Kullback-Leibler divergence of two softmaxes (ListNet: Cao et al., 2007), and the direction
 * itself, as 1 - cosine.
 */

import { timesTransposed } from './product.ts';

/** Of the softmaxes: cosines of a model lie close together. */
const TEMPERATURE = 0.02;
/** What 1 - cosine counts beside the divergence. */
const COSINE_WEIGHT = 5;

export interface Batch {
  /** Unit rows: what the encoder gives, and what the model gives for the same texts. */
  ours: Float32Array;
  theirs: Float32Array;
  /** Unit rows of passages, a multiple of 4. */
  passages: Float32Array;
  dimensions: number;
}

/**
 * The mean loss over rows, and its gradient by `ours`. Rows are a multiple of 4.
 */
export function listwise({ ours, theirs, passages, dimensions }: Batch): {
  loss: number;
  gradient: Float32Array;
} {
  const rows = ours.length / dimensions;
  const count = passages.length / dimensions;
  const wanted = scoresOf(theirs, passages, dimensions);
  const scores = scoresOf(ours, passages, dimensions);
  let loss = 0;
  for (let row = 0; row < rows; row++) loss += divergence(wanted, scores, row * count, count);
  // From here on `scores` holds the divergence's gradient by them.
  const gradient = new Float32Array(ours.length);
  timesTransposed(scores, transposed(passages, dimensions), gradient, count);
  for (let i = 0; i < gradient.length; i++) {
    loss -= COSINE_WEIGHT * ours[i]! * theirs[i]!;
    gradient[i] = (gradient[i]! - COSINE_WEIGHT * theirs[i]!) / rows;
  }
  return { loss: loss / rows + COSINE_WEIGHT, gradient };
}

function scoresOf(rows: Float32Array, passages: Float32Array, dimensions: number): Float32Array {
  const scores = new Float32Array((rows.length / dimensions) * (passages.length / dimensions));
  timesTransposed(rows, passages, scores, dimensions);
  return scores;
}

/** Of one row's softmaxes; puts its gradient in the place of `scores`. */
function divergence(
  wanted: Float32Array,
  scores: Float32Array,
  start: number,
  count: number,
): number {
  const [top, wantedTop] = [largest(scores, start, count), largest(wanted, start, count)];
  let [sum, wantedSum] = [0, 0];
  for (let i = start; i < start + count; i++) {
    sum += Math.exp((scores[i]! - top) / TEMPERATURE);
    wantedSum += Math.exp((wanted[i]! - wantedTop) / TEMPERATURE);
  }
  const [log, wantedLog] = [Math.log(sum), Math.log(wantedSum)];
  let loss = 0;
  for (let i = start; i < start + count; i++) {
    const ours = (scores[i]! - top) / TEMPERATURE - log;
    const theirs = (wanted[i]! - wantedTop) / TEMPERATURE - wantedLog;
    const share = Math.exp(theirs);
    loss += share * (theirs - ours);
    scores[i] = (Math.exp(ours) - share) / TEMPERATURE;
  }
  return loss;
}

function largest(values: Float32Array, start: number, count: number): number {
  let most = -Infinity;
  for (let i = start; i < start + count; i++) if (values[i]! > most) most = values[i]!;
  return most;
}

function transposed(rows: Float32Array, dimensions: number): Float32Array {
  const count = rows.length / dimensions;
  const out = new Float32Array(rows.length);
  for (let row = 0; row < count; row++) {
    for (let j = 0; j < dimensions; j++) out[j * count + row] = rows[row * dimensions + j]!;
  }
  return out;
}
