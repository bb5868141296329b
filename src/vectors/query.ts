import { BIAS_UNITS } from '../kernels/index.ts';
import type { Frame } from './frames.ts';
import type { Space } from './space.ts';

/** A query as it is scanned in one frame. */
export interface FramedQuery {
  frame: Frame;
  /** uint8 [width]: values + QUERY_OFFSET. */
  bytes: Uint8Array;
  /** uint8 [width / 8]: sign bits. */
  bits: Uint8Array;
  /** What a value of `bytes` stands for. */
  factor: number;
  /** What is added to every score. */
  offset: number;
  /** Length of the centred query. */
  length: number;
  /** By how many of a row's bits, in share of them, a bias of 1 makes up for. */
  lean: number;
  /** A score is off by at most `errorFactor` * (the row's error) + `errorOffset`. */
  errorFactor: number;
  errorOffset: number;
}

/**
 * Float32 steps (rotation, sums, scores) round away less than this share of what they add up: a
 * rotation has 44 roundings of 6e-8 at most.
 */
const ROUNDING = 1e-5;

/** Lengths whose squares float32 cannot hold count as 0: a row's error, the query, what it lost. */
const TINY_LENGTH = 1e-20;

/** Far above what products lose where they leave float32's range at its lower end. */
const TINY_SCORE = 1e-30;

/**
 * The query in a frame. With m the frame's mean, q and x turn into q' = R(q - m) and y = R(x - m), and
 * dot(q, x) = dot(q', y) + dot(m, x) + dot(q, m) - dot(m, m): the first is scanned, the second is the
 * row's bias, the rest is `offset`.
 *
 * By Cauchy-Schwarz, rounding y to int8 and q' to 7 bits changes dot(q', y) by at most
 * |q' rounded| * |what y lost| + |what q' lost| * |y|, and q' rounded is no longer than |q'| + |what
 * it lost|.
 */
export function frameQuery(space: Space, query: Float32Array, frame: Frame): FramedQuery {
  const { factor, lost, length, bytes, bits } = encode(space, query, frame.mean);
  const meanLength = Math.sqrt(dotOf(frame.mean, frame.mean));
  const offset = dotOf(query, frame.mean) - meanLength ** 2;
  const sizes = length * frame.radius + meanLength * (meanLength + frame.radius) + Math.abs(offset);
  return {
    ...{ frame, bytes, bits, factor, offset, length },
    lean: leanOf(frame, length),
    errorFactor: (length + lost) * 1.001,
    errorOffset:
      lost * frame.radius * 1.001 +
      ROUNDING * sizes +
      TINY_LENGTH * (length + 4 * frame.radius) +
      TINY_SCORE,
  };
}

/**
 * What is left of a bias's worth: unit rows y of a greater bias are shorter, as |y|^2 = 1 - 2 bias + |m|^2,
 * so that their bits are worth less. Of 0, 0.3, 0.5, 0.7 and 1, those in the middle did best for all
 * three kinds of questions to WordNet's glosses.
 */
const BIAS_WORTH = 0.6;

/**
 * A row whose signs differ in d of w bits lets expect a score of bias + length * |y| * cos(pi * d / w):
 * near d = w / 2, a bias greater by b is worth w * b / (pi * length * |y|) bits. |y| is taken as what it is
 * on the mean. Of a query at the mean itself, where bits say nothing, the length is taken as half of that,
 * lest the biases of many rows be worth all bits there are.
 */
function leanOf({ meanRadius }: Frame, length: number): number {
  const steepness = Math.PI * Math.max(length, meanRadius / 2) * meanRadius;
  return steepness > TINY_LENGTH ? BIAS_WORTH / steepness : 0;
}

/** Slope and shift as scanBits takes them, for so many bits: rows of the mean bias lean 0. */
export function slopeOf(
  { frame, lean }: FramedQuery,
  bits: number,
): [slope: number, shift: number] {
  const slope = Math.min(Math.round((2 ** 16 / BIAS_UNITS) * bits * lean), 2 ** 15 - 1);
  const middle = Math.max(-(2 ** 15), Math.min(2 ** 15, Math.round(frame.meanBias * BIAS_UNITS)));
  return [slope, 2 ** 15 - slope * middle];
}

/** R(query - mean) as bytes and bits. */
function encode(space: Space, query: Float32Array, mean: Float32Array) {
  const { kernels, at, width } = space;
  const y = space.floats.subarray(at.y / 4, at.y / 4 + width).fill(0);
  for (let i = 0; i < query.length; i++) y[i] = query[i]! - mean[i]!;
  kernels.rotateRows(at.y, 1, width, at.signs);
  kernels.encodeQuery(at.y, width, at.queryBytes, at.queryBits, at.norms);
  const known = at.norms / 4;
  return {
    factor: space.floats[known]!,
    lost: space.floats[known + 1]!,
    length: space.floats[known + 2]!,
    bytes: space.bytes.slice(at.queryBytes, at.queryBytes + width),
    bits: space.bytes.slice(at.queryBits, at.queryBits + width / 8),
  };
}

function dotOf(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
