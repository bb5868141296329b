/** Which files of an index promise most, and the scores of rows by what is in them. */

import { halfToNumber } from '../../contract/index.ts';
import { TopK } from '../../vectors/top-k.ts';
import { boundsOf } from './bisect.ts';
import { scoreOf } from './codes.ts';
import type { Head, Question } from './head.ts';
import type { GroupParts, SectorParts } from './layout.ts';
import { longScore } from './long-codes.ts';

export interface ScoredRows {
  rows: Uint32Array<ArrayBuffer>;
  /** Their products with the query, nearly. */
  scores: Float32Array<ArrayBuffer>;
}

/** How far above its estimate a row's score may well be, in deviations of what its codes leave. */
export const MARGIN = 3;

/** See `bestSectors`: deviations of rows around their cell's mean, and of all scores. */
const SPREADS = 2;
const DEVIATIONS = 1 / 3;
/** Rows that a request costs as much as. */
const REQUEST = 64;

/** A group of rows. */
export interface Candidate {
  /** Of its files. */
  number: number;
  /** What the score of any of its rows may well be. */
  promise: number;
  /** Of its rows' scores. */
  estimates: Float32Array;
}

/** A group of rows by the best score of any of them. */
export interface Scored {
  number: number;
  rows: Uint32Array;
  /** Scores without what codes leave along the direction. */
  sums: Float32Array;
  scores: Float32Array;
  /** Places of the rows that count. */
  accepted: number[];
  /** Of those. */
  best: number;
}

/** What each cell's mean adds to its rows' scores. */
export function cellScoresOf({ means, parts }: Head, question: Question): Float32Array {
  const table = means.table(question.coordinates, question.along);
  return Float32Array.from(parts.cellRows, (_, cell) =>
    scoreOf(table, parts.meanCodes, cell * means.bytes),
  );
}

/**
 * The sectors that likely have most of the best rows, until they have `scanned` rows: as if a cell had
 * the more of them the larger it is, the wider its rows are spread, and e times the more for each third of
 * a deviation that its mean is nearer.
 */
export function bestSectors(
  { means, parts, firstCells }: Head,
  { aside, deviation }: Question,
  cellScores: Float32Array,
  scanned: number,
): number[] {
  const { sectorCells, cellRows, meanCodes } = parts;
  const promises = cellScores.map(
    (score, cell) => score + SPREADS * aside * means.spreadOf(meanCodes, cell * means.bytes),
  );
  const best = promises.reduce((a, b) => Math.max(a, b), -Infinity);
  const unit = DEVIATIONS * deviation || Number.MIN_VALUE;
  const sectors = Array.from(sectorCells, (_, number) => {
    const [first, end] = [firstCells[number]!, firstCells[number + 1]!];
    let [share, rows] = [0, 0];
    for (let cell = first; cell < end; cell++) {
      share += cellRows[cell]! * Math.exp((promises[cell]! - best) / unit);
      rows += cellRows[cell]!;
    }
    return { number, share: share / (rows + REQUEST), rows };
  });
  sectors.sort((a, b) => b.share - a.share || a.number - b.number);
  let rows = 0;
  const end = sectors.findIndex((sector) => {
    const isEnough = rows >= scanned;
    rows += sector.rows;
    return isEnough;
  });
  return sectors.slice(0, end < 0 ? undefined : end).map(({ number }) => number);
}

/** Groups of a sector with the estimates of their rows. @param table of short codes */
export function candidatesOf(
  { rows: coder, counts: { groupRows }, parts: { cellRows }, firstCells, firstGroups }: Head,
  { common, aside }: Question,
  { sector, cellScores, table }: { sector: number; cellScores: Float32Array; table: Float32Array },
  { codes }: SectorParts,
): Candidate[] {
  const candidates: Candidate[] = [];
  let at = 0;
  for (let cell = firstCells[sector]!; cell < firstCells[sector + 1]!; cell++) {
    const bounds = boundsOf(cellRows[cell]!, groupRows);
    for (let group = 0; group + 1 < bounds.length; group++) {
      const estimates = new Float32Array(bounds[group + 1]! - bounds[group]!);
      let promise = -Infinity;
      for (let i = 0; i < estimates.length; i++, at += coder.bytes) {
        estimates[i] = common + cellScores[cell]! + scoreOf(table, codes, at);
        const more = MARGIN * aside * coder.spreadOf(codes, at);
        promise = Math.max(promise, estimates[i]! + more);
      }
      candidates.push({ number: firstGroups[cell]! + group, promise, estimates });
    }
  }
  return candidates;
}

/** Scores of a group's rows by their long codes. */
export function scoredOf(
  { parts: { levels } }: Head,
  { along, spread }: Question,
  accepts: (row: number) => boolean,
  { number, estimates }: Candidate,
  parts: GroupParts,
): Scored {
  const products = productsOf(parts, spread, levels);
  const sums = estimates.map((estimate, i) => estimate + products[i]!);
  const scores = sums.map((sum, i) => sum + along * halfToNumber(parts.lengths[i]!));
  const accepted = [...scores.keys()].filter((i) => accepts(parts.rows[i]!));
  const best = accepted.reduce((most, i) => Math.max(most, scores[i]!), -Infinity);
  return { number, rows: parts.rows, sums, scores, accepted, best };
}

/** What a row must score to be one of the best `k`. */
export function worstOf(groups: readonly Scored[], k: number): number {
  const scores = groups.flatMap(({ scores, accepted }) => accepted.map((i) => scores[i]!));
  return scores.sort((a, b) => b - a)[k - 1] ?? -Infinity;
}

/** Makes a group's scores better by what its long codes leave. */
export function correct(
  { parts: { restLevels } }: Head,
  { along, restSpread }: Question,
  { sums, scores }: Scored,
  parts: GroupParts,
): void {
  const products = productsOf(parts, restSpread, restLevels);
  for (const [i, product] of products.entries()) {
    scores[i] = sums[i]! + product + along * halfToNumber(parts.lengths[i]!);
  }
}

/** @param spread times the query */
function productsOf(
  { codes, scales }: GroupParts,
  spread: Float32Array,
  levels: Float32Array,
): Float32Array {
  const bytes = codes.length / scales.length;
  return Float32Array.from(scales, (scale, i) => {
    return halfToNumber(scale) * longScore(spread, levels, codes, i * bytes);
  });
}

/** Rows of groups that count, by number. */
export function allOf(groups: readonly Scored[]): ScoredRows {
  const found = groups.flatMap(({ rows, scores, accepted }) =>
    accepted.map((i) => ({ row: rows[i]!, score: scores[i]! })),
  );
  found.sort((a, b) => a.row - b.row);
  return {
    rows: Uint32Array.from(found, ({ row }) => row),
    scores: Float32Array.from(found, ({ score }) => score),
  };
}

/** The best `k`; equal scores by row number. */
export function bestOf({ rows, scores }: ScoredRows, k: number): ScoredRows {
  const top = new TopK(Math.min(k, rows.length));
  for (const [i, row] of rows.entries()) top.offer(scores[i]!, row);
  return top.drain();
}
