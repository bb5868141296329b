/** Learns from rows what a head says of all of them, and codes them: cells, short codes, words of long ones. */

import { numberToHalf } from '../../contract/index.ts';
import { randomOf, shuffled } from '../../light/random.ts';
import { bisect } from './bisect.ts';
import { cellsOf } from './cells.ts';
import { Coder, coordinatesOf, learnWords, WORDS, type Words } from './codes.ts';
import { dot, meanOf } from './dot.ts';
import { numbersOf } from './head.ts';
import { kMeans } from './k-means.ts';
import { codeLong, learnLong, type LongWords } from './long-codes.ts';
import { Projection } from './projection.ts';

/** Rows that directions are learnt from at most. */
const SAMPLE = 16_384;

/** Rows that words of short codes are learnt from. */
const WORD_SAMPLE = 8192;

/** Rows whose values levels are learnt from: 384 and more values each. */
const LONG_SAMPLE = 512;

const LENGTH_ROUNDS = 16;

const NO_LENGTHS = new Float32Array(WORDS);

export interface Settings {
  /** Rows of a cell on average. */
  rowsPerCell: number;
  /** Rows of a group's file at most. */
  groupRows: number;
  /** Groups of codes.ts, of a cell's mean and of a row; as many as the width has room for. */
  meanGroups: number;
  rowGroups: number;
  seed: number;
}

/** Short codes of some rows. */
interface Layer {
  words: Words;
  coder: Coder;
  codes: Uint8Array;
}

export interface Learnt {
  mean: Float32Array;
  direction: Float32Array;
  projection: Projection;
  /** As in the head. */
  variances: Float32Array;
  covariance: Float32Array;
  /** Rows of each cell, as groups of neighbours. */
  cells: Uint32Array[][];
  means: Layer;
  /** In the order of the rows as given. */
  rows: Layer;
  long: LongWords;
  /** Of what long codes leave. */
  rest: LongWords;
  /** Writes what short codes leave of a row. */
  leftOf: (row: number, cell: number) => Float32Array;
}

/**
 * @param rows `width` values each
 * @param queryMean what queries have in common. @default what rows have
 */
export function learn(
  rows: Float32Array,
  width: number,
  settings: Settings,
  queryMean: Float32Array | undefined,
): Learnt {
  const random = randomOf(settings.seed);
  const mean = meanOf(rows, width);
  const direction = unitOf(queryMean ?? mean);
  const most = coordinatesOf(Math.max(settings.meanGroups, settings.rowGroups));
  const sample = shuffled(0, rows.length / width, random).subarray(0, SAMPLE);
  const centred = new Float32Array(sample.length * width);
  for (const [i, row] of sample.entries()) centred.set(centre(rows, row, mean), i * width);
  const projection = new Projection(centred, width, most, settings.seed);
  const space = new Coordinates(rows, mean, direction, projection);
  const variances = variancesOf(centred, space.values, projection);
  const covariance = covarianceWith(direction, centred);
  const cells = cellsOf(space.values, most, settings.rowsPerCell, settings.seed).map((cell) =>
    bisect(space.values, most, cell, settings.groupRows),
  );
  const cellMeans = space.meansOf(cells);
  const means = codeLayer(cellMeans, settings.meanGroups, allOf(cells.length), random);
  for (const [cell, groups] of cells.entries()) {
    for (const group of groups) {
      for (const row of group) space.subtract(row, means, cell);
    }
  }
  const short = codeLayer(space, settings.rowGroups, sample.subarray(0, WORD_SAMPLE), random);
  const leftOf = (row: number, cell: number): Float32Array =>
    left(centre(rows, row, mean), [means, cell], [short, row], projection, direction);
  const cellOf = cellOfRows(cells, rows.length / width);
  const some = sample.subarray(0, LONG_SAMPLE);
  const leftovers = new Float32Array(some.length * width);
  for (const [i, row] of some.entries()) leftovers.set(leftOf(row, cellOf[row]!), i * width);
  const long = learnLong(leftovers, width, random);
  for (let start = 0; start < leftovers.length; start += width) {
    codeLong(leftovers.subarray(start, start + width), long);
  }
  const rest = learnLong(leftovers, width, random);
  return {
    mean,
    direction,
    projection,
    variances,
    covariance,
    cells,
    means,
    rows: short,
    long,
    rest,
    leftOf,
  };
}

function unitOf(vector: Float32Array): Float32Array {
  const length = Math.sqrt(dot(vector, 0, vector, 0, vector.length));
  return length > 0 ? vector.map((value) => value / length) : new Float32Array(vector.length);
}

function centre(rows: Float32Array, row: number, mean: Float32Array): Float32Array {
  const width = mean.length;
  return mean.map((value, i) => rows[row * width + i]! - value);
}

function allOf(count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, i) => i);
}

function cellOfRows(cells: Uint32Array[][], count: number): Uint32Array {
  const cellOf = new Uint32Array(count);
  for (const [cell, groups] of cells.entries()) {
    for (const group of groups) for (const row of group) cellOf[row] = cell;
  }
  return cellOf;
}

