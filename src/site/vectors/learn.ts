/** Learns from rows what a head says of all of them, and codes them: cells, short codes, words of long ones. */

import { meanOf, numberToHalf } from '../../contract/index.ts';
import { randomOf, shuffled } from '../../light/random.ts';
import { bisect } from './bisect.ts';
import { cellsOf } from './cells.ts';
import { Coder, coordinatesOf, learnWords, WORDS } from './codes.ts';
import { dot } from './dot.ts';
import { numbersOf } from './head.ts';
import { kMeans } from './k-means.ts';
import { codeLong, learnLong, REST_LEVELS, type LongWords } from './long-codes.ts';
import { eachProducts } from './products.ts';
import { Projection } from './projection.ts';

/** Rows that directions are learnt from at most. */
const SAMPLE = 16_384;

/** Rows that words of short codes are learnt from. */
const WORD_SAMPLE = 8192;

/** Rows whose values levels are learnt from: 384 and more values each. */
const LONG_SAMPLE = 512;

const LENGTH_ROUNDS = 16;

/** Before they are learnt. */
const NONE = new Float32Array(WORDS);

export interface Settings {
  /** Rows of a sector and of a cell on average. */
  rowsPerSector: number;
  rowsPerCell: number;
  /** Rows of a group's file at most. */
  groupRows: number;
  /** One of `LONG_LEVELS`. */
  longLevels: number;
  /** Groups of codes.ts, of a cell's mean and of a row; as many as the width has room for. */
  meanGroups: number;
  rowGroups: number;
  seed: number;
}

/** Short codes of some rows. */
interface Layer {
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
  /** Cells of each sector. */
  sectors: number[];
  /** Rows of each cell, as groups of neighbours; sector by sector. */
  cells: Uint32Array[][];
  means: Layer;
  /** In the order of the rows as given. */
  rows: Layer;
  long: LongWords;
  /** Of what long codes leave. */
  rest: LongWords;
  /** What short codes leave of some rows, one after the other. */
  leftOf: (rows: Uint32Array) => Float32Array;
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
  const { sectors, cells } = partsOf(space, settings);
  const cellMeans = space.meansOf(cells);
  const means = codeLayer(cellMeans, settings.meanGroups, allOf(cells.length), random);
  for (const [cell, groups] of cells.entries()) {
    for (const group of groups) {
      for (const row of group) space.subtract(row, means, cell);
    }
  }
  const short = codeLayer(space, settings.rowGroups, sample.subarray(0, WORD_SAMPLE), random);
  const cellOf = cellOfRows(cells, rows.length / width);
  const leftOf = (some: Uint32Array): Float32Array => {
    const taken = new Float32Array(some.length * projection.count);
    const lengths = Float32Array.from(some, (row, i) => {
      const own = taken.subarray(i * projection.count, (i + 1) * projection.count);
      return takenBy(means, cellOf[row]!, own) + takenBy(short, row, own);
    });
    const left = projection.sums(taken);
    for (const [i, row] of some.entries()) {
      for (let j = 0; j < width; j++) {
        left[i * width + j]! += rows[row * width + j]! - mean[j]! - lengths[i]! * direction[j]!;
      }
    }
    return left;
  };
  const leftovers = leftOf(sample.subarray(0, LONG_SAMPLE));
  const long = learnLong(leftovers, width, settings.longLevels, random);
  for (let start = 0; start < leftovers.length; start += width) {
    codeLong(leftovers.subarray(start, start + width), long);
  }
  const rest = learnLong(leftovers, width, REST_LEVELS, random);
  const shared = { mean, direction, projection, variances, covariance };
  return { ...shared, sectors, cells, means, rows: short, long, rest, leftOf };
}

/** Cells of neighbouring rows in sectors of neighbouring cells. */
function partsOf(
  space: Coordinates,
  { rowsPerSector, rowsPerCell, groupRows, seed }: Settings,
): Pick<Learnt, 'sectors' | 'cells'> {
  const { values, width } = space;
  const found = cellsOf(values, width, rowsPerCell, seed).map((cell) =>
    bisect(values, width, cell, groupRows),
  );
  const { values: means } = space.meansOf(found);
  const cellsPerSector = Math.max(1, rowsPerSector / rowsPerCell);
  const sectors = cellsOf(means, width, cellsPerSector, seed);
  const cells = sectors.flatMap((sector) => Array.from(sector, (cell) => found[cell]!));
  return { sectors: sectors.map(({ length }) => length), cells };
}

