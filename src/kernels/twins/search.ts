import {
  BIAS_UNITS,
  EXCLUDED,
  FACTOR_BYTES,
  headBytes,
  QUERY_OFFSET,
  segmentOf,
} from '../search-layout.ts';
import type { ScanKernels, SearchKernels } from '../search-types.ts';
import { encodeTwins } from './encode.ts';
import { placeIn } from './places.ts';
import { roundToEven } from './quantize.ts';
import { bytes, floats, halves, integers, signedBytes, WORD } from './views.ts';
import { xxh32 } from './xxh32.ts';

const { fround } = Math;

/** The search kernels once more in plain TypeScript, to the bit where search-types.ts says so. */
export function createSearchTwins(memory: WebAssembly.Memory): SearchKernels {
  return {
    ...encodeTwins(memory),
    ...bitTwins(memory),
    ...byteTwins(memory),
    ...otherTwins(memory),
  };
}

function bitCount(value: number): number {
  let count = 0;
  for (let rest = value; rest > 0; rest >>= 1) count += rest & 1;
  return count;
}

function hamming(a: Uint8Array, b: Uint8Array): number {
  return a.reduce((sum, byte, i) => sum + bitCount(byte ^ b[i]!), 0);
}

function leanOf(memory: WebAssembly.Memory, width: number, at: number, place: number): number {
  return (halves(memory, at + segmentOf(width).leans + place * 2, 1)[0]! << 16) >> 16;
}

function leaned(differ: number, lean: number, slope: number, shift: number, most: number): number {
  const less = Math.floor((slope * lean + shift) / 2 ** 16);
  return Math.max(0, Math.min(most, differ - less));
}

type Bits = Pick<ScanKernels, 'deriveRows' | 'scanBits' | 'selectRows' | 'measureRows'>;
type Bytes = Pick<ScanKernels, 'scanBytes' | 'scoreRows'>;

function isSet(memory: WebAssembly.Memory, mask: number, place: number): boolean {
  return ((bytes(memory, mask + Math.floor(place / 8), 1)[0]! >> (place % 8)) & 1) === 1;
}

function bitTwins(memory: WebAssembly.Memory): Bits {
  return {
    deriveRows(width, segments, from, to) {
      const size = headBytes(width);
      const { factors, heads, leans } = segmentOf(width);
      for (let row = from; row < to; row++) {
        const { at, place } = placeIn(segments, width, row);
        const head = bytes(memory, at + heads + place * size, size);
        head.set(bytes(memory, at + (place * width) / 8, size));
        const bias = floats(memory, at + factors + place * FACTOR_BYTES, 4)[3]!;
        const units = Math.max(-32_767, Math.min(32_767, roundToEven(fround(bias * BIAS_UNITS))));
        halves(memory, at + leans + place * 2, 1)[0] = units;
      }
    },

    scanBits(query, width, size, segments, from, to, mask, counts, slope, shift) {
      const wanted = bytes(memory, query, size);
      const first = size === width / 8 ? 0 : segmentOf(width).heads;
      for (let row = from; row < to; row++) {
        const { at, place } = placeIn(segments, width, row);
        const asked = isSet(memory, at + mask, place);
        const differ = hamming(bytes(memory, at + first + place * size, size), wanted);
        const distance = leaned(differ, leanOf(memory, width, at, place), slope, shift, 8 * size);
        const result = at + segmentOf(width).results + place * 2;
        halves(memory, result, 1)[0] = asked ? distance : EXCLUDED;
        if (asked) integers(memory, counts + distance * WORD, 1)[0]!++;
      }
    },

    selectRows(width, segments, from, to, threshold, quota, list) {
      const chosen: number[] = [];
      let left = quota;
      for (let row = from; row < to; row++) {
        const { at, place } = placeIn(segments, width, row);
        const distance = halves(memory, at + segmentOf(width).results + place * 2, 1)[0]!;
        if (distance < threshold || (distance === threshold && left-- > 0)) chosen.push(row);
      }
      integers(memory, list, chosen.length).set(chosen);
      return chosen.length;
    },

    measureRows(query, width, segments, list, count, distances, counts, slope, shift) {
      const wanted = bytes(memory, query, width / 8);
      integers(memory, list, count).forEach((row, i) => {
        const { at, place } = placeIn(segments, width, row);
        const differ = hamming(bytes(memory, at + (place * width) / 8, width / 8), wanted);
        const distance = leaned(differ, leanOf(memory, width, at, place), slope, shift, width);
        halves(memory, distances + 2 * i, 1)[0] = distance;
        integers(memory, counts + distance * WORD, 1)[0]!++;
      });
    },
  };
}

function score(
  memory: WebAssembly.Memory,
  query: Uint8Array,
  segments: number,
  row: number,
  ...[factor, offset]: number[]
) {
  const { codes, factors } = segmentOf(query.length);
  const { at, place } = placeIn(segments, query.length, row);
  const values = signedBytes(memory, at + codes + place * query.length, query.length);
  const factorsAt = at + factors + place * FACTOR_BYTES;
  const [scale, , , bias] = floats(memory, factorsAt, 4);
  const sum = integers(memory, factorsAt + WORD, 1)[0]!;
  const product = values.reduce((total, value, i) => total + value * query[i]!, 0);
  const scaled = fround(fround(product - QUERY_OFFSET * sum) * fround(fround(factor!) * scale!));
  return fround(fround(scaled + bias!) + fround(offset!));
}

function byteTwins(memory: WebAssembly.Memory): Bytes {
  return {
    scanBytes(query, width, segments, from, to, mask, factor, offset) {
      for (let row = from; row < to; row++) {
        const { at, place } = placeIn(segments, width, row);
        floats(memory, at + segmentOf(width).results + place * WORD, 1)[0] = isSet(
          memory,
          at + mask,
          place,
        )
          ? score(memory, bytes(memory, query, width), segments, row, factor, offset)
          : Number.NEGATIVE_INFINITY;
      }
    },

    scoreRows(query, width, segments, list, count, factor, offset, scores) {
      const wanted = bytes(memory, query, width);
      const found = floats(memory, scores, count);
      integers(memory, list, count).forEach((row, i) => {
        found[i] = score(memory, wanted, segments, row, factor, offset);
      });
    },
  };
}

function otherTwins(memory: WebAssembly.Memory): Pick<ScanKernels, 'dotRows' | 'checksum'> {
  return {
    dotRows(query, rows, count, dimensions, scores) {
      const wanted = floats(memory, query, dimensions);
      const found = floats(memory, scores, count);
      for (let row = 0; row < count; row++) {
        const values = floats(memory, rows + row * dimensions * WORD, dimensions);
        const sums = [0, 0, 0, 0] as [number, number, number, number];
        const whole = dimensions - (dimensions % 4);
        values.forEach((value, i) => {
          sums[i < whole ? i % 4 : 0]! += value * wanted[i]!;
        });
        found[row] = sums[0] + sums[1] + (sums[2] + sums[3]);
      }
    },

    checksum: (at, count, seed) => xxh32(bytes(memory, at, count), seed),
  };
}
