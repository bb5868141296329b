/**
 * Seeded weights that every file format holds exactly: 4-bit codes in blocks of 32 with scales of 7
 * significant bits, so that float32, float16, MatMulNBits and Q4_0 are the same numbers.
 */

import { fnv1a, mix } from '../test-models/seeded.ts';

/** Weights that share a scale. */
export const BLOCK = 32;

const SEED = 'nearfield-bench-1';
/** Standard deviation of a code, uniform on -8 to 7. */
const CODE_DEVIATION = 4.61;
/** Root mean square of a scale's mantissa, 64 to 127. */
const MANTISSA = 97;

/** A matrix of blocks, or a part of it: blocks run along the inputs. */
export class SeededBlocks {
  readonly #codes: number;
  readonly #scales: number;
  /** Power of two that scales are multiples of. */
  readonly #unit: number;

  /** @param deviation of the weights */
  constructor(name: string, deviation: number) {
    this.#codes = fnv1a(`${SEED}/${name}/codes`);
    this.#scales = fnv1a(`${SEED}/${name}/scales`);
    this.#unit = 2 ** Math.round(Math.log2(deviation / (CODE_DEVIATION * MANTISSA)));
  }

  /** 16 bytes a block: weights 2i and 2i + 1 in the low and the high half of byte i, offset by 8. */
  codes(first: number, count: number): Uint8Array<ArrayBuffer> {
    const words = new Uint32Array(count * 4);
    for (let i = 0; i < words.length; i++) {
      words[i] = mix(this.#codes + Math.imul(first * 4 + i, 0x9e3779b9));
    }
    return new Uint8Array(words.buffer);
  }

  /** Half of them negative, so that weights have no mean. */
  scales(first: number, count: number): Float32Array<ArrayBuffer> {
    const scales = new Float32Array(count);
    for (let i = 0; i < count; i++) {
      const x = mix(this.#scales + Math.imul(first + i, 0x9e3779b9));
      const mantissa = 64 + ((x >>> 1) & 63);
      scales[i] = (x & 1 ? mantissa : -mantissa) * this.#unit;
    }
    return scales;
  }

  /** The weights themselves. */
  values(first: number, count: number): Float32Array<ArrayBuffer> {
    const codes = this.codes(first, count);
    const scales = this.scales(first, count);
    const values = new Float32Array(count * BLOCK);
    for (let i = 0; i < codes.length; i++) {
      const byte = codes[i]!;
      const scale = scales[i >> 4]!;
      values[2 * i] = ((byte & 15) - 8) * scale;
      values[2 * i + 1] = ((byte >> 4) - 8) * scale;
    }
    return values;
  }
}

/** Weights of a norm: around 1, exact in float16. */
export function normValues(name: string, count: number): Float32Array<ArrayBuffer> {
  const start = fnv1a(`${SEED}/${name}`);
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    const x = mix(start + Math.imul(i, 0x9e3779b9));
    values[i] = 1 + ((x & 255) - 128) / 1024;
  }
  return values;
}
