/**
 * Parts rows into cells of neighbours: k-means with as many means as there are cells, where a row looks
 * only at the means that lie near the same few of a square root of as many regions.
 */

import { randomOf } from '../../light/random.ts';
import { bisect } from './bisect.ts';
import { halfNorms, kMeans, MeanSums, nearest, someRows } from './k-means.ts';
import { eachProducts } from './products.ts';

/** Rounds of k-means, for regions and for cells. */
const ROUNDS = 6;

/** Regions that a row looks into. */
const LOOKED_INTO = 8;

/** Rows for each cell that cells are learnt from: three times as many take three times as long. */
const ROWS_PER_MEAN = 12;

/** Rows that regions are learnt from. */
const REGION_ROWS = 16_384;

/** Cells larger than the mean times this are parted. */
const LARGEST = 4;

/**
 * Cells as lists of rows, none empty, neighbours not in order. Same input, same cells.
 *
 * @param rows `width` values each
 * @param rowsPerCell on average
 */
export function cellsOf(
  rows: Float32Array,
  width: number,
  rowsPerCell: number,
  seed: number,
): Uint32Array[] {
  const count = Math.max(1, Math.round(rows.length / width / rowsPerCell));
  const random = randomOf(seed);
  const regionCount = Math.ceil(Math.sqrt(count));
  const sample = someRows(rows, width, Math.min(rows.length / width, REGION_ROWS), random);
  const regions = kMeans(sample, width, regionCount, ROUNDS, random);
  const taught = someRows(
    rows,
    width,
    Math.min(rows.length / width, ROWS_PER_MEAN * count),
    random,
  );
  const looked = regionsOf(taught, width, regions);
  const means = someRows(taught, width, count, random);
  for (let round = 0; round < ROUNDS; round++) {
    const sums = new MeanSums(count, width);
    assign(taught, width, means, regions, looked, (row, mean) => {
      sums.add(mean, taught, row * width);
    });
    sums.writeTo(means);
  }
  const cells: number[][] = Array.from({ length: count }, () => []);
  assign(rows, width, means, regions, regionsOf(rows, width, regions), (row, mean) =>
    cells[mean]!.push(row),
  );
  return cells.flatMap((cell) =>
    bisect(rows, width, Uint32Array.from(cell), LARGEST * rowsPerCell),
  );
}

/** The nearest regions of each row, `LOOKED_INTO` or all, nearest first. */
function regionsOf(rows: Float32Array, width: number, regions: Float32Array): Uint16Array {
  const halves = halfNorms(regions, width);
  const each = Math.min(LOOKED_INTO, halves.length);
  const found = new Uint16Array((rows.length / width) * each);
  eachProducts(rows, width, undefined, regions, (row, scores) => {
    for (const [region, half] of halves.entries()) scores[region]! -= half;
    for (let i = 0; i < each; i++) {
      let best = 0;
      for (let j = 1; j < scores.length; j++) if (scores[j]! > scores[best]!) best = j;
      found[row * each + i] = best;
      scores[best] = -Infinity;
    }
  });
  return found;
}

/** Tells of each row which mean is the nearest of those in its regions. */
function assign(
  rows: Float32Array,
  width: number,
  means: Float32Array,
  regions: Float32Array,
  looked: Uint16Array,
  tell: (row: number, mean: number) => void,
): void {
  const members = membersOf(means, width, regions);
  const any = members.find((list) => list.length > 0)![0]!;
  const best = new Uint32Array(rows.length / width).fill(any);
  const bestScores = new Float32Array(best.length).fill(-Infinity);
  for (const [region, lookers] of lookersOf(looked, best.length, members.length).entries()) {
    const own = Uint32Array.from(members[region]!);
    const near = rowsOf(means, width, own);
    const halves = halfNorms(near, width);
    eachProducts(rows, width, lookers, near, (place, products) => {
      const row = lookers[place]!;
      for (let i = 0; i < own.length; i++) {
        const score = products[i]! - halves[i]!;
        if (score > bestScores[row]!) [best[row], bestScores[row]] = [own[i]!, score];
      }
    });
  }
  for (const [row, mean] of best.entries()) tell(row, mean);
}

/** Rows that look into each region. */
function lookersOf(looked: Uint16Array, rows: number, regions: number): Uint32Array[] {
  const each = looked.length / (rows || 1);
  const ends = new Uint32Array(regions + 1);
  for (const region of looked) ends[region + 1]!++;
  for (let region = 0; region < regions; region++) ends[region + 1]! += ends[region]!;
  const filled = ends.slice();
  const lookers = new Uint32Array(looked.length);
  for (const [i, region] of looked.entries()) lookers[filled[region]!++] = Math.floor(i / each);
  return Array.from({ length: regions }, (_, region) =>
    lookers.subarray(ends[region], ends[region + 1]),
  );
}

function rowsOf(rows: Float32Array, width: number, members: Uint32Array): Float32Array {
  const some = new Float32Array(members.length * width);
  for (const [i, row] of members.entries()) {
    some.set(rows.subarray(row * width, (row + 1) * width), i * width);
  }
  return some;
}

/** Means of each region. */
function membersOf(means: Float32Array, width: number, regions: Float32Array): number[][] {
  const halves = halfNorms(regions, width);
  const members: number[][] = Array.from({ length: halves.length }, () => []);
  for (let mean = 0; mean < means.length / width; mean++) {
    members[nearest(means, mean * width, regions, halves, width)]!.push(mean);
  }
  return members;
}
