/** Long codes: what shorter ones leave of a row, two or four bits a value, in units of each dimension's spread and the row's scale. */

import { halfToNumber, numberToHalf } from '../../contract/index.ts';
import { kMeans } from './k-means.ts';

const ROUNDS = 16;

/**
 * Two bits say whether a row may be of the best, four mostly in which order they are; of what they leave,
 * four more say that.
 */
export const LONG_LEVELS: readonly number[] = [4, 16];
export const REST_LEVELS = 16;

/** How levels and spread of an index are learnt and written. */
export interface LongWords {
  /** dimensions. */
  spread: Float32Array;
  /** A power of two, rising. */
  levels: Float32Array;
}

/** Bits of a code that stands for one of `levels`. */
export function bitsOf(levels: number): number {
  return Math.log2(levels);
}

/** @param rows what is left of some rows @param count of levels */
export function learnLong(
  rows: Float32Array,
  width: number,
  count: number,
  random: () => number,
): LongWords {
  const squares = new Float64Array(width);
  for (const [i, value] of rows.entries()) squares[i % width]! += value * value;
  const spread = Float32Array.from(squares, (sum) => Math.sqrt(sum / (rows.length / width || 1)));
  const values = new Float32Array(rows.length);
  for (let start = 0; start < rows.length; start += width) {
    const row = rows.subarray(start, start + width);
    const scale = halfToNumber(scaleOf(row, spread));
    for (let i = 0; i < width; i++) values[start + i] = unitsOf(row[i]!, spread[i]! * scale);
  }
  return { spread, levels: kMeans(values, 1, count, ROUNDS, random).sort() };
}

/** A row's long codes. */
export interface LongCodes {
  /** float16. */
  scale: number;
  codes: Uint8Array;
}

/** Codes a row and takes what the codes stand for off it. */
export function codeLong(row: Float32Array, { spread, levels }: LongWords): LongCodes {
  const scale = scaleOf(row, spread);
  const factor = halfToNumber(scale);
  const bits = bitsOf(levels.length);
  const codes = new Uint8Array((row.length * bits) / 8);
  for (let i = 0; i < row.length; i++) {
    const unit = spread[i]! * factor;
    const code = nearestLevel(unitsOf(row[i]!, unit), levels);
    codes[(i * bits) >>> 3]! |= code << ((i * bits) & 7);
    row[i]! -= unit * levels[code]!;
  }
  return { scale, codes };
}

/** float16: the root of the mean square of a row's values in units of their spread. */
function scaleOf(row: Float32Array, spread: Float32Array): number {
  let squares = 0;
  for (const [i, value] of row.entries()) squares += unitsOf(value, spread[i]!) ** 2;
  return numberToHalf(Math.min(65504, Math.sqrt(squares / row.length)));
}

/** @param spread that of the dimensions, times the query */
export function longScore(
  spread: Float32Array,
  levels: Float32Array,
  codes: Uint8Array,
  at: number,
): number {
  const [bits, mask] = [bitsOf(levels.length), levels.length - 1];
  let sum = 0;
  for (let i = 0, place = at; i < spread.length; place++) {
    for (let shift = 0; shift < 8; shift += bits) {
      sum += spread[i++]! * levels[(codes[place]! >>> shift) & mask]!;
    }
  }
  return sum;
}

function unitsOf(value: number, unit: number): number {
  return unit > 0 ? value / unit : 0;
}

/** Levels rise. */
function nearestLevel(value: number, levels: Float32Array): number {
  let [low, high] = [0, levels.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (levels[middle]! <= value) low = middle;
    else high = middle;
  }
  return value - levels[low]! <= levels[high]! - value ? low : high;
}
