/**
 * Parts rows into cells of neighbours: k-means with as many means as there are cells, where a row looks
 * only at the means that lie near the same few of a square root of as many regions.
 */

import { randomOf } from '../../light/random.ts';
import { bisect } from './bisect.ts';
import { dot } from './dot.ts';
import { halfNorms, kMeans, MeanSums, nearest, someRows } from './k-means.ts';

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
  const scores = new Float32Array(halves.length);
  for (let row = 0; row < rows.length / width; row++) {
    for (let i = 0; i < scores.length; i++) {
      scores[i] = dot(rows, row * width, regions, i * width, width) - halves[i]!;
    }
    for (let i = 0; i < each; i++) {
      let best = 0;
      for (let j = 1; j < scores.length; j++) if (scores[j]! > scores[best]!) best = j;
      found[row * each + i] = best;
      scores[best] = -Infinity;
    }
  }
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
  const count = rows.length / width;
  const each = looked.length / (count || 1);
  const halves = halfNorms(means, width);
  const members = membersOf(means, width, regions);
  const any = members.findIndex((list) => list.length > 0);
  for (let row = 0; row < count; row++) {
    let [best, bestScore] = [members[any]![0]!, -Infinity];
    for (let i = row * each; i < (row + 1) * each; i++) {
      for (const mean of members[looked[i]!]!) {
        const score = dot(rows, row * width, means, mean * width, width) - halves[mean]!;
        if (score > bestScore) [best, bestScore] = [mean, score];
      }
    }
    tell(row, best);
  }
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
