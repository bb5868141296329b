/**
 * Codes of four bits: a row of coordinates as the nearest of 16 words in each group of four (product
 * quantisation, Jegou and others 2011), and the nearest of 16 numbers each for what that leaves along one
 * direction and for how much it leaves at all. Coordinates are principal ones, the largest first; the groups are interleaved, so that each
 * has as much of the variance as any other.
 */

import { kMeans, nearest, halfNorms } from './k-means.ts';
import { dot } from './dot.ts';

export const WORDS = 16;

/** Coordinates that share a code. */
const GROUP = 4;

const ROUNDS = 12;

/** What codes stand for. */
export interface Words {
  /** Groups x 16 words x 4 coordinates. */
  words: Float32Array;
  /** 16: lengths along the direction. */
  lengths: Float32Array;
  /** 16: lengths of what the other codes leave. */
  spreads: Float32Array;
}

function groupsOf({ words }: Words): number {
  return words.length / WORDS / GROUP;
}

/** Bytes of a row with so many groups: two codes a byte, those of the length and the spread the last. */
export function codeBytes(groups: number): number {
  return Math.ceil((groups + 2) / 2);
}

/** Coordinates that so many groups code. */
export function coordinatesOf(groups: number): number {
  return GROUP * groups;
}

/** Coordinate `i` of a group. */
function placeOf(group: number, i: number, groups: number): number {
  return group + i * groups;
}

/**
 * Words for rows.
 *
 * @param rows `width` coordinates each, of which the first 4 x `groups` are coded
 */
export function learnWords(
  rows: Float32Array,
  width: number,
  groups: number,
  random: () => number,
): Float32Array {
  const count = rows.length / width;
  const words = new Float32Array(groups * WORDS * GROUP);
  const values = new Float32Array(count * GROUP);
  for (let group = 0; group < groups; group++) {
    for (let row = 0; row < count; row++) {
      for (let i = 0; i < GROUP; i++) {
        values[row * GROUP + i] = rows[row * width + placeOf(group, i, groups)]!;
      }
    }
    words.set(kMeans(values, GROUP, WORDS, ROUNDS, random), group * WORDS * GROUP);
  }
  return words;
}

/** Writes and reads the codes of rows. */
export class Coder {
  readonly groups: number;
  readonly bytes: number;
  readonly words: Words;
  readonly #halves: Float32Array;
  readonly #lengthHalves: Float32Array;
  readonly #spreadHalves: Float32Array;

  constructor(words: Words) {
    this.words = words;
    this.groups = groupsOf(words);
    this.bytes = codeBytes(this.groups);
    this.#halves = halfNorms(words.words, GROUP);
    this.#lengthHalves = halfNorms(words.lengths, 1);
    this.#spreadHalves = halfNorms(words.spreads, 1);
  }

  /** Writes the codes of a row's coordinates; the others are left at 0. */
  encode(coordinates: Float32Array, codes: Uint8Array, at: number): void {
    const values = new Float32Array(GROUP);
    for (let group = 0; group < this.groups; group++) {
      for (let i = 0; i < GROUP; i++) values[i] = coordinates[placeOf(group, i, this.groups)]!;
      const start = group * WORDS;
      const words = this.words.words.subarray(start * GROUP, (start + WORDS) * GROUP);
      const code = nearest(values, 0, words, this.#halves.subarray(start, start + WORDS), GROUP);
      setCode(codes, at, group, code);
    }
  }

  encodeLength(length: number, codes: Uint8Array, at: number): void {
    const { lengths } = this.words;
    const value = Float32Array.of(length);
    setCode(codes, at, this.groups, nearest(value, 0, lengths, this.#lengthHalves, 1));
  }

  encodeSpread(spread: number, codes: Uint8Array, at: number): void {
    const { spreads } = this.words;
    const value = Float32Array.of(spread);
    setCode(codes, at, this.groups + 1, nearest(value, 0, spreads, this.#spreadHalves, 1));
  }

  /** Takes off `coordinates` what the codes stand for. */
  subtract(coordinates: Float32Array, codes: Uint8Array, at: number): void {
    for (let group = 0; group < this.groups; group++) {
      const word = (group * WORDS + codeAt(codes, at, group)) * GROUP;
      for (let i = 0; i < GROUP; i++) {
        coordinates[placeOf(group, i, this.groups)]! -= this.words.words[word + i]!;
      }
    }
  }

  lengthOf(codes: Uint8Array, at: number): number {
    return this.words.lengths[codeAt(codes, at, this.groups)]!;
  }

  spreadOf(codes: Uint8Array, at: number): number {
    return this.words.spreads[codeAt(codes, at, this.groups + 1)]!;
  }

  /**
   * What each code adds to a query's score.
   *
   * @param query its coordinates
   * @param along its product with the direction
   */
  table(query: Float32Array, along: number): Float32Array {
    const table = new Float32Array((this.groups + 1) * WORDS);
    const part = new Float32Array(GROUP);
    for (let group = 0; group < this.groups; group++) {
      for (let i = 0; i < GROUP; i++) part[i] = query[placeOf(group, i, this.groups)]!;
      for (let word = group * WORDS; word < (group + 1) * WORDS; word++) {
        table[word] = dot(part, 0, this.words.words, word * GROUP, GROUP);
      }
    }
    table.set(
      this.words.lengths.map((length) => along * length),
      this.groups * WORDS,
    );
    return table;
  }
}

/** The score of a row by its codes. */
export function scoreOf(table: Float32Array, codes: Uint8Array, at: number): number {
  const whole = table.length >>> 5;
  let sum = 0;
  for (let i = 0; i < whole; i++) {
    const pair = codes[at + i]!;
    sum += table[32 * i + (pair & 15)]! + table[32 * i + 16 + (pair >>> 4)]!;
  }
  return table.length % 32 === 0 ? sum : sum + table[32 * whole + (codes[at + whole]! & 15)]!;
}

/** The first code of a pair is in the lower half of the byte. */
function setCode(codes: Uint8Array, at: number, place: number, code: number): void {
  codes[at + (place >>> 1)]! |= code << (4 * (place & 1));
}

function codeAt(codes: Uint8Array, at: number, place: number): number {
  return (codes[at + (place >>> 1)]! >>> (4 * (place & 1))) & 15;
}
