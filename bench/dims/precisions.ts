/**
 * What rows are kept as, and scores of all rows against a question:
 *
 * - `float32`
 * - `int8`: values / (largest magnitude of the row / 127), the question in 7 bits, as the index scans them
 * - `2 bits`: four levels, spaced as is best for normally distributed values (Max 1960, "Quantizing for
 *   minimum distortion": 0.4528 and 1.510 deviations, parted at 0.9816); a row's factor makes the
 *   score of a row with itself right, as in RaBitQ (Gao and Long 2024). The index does not have it
 * - `bits`: signs of rows and question, by Hamming distance, as the index scans them
 *
 * All but float32 are of rotated rows without their mean (rotate.ts).
 */

import { meanOf, rotate, type Rotated } from './rotate.ts';

export const PRECISIONS = ['float32', 'int8', '2 bits', 'bits'] as const;
export type Precision = (typeof PRECISIONS)[number];

/** Scores of all rows against one question; higher is nearer. */
export type Score = (question: number) => Float32Array;

/** Rows and questions of `dimensions` values. */
export async function scorersOf(
  rows: Float32Array,
  questions: Float32Array,
  dimensions: number,
): Promise<Record<Precision, Score>> {
  const mean = meanOf(rows, dimensions);
  const [own, asked] = [await rotate(rows, mean), await rotate(questions, mean)];
  const biases = scoreFloats(rows, mean);
  return {
    float32: (question) =>
      scoreFloats(rows, questions.subarray(question * dimensions, (question + 1) * dimensions)),
    int8: scoreCodes(asked, int8Codes(own), biases),
    '2 bits': scoreCodes(asked, twoBitCodes(own), biases),
    bits: scoreBits(signBits(asked), signBits(own), own.width / 32),
  };
}

function scoreFloats(rows: Float32Array, question: Float32Array): Float32Array {
  const width = question.length;
  const scores = new Float32Array(rows.length / width);
  for (let row = 0, at = 0; row < scores.length; row++) {
    let sum = 0;
    for (let i = 0; i < width; i++, at++) sum += question[i]! * rows[at]!;
    scores[row] = sum;
  }
  return scores;
}

interface Codes {
  codes: Int8Array;
  /** What a row's codes are multiplied by. */
  factors: Float32Array;
}

function int8Codes({ values, width }: Rotated): Codes {
  const factors = new Float32Array(values.length / width);
  const codes = new Int8Array(values.length);
  for (let row = 0; row < factors.length; row++) {
    const own = values.subarray(row * width, (row + 1) * width);
    factors[row] = largestOf(own) / 127;
    for (let i = 0; i < width; i++) codes[row * width + i] = Math.round(own[i]! / factors[row]!);
  }
  return { codes, factors };
}

/** The two magnitudes are to each other as 3 to 10. */
function twoBitCodes({ values, width }: Rotated): Codes {
  const factors = new Float32Array(values.length / width);
  const codes = new Int8Array(values.length);
  for (let row = 0; row < factors.length; row++) {
    const own = values.subarray(row * width, (row + 1) * width);
    const squares = own.reduce((sum, value) => sum + value * value, 0);
    const border = 0.9816 * Math.sqrt(squares / width);
    let product = 0;
    for (let i = 0; i < width; i++) {
      const code = Math.sign(own[i]!) * (Math.abs(own[i]!) < border ? 3 : 10);
      codes[row * width + i] = code;
      product += code * own[i]!;
    }
    factors[row] = squares / product;
  }
  return { codes, factors };
}

function scoreCodes(asked: Rotated, { codes, factors }: Codes, biases: Float32Array): Score {
  const { width } = asked;
  return (question) => {
    const values = asked.values.subarray(question * width, (question + 1) * width);
    const step = largestOf(values) / 63;
    const rounded = Int32Array.from(values, (value) => Math.round(value / step));
    return factors.map((factor, row) => {
      let sum = 0;
      for (let i = 0, at = row * width; i < width; i++, at++) sum += rounded[i]! * codes[at]!;
      return sum * factor * step + biases[row]!;
    });
  };
}

function largestOf(values: Float32Array): number {
  return values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
}

/** Bit i % 32 of word i / 32 of a row is set where value i is negative. */
function signBits({ values, width }: Rotated): Uint32Array {
  const words = new Uint32Array(values.length / 32);
  for (let i = 0; i < values.length; i++) {
    // Widths are multiples of 32, so words go on from row to row.
    if (values[i]! < 0) words[i >>> 5]! |= 1 << ((i % width) & 31);
  }
  return words;
}

function scoreBits(asked: Uint32Array, own: Uint32Array, words: number): Score {
  return (question) => {
    const scores = new Float32Array(own.length / words);
    for (let row = 0, at = 0; row < scores.length; row++) {
      let distance = 0;
      for (let i = 0; i < words; i++, at++) {
        distance += bitCount(own[at]! ^ asked[question * words + i]!);
      }
      scores[row] = -distance;
    }
    return scores;
  };
}

/** Of 32 bits (Warren, "Hacker's Delight", 5-1). */
function bitCount(word: number): number {
  let n = word - ((word >>> 1) & 0x55555555);
  n = (n & 0x33333333) + ((n >>> 2) & 0x33333333);
  return Math.imul((n + (n >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