/** Takes off `coordinates` what a row's codes stand for. @returns the length along the direction */
function takenBy({ coder, codes }: Layer, row: number, coordinates: Float32Array): number {
  coder.subtract(coordinates, codes, row * coder.bytes);
  return coder.lengthOf(codes, row * coder.bytes);
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
  /** Squared length of what coordinates leave of each. */
  outside: Float32Array;
  /** The direction's products with the basis. */
  slopes: Float32Array;
}

class Coordinates implements Points {
  readonly width: number;
  readonly values: Float32Array;
  readonly along: Float32Array;
  readonly outside: Float32Array;
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
    this.outside = new Float32Array(count);
    const wanted = new Float32Array((width + 1) * dimensions);
    wanted.set(projection.inverse);
    wanted.set(direction, width * dimensions);
    const offsets = Float32Array.from({ length: width + 1 }, (_, i) =>
      dot(wanted, i * dimensions, mean, 0, dimensions),
    );
    eachProducts(rows, dimensions, undefined, wanted, (row, products) => {
      let outside = 0;
      for (let i = 0; i < dimensions; i++) outside += (rows[row * dimensions + i]! - mean[i]!) ** 2;
      for (let i = 0; i < width; i++) {
        const value = products[i]! - offsets[i]!;
        this.values[row * width + i] = value;
        outside -= value * value;
      }
      this.along[row] = products[width]! - offsets[width]!;
      this.outside[row] = Math.max(0, outside);
    });
    this.slopes = Float32Array.from({ length: width }, (_, i) =>
      dot(basis, i * dimensions, direction, 0, dimensions),
    );
    this.#direction = Float32Array.from({ length: width }, (_, i) =>
      dot(projection.inverse, i * dimensions, direction, 0, dimensions),
    );
  }

  /** Means of the rows of each cell; how far rows are from it is outside. */
  meansOf(cells: readonly Uint32Array[][]): Points {
    const { width, slopes } = this;
    const values = new Float32Array(cells.length * width);
    const along = new Float32Array(cells.length);
    const outside = new Float32Array(cells.length);
    for (const [cell, groups] of cells.entries()) {
      const share = 1 / groups.reduce((sum, { length }) => sum + length, 0);
      const mean = values.subarray(cell * width, (cell + 1) * width);
      for (const row of groups.flatMap((group) => [...group])) {
        for (let i = 0; i < width; i++) {
          const value = this.values[row * width + i]!;
          mean[i]! += share * value;
          outside[cell]! += share * value * value;
        }
        along[cell]! += share * this.along[row]!;
        outside[cell]! += share * this.outside[row]!;
      }
      outside[cell] = Math.max(0, outside[cell]! - dot(mean, 0, mean, 0, width));
    }
    return { width, values, along, outside, slopes };
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
  { width, values, along, outside, slopes }: Points,
  groups: number,
  sample: Uint32Array,
  random: () => number,
): Layer {
  const some = new Float32Array(sample.length * width);
  for (const [i, row] of sample.entries()) {
    some.set(values.subarray(row * width, (row + 1) * width), i * width);
  }
  const words = halved(learnWords(some, width, groups, random));
  const short = new Coder({ words, lengths: NONE, spreads: NONE });
  const codes = new Uint8Array(along.length * short.bytes);
  const lengths = along.slice();
  const spreads = new Float32Array(along.length);
  const left = new Float32Array(width);
  for (let row = 0; row < along.length; row++) {
    const own = values.subarray(row * width, (row + 1) * width);
    short.encode(own, codes, row * short.bytes);
    short.subtract(left.fill(0), codes, row * short.bytes);
    lengths[row]! += dot(slopes, 0, left, 0, width);
    for (let i = 0; i < width; i++) left[i]! += own[i]!;
    spreads[row] = Math.sqrt(outside[row]! + dot(left, 0, left, 0, width));
  }
  const levelsOf = (numbers: Float32Array): Float32Array => {
    const taught = Float32Array.from(sample, (row) => numbers[row]!);
    return halved(kMeans(taught, 1, WORDS, LENGTH_ROUNDS, random));
  };
  const coder = new Coder({ words, lengths: levelsOf(lengths), spreads: levelsOf(spreads) });
  for (let row = 0; row < along.length; row++) {
    coder.encodeLength(lengths[row]!, codes, row * coder.bytes);
    coder.encodeSpread(spreads[row]!, codes, row * coder.bytes);
  }
  return { coder, codes };
}

/** As float16 keeps them. */
function halved(values: Float32Array): Float32Array<ArrayBuffer> {
  return numbersOf(Uint16Array.from(values, numberToHalf));
}
