import { EXCLUDED, FACTOR_BYTES, QUERY_OFFSET, segmentOf } from '../search-layout.ts';
import type { ScanKernels, SearchKernels } from '../search-types.ts';
import { encodeTwins } from './encode.ts';
import { placeIn } from './places.ts';
import { bytes, floats, halves, integers, signedBytes, WORD } from './views.ts';
import { xxh32 } from './xxh32.ts';

const { fround } = Math;

/** The search kernels once more in plain TypeScript, to the bit where search-types.ts says so. */
export function createSearchTwins(memory: WebAssembly.Memory): SearchKernels {
  return { ...encodeTwins(memory), ...scanTwins(memory), ...otherTwins(memory) };
}

function bitCount(value: number): number {
  let count = 0;
  for (let rest = value; rest > 0; rest >>= 1) count += rest & 1;
  return count;
}

function scanTwins(memory: WebAssembly.Memory): Omit<ScanKernels, 'dotRows' | 'checksum'> {
  const isSet = (mask: number, place: number): boolean =>
    ((bytes(memory, mask + Math.floor(place / 8), 1)[0]! >> (place % 8)) & 1) === 1;

  function score(query: Uint8Array, segments: number, row: number, ...[factor, offset]: number[]) {
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

  return {
    scanBits(query, width, segments, from, to, mask, counts) {
      const wanted = bytes(memory, query, width / 8);
      for (let row = from; row < to; row++) {
        const { at, place } = placeIn(segments, width, row);
        const bits = bytes(memory, at + (place * width) / 8, width / 8);
        const asked = isSet(at + mask, place);
        const distance = bits.reduce((sum, byte, i) => sum + bitCount(byte ^ wanted[i]!), 0);
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

    scanBytes(query, width, segments, from, to, mask, factor, offset) {
      for (let row = from; row < to; row++) {
        const { at, place } = placeIn(segments, width, row);
        floats(memory, at + segmentOf(width).results + place * WORD, 1)[0] = isSet(at + mask, place)
          ? score(bytes(memory, query, width), segments, row, factor, offset)
          : Number.NEGATIVE_INFINITY;
      }
    },

    scoreRows(query, width, segments, list, count, factor, offset, scores) {
      const wanted = bytes(memory, query, width);
      const found = floats(memory, scores, count);
      integers(memory, list, count).forEach((row, i) => {
        found[i] = score(wanted, segments, row, factor, offset);
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
