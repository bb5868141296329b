import { QUERY_OFFSET } from '../kernels/index.ts';
import type { Frame } from './frames.ts';
import type { Space } from './space.ts';

/** Largest magnitude of a query's value, so that with QUERY_OFFSET it has 7 bits. */
const LARGEST = 63;

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
  /** A score is off by at most `errorFactor` * (the row's error) + `errorOffset`. */
  errorFactor: number;
  errorOffset: number;
}

/**
 * Float32 steps (rotation, sums, scores) round away less than this share of what they add up: a
 * rotation has 44 roundings of 6e-8 at most.
 */
const ROUNDING = 1e-5;

/** Lengths whose squares float32 cannot hold count as 0 in a row's error. */
const TINY_LENGTH = 1e-20;

/** Far above what products lose where they leave float32's range at its lower end. */
const TINY_SCORE = 1e-30;

/**
 * The query in a frame. With m the frame's mean, q and x turn into q' = R(q - m) and y = R(x - m), and
 * dot(q, x) = dot(q', y) + dot(m, x) + dot(q, m) - dot(m, m): the first is scanned, the second is the
 * row's bias, the rest is `offset`.
 *
 * By Cauchy-Schwarz, rounding y to int8 and q' to 7 bits changes dot(q', y) by at most
 * |q' rounded| * |what y lost| + |what q' lost| * |y|.
 */
export function frameQuery(space: Space, query: Float32Array, frame: Frame): FramedQuery {
  const rotated = rotate(space, query, frame.mean);
  const factor = Math.fround(largestOf(rotated) / LARGEST);
  const inverse = factor > 0 ? 1 / factor : 0;
  const bytes = new Uint8Array(rotated.length);
  const bits = new Uint8Array(rotated.length / 8);
  let [steps, lost, squares] = [0, 0, 0];
  for (let i = 0; i < rotated.length; i++) {
    const value = rotated[i]!;
    const step = Math.max(-LARGEST, Math.min(LARGEST, Math.round(value * inverse)));
    const left = value - step * factor;
    bytes[i] = step + QUERY_OFFSET;
    if (value < 0) bits[i >> 3]! |= 1 << (i & 7);
    steps += step * step;
    lost += left * left;
    squares += value * value;
  }
  const length = Math.sqrt(squares);
  const meanLength = Math.sqrt(dotOf(frame.mean, frame.mean));
  const offset = dotOf(query, frame.mean) - meanLength ** 2;
  const sizes = length * frame.radius + meanLength * (meanLength + frame.radius) + Math.abs(offset);
  return {
    ...{ frame, bytes, bits, factor, offset, length },
    errorFactor: Math.sqrt(steps) * factor * 1.001,
    errorOffset:
      Math.sqrt(lost) * frame.radius * 1.001 + ROUNDING * sizes + TINY_LENGTH * length + TINY_SCORE,
  };
}

function largestOf(values: Float32Array): number {
  let largest = 0;
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, Math.abs(values[i]!));
  return largest;
}

/** R(query - mean), `width` values. */
function rotate(space: Space, query: Float32Array, mean: Float32Array): Float32Array {
  const { kernels, floats, at, width } = space;
  const y = floats.subarray(at.y / 4, at.y / 4 + width).fill(0);
  for (let i = 0; i < query.length; i++) y[i] = query[i]! - mean[i]!;
  kernels.rotateRows(at.y, 1, width, at.signs);
  return y.slice();
}

function dotOf(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
