import {
  FACTOR_BYTES,
  QUERY_LARGEST,
  QUERY_OFFSET,
  rotationRounds,
  segmentOf,
  transformSize,
} from '../search-layout.ts';
import type { EncodeKernels } from '../search-types.ts';
import { placeIn } from './places.ts';
import { quantizeBlock } from './quantize.ts';
import { bytes, floats, integers, signedBytes, WORD } from './views.ts';

const { fround } = Math;

export function encodeTwins(memory: WebAssembly.Memory): EncodeKernels {
  return {
    centreRows(x, rows, dimensions, width, mean, out, segments, first) {
      const centre = floats(memory, mean, dimensions);
      for (let row = 0; row < rows; row++) {
        const values = floats(memory, x + row * dimensions * WORD, dimensions);
        const centred = floats(memory, out + row * width * WORD, width).fill(0);
        centred.set(values.map((value, i) => value - centre[i]!));
        const factors = factorsOf(segments, width, first + row);
        floats(memory, factors, 4)[3] = dotInLanes(values, centre);
      }
    },

    rotateRows(y, rows, width, signs) {
      const size = transformSize(width);
      for (let row = 0; row < rows; row++) {
        const values = floats(memory, y + row * width * WORD, width);
        for (let round = 0; round < rotationRounds(width); round++) {
          const flips = integers(memory, signs + round * width * WORD, width);
          flips.forEach((flip, i) => {
            if (flip !== 0) values[i] = -values[i]!;
          });
          const from = round % 2 === 0 ? 0 : width - size;
          transform(values.subarray(from, from + size));
        }
      }
    },

    encodeRows(y, rows, width, segments, first, norms) {
      const { codes } = segmentOf(width);
      for (let row = 0; row < rows; row++) {
        const values = floats(memory, y + row * width * WORD, width);
        const { scale, values: rounded } = quantizeBlock(values);
        const { at, place } = placeIn(segments, width, first + row);
        signedBytes(memory, at + codes + place * width, width).set(rounded);
        bytes(memory, at + (place * width) / 8, width / 8).set(signBits(values));
        const factors = factorsOf(segments, width, first + row);
        integers(memory, factors, 2)[1] = rounded.reduce((sum, value) => sum + value, 0);
        const lost = values.map((value, i) => value - rounded[i]! * scale);
        floats(memory, factors, 3).set([scale], 0);
        floats(memory, factors, 3).set([Math.hypot(...lost)], 2);
        floats(memory, norms + row * WORD, 1)[0] = Math.hypot(...values);
      }
    },

    encodeQuery(y, width, bytesAt, bitsAt, known) {
      const values = floats(memory, y, width);
      const { scale, values: rounded } = quantizeBlock(values, QUERY_LARGEST);
      bytes(memory, bytesAt, width).set(rounded.map((value) => value + QUERY_OFFSET));
      bytes(memory, bitsAt, width / 8).set(signBits(values));
      const lost = values.map((value, i) => value - rounded[i]! * scale);
      floats(memory, known, 3).set([scale, Math.hypot(...lost), Math.hypot(...values)]);
    },
  };
}

function factorsOf(segments: number, width: number, row: number): number {
  const { at, place } = placeIn(segments, width, row);
  return at + segmentOf(width).factors + place * FACTOR_BYTES;
}

/** In float32, in four sums, the rest after their total. */
function dotInLanes(a: Float32Array, b: Float32Array): number {
  const lanes = new Float32Array(4);
  const whole = a.length - (a.length % 4);
  for (let i = 0; i < whole; i++) lanes[i % 4]! += fround(a[i]! * b[i]!);
  let sum = fround(fround(lanes[0]! + lanes[1]!) + fround(lanes[2]! + lanes[3]!));
  for (let i = whole; i < a.length; i++) sum = fround(sum + fround(a[i]! * b[i]!));
  return sum;
}

/** Divided by the root of the size first, then stage by stage, near values first. */
function transform(values: Float32Array): void {
  const factor = fround(1 / Math.sqrt(values.length));
  for (let i = 0; i < values.length; i++) values[i]! *= factor;
  for (let step = 1; step < values.length; step *= 2) {
    for (let i = 0; i < values.length; i++) {
      if (Math.floor(i / step) % 2 === 1) continue;
      const [a, b] = [values[i]!, values[i + step]!];
      values[i] = a + b;
      values[i + step] = a - b;
    }
  }
}

function signBits(values: Float32Array): Uint8Array {
  const bits = new Uint8Array(values.length / 8);
  values.forEach((value, i) => {
    if (value < 0 || Object.is(value, -0)) bits[Math.floor(i / 8)]! |= 1 << (i % 8);
  });
  return bits;
}
