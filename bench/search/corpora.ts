/** What is searched: seeded vectors, or real ones of WordNet; both may be cut to fewer dimensions. */

import { StructuredVectors } from './vectors.ts';

export interface Corpus {
  /**
   * - `structured`: seeded (vectors.ts)
   * - `wordnet`: 117,791 words with their definitions, embedded by the starter as passages; questions
   *   are example sentences, embedded as queries
   */
  name: 'structured' | 'wordnet';
  rows: number;
  /** Of the rows as they are made. */
  width: number;
  /** Of the rows as they are searched: the first so many values, made unit vectors again. */
  dimensions: number;
}

export interface Vectors {
  /** Unit rows [from, to). */
  rows(from: number, to: number): Float32Array<ArrayBuffer>;
  question(number: number): Float32Array<ArrayBuffer>;
}

/** What WordNet's vectors lie in: rows, and questions. */
export type WordnetList = 'glosses' | 'examples';

export const WORDNET: Corpus = { name: 'wordnet', rows: 117_791, width: 384, dimensions: 384 };

export function structured(rows: number, width: number): Corpus {
  return { name: 'structured', rows, width, dimensions: width };
}

/** @param read gets the values of all rows of a list */
export async function openVectors(
  { name, rows, width, dimensions }: Corpus,
  read: (list: WordnetList) => Promise<Float32Array<ArrayBuffer>>,
): Promise<Vectors> {
  const whole =
    name === 'structured'
      ? new StructuredVectors(width, rows)
      : stored(await read('glosses'), await read('examples'), width);
  if (dimensions === width) return whole;
  return {
    rows: (from, to) => cut(whole.rows(from, to), width, dimensions),
    question: (number) => cut(whole.question(number), width, dimensions),
  };
}

function stored(
  rows: Float32Array<ArrayBuffer>,
  questions: Float32Array<ArrayBuffer>,
  width: number,
): Vectors {
  return {
    rows: (from, to) => rows.slice(from * width, to * width),
    question: (number) => questions.slice(number * width, (number + 1) * width),
  };
}

/** The first values of each row, as unit vectors. */
export function cut(
  rows: Float32Array,
  width: number,
  dimensions: number,
): Float32Array<ArrayBuffer> {
  const count = rows.length / width;
  const out = new Float32Array(count * dimensions);
  for (let row = 0; row < count; row++) {
    const values = rows.subarray(row * width, row * width + dimensions);
    let squares = 0;
    for (let i = 0; i < dimensions; i++) squares += values[i]! ** 2;
    const factor = 1 / Math.sqrt(squares);
    for (let i = 0; i < dimensions; i++) out[row * dimensions + i] = values[i]! * factor;
  }
  return out;
}