/** @param centred some rows @param coordinates of all */
function variancesOf(
  centred: Float32Array,
  coordinates: Float32Array,
  { width, count }: Projection,
): Float32Array {
  const squares = new Float64Array(count);
  for (const [i, value] of coordinates.entries()) squares[i % count]! += value * value;
  const variances = squares.map((sum) => sum / (coordinates.length / count || 1));
  const whole = dot(centred, 0, centred, 0, centred.length) / (centred.length / width || 1);
  const known = variances.reduce((a, b) => a + b, 0);
  return Float32Array.of(...variances, Math.max(0, whole - known) / Math.max(1, width - count));
}

/** @param centred some rows */
function covarianceWith(direction: Float32Array, centred: Float32Array): Float32Array {
  const width = direction.length;
  const sums = new Float64Array(width);
  for (let start = 0; start < centred.length; start += width) {
    const along = dot(centred, start, direction, 0, width);
    for (let i = 0; i < width; i++) sums[i]! += along * centred[start + i]!;
  }
  return Float32Array.from(sums, (sum) => sum / (centred.length / width || 1));
}

/** Points in principal coordinates, and how far each lies along the direction. */
interface Points {
  width: number;
  values: Float32Array;
  along: Float32Array;
  /** The direction's products with the basis. */
  slopes: Float32Array;
}

class Coordinates implements Points {
  readonly width: number;
  readonly values: Float32Array;
  readonly along: Float32Array;
  readonly slopes: Float32Array;
  /** The direction's own coordinates. */
  readonly #direction: Float32Array;

  constructor(
    rows: Float32Array,
    mean: Float32Array,
    direction: Float32Array,
    projection: Projection,
  ) {
    const { basis, count: width, width: dimensions } = projection;
    const count = rows.length / dimensions;
    this.width = width;
    this.values = new Float32Array(count * width);
    this.along = new Float32Array(count);
    for (let row = 0; row < count; row++) {
      const centred = centre(rows, row, mean);
      projection.write(centred, this.values, row * width);
      this.along[row] = dot(centred, 0, direction, 0, dimensions);
    }
    this.slopes = Float32Array.from({ length: width }, (_, i) =>
      dot(basis, i * dimensions, direction, 0, dimensions),
    );
    this.#direction = new Float32Array(width);
    projection.write(direction, this.#direction, 0);
  }

  /** Of each cell. */
  meansOf(cells: readonly Uint32Array[][]): Points {
    const { width, slopes } = this;
    const values = new Float32Array(cells.length * width);
    const along = new Float32Array(cells.length);
    for (const [cell, groups] of cells.entries()) {
      const share = 1 / groups.reduce((sum, { length }) => sum + length, 0);
      for (const row of groups.flatMap((group) => [...group])) {
        for (let i = 0; i < width; i++) {
          values[cell * width + i]! += share * this.values[row * width + i]!;
        }
        along[cell]! += share * this.along[row]!;
      }
    }
    return { width, values, along, slopes };
  }

  /** Takes off a row what the codes of its cell's mean stand for. */
  subtract(row: number, { coder, codes }: Layer, cell: number): void {
    const taken = new Float32Array(this.width);
    coder.subtract(taken, codes, cell * coder.bytes);
    const length = coder.lengthOf(codes, cell * coder.bytes);
    const at = row * this.width;
    for (let i = 0; i < this.width; i++) {
      this.values[at + i]! += taken[i]! - length * this.#direction[i]!;
    }
    this.along[row]! += dot(this.slopes, 0, taken, 0, this.width) - length;
  }
}

/** Learns words from the points of a sample, and codes all. */
function codeLayer(
  { width, values, along, slopes }: Points,
  groups: number,
  sample: Uint32Array,
  random: () => number,
): Layer {
  const some = new Float32Array(sample.length * width);
  for (const [i, row] of sample.entries()) {
    some.set(values.subarray(row * width, (row + 1) * width), i * width);
  }
  const words = { words: halved(learnWords(some, width, groups, random)), lengths: NO_LENGTHS };
  const short = new Coder(words);
  const codes = new Uint8Array(along.length * short.bytes);
  const rest = along.slice();
  const taken = new Float32Array(width);
  for (let row = 0; row < along.length; row++) {
    short.encode(values.subarray(row * width, (row + 1) * width), codes, row * short.bytes);
    short.subtract(taken.fill(0), codes, row * short.bytes);
    rest[row]! += dot(slopes, 0, taken, 0, width);
  }
  const someRest = Float32Array.from(sample, (row) => rest[row]!);
  words.lengths = halved(kMeans(someRest, 1, WORDS, LENGTH_ROUNDS, random));
  const coder = new Coder(words);
  for (const [row, length] of rest.entries()) coder.encodeLength(length, codes, row * coder.bytes);
  return { words, coder, codes };
}

/** As float16 keeps them. */
function halved(values: Float32Array): Float32Array<ArrayBuffer> {
  return numbersOf(Uint16Array.from(values, numberToHalf));
}

/** What the codes of a row and of its cell's mean leave of it. */
function left(
  row: Float32Array,
  [means, cell]: [Layer, number],
  [rows, number]: [Layer, number],
  projection: Projection,
  direction: Float32Array,
): Float32Array {
  const taken = new Float32Array(projection.count);
  let length = 0;
  for (const [{ coder, codes }, place] of [
    [means, cell],
    [rows, number],
  ] as const) {
    coder.subtract(taken, codes, place * coder.bytes);
    length += coder.lengthOf(codes, place * coder.bytes);
  }
  projection.addTo(row, taken);
  for (const [i, value] of direction.entries()) row[i]! -= length * value;
  return row;
}
