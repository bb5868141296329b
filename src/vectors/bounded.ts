/**
 * Rows that can be among the best: int8 scores with what they are off by at most. None of the k best
 * is missing, so float32 scores of these few give what float32 scores of all would.
 */

import { FACTOR_BYTES, SEGMENT_ROWS } from '../kernels/index.ts';
import { listAsked, type Asked } from './asked.ts';
import type { FramedQuery } from './query.ts';
import { eachFrame, putBytes, scanRows, scoreList } from './scan.ts';
import { LIST_ROWS, type Space } from './space.ts';
import { TopK } from './top-k.ts';

/** A filter that keeps less than this share has its rows listed; others are scanned over. */
const LISTED_SHARE = 1 / 8;

/** What was scored. Rows come in rising order. */
interface Scored {
  /** Offers each row the least that its score can be. */
  offerLeast(best: TopK): void;
  /** Numbers of the rows whose score can be `floor` or more. */
  upTo(floor: number): number[];
}

/** Numbers of the rows, rising. */
export function boundedRows(
  space: Space,
  rows: number,
  queries: readonly FramedQuery[],
  asked: Asked,
  k: number,
  minScore: number,
): Uint32Array {
  const isListed = asked.count <= LIST_ROWS && asked.count < rows * LISTED_SHARE;
  const scored = isListed
    ? scoreListed(space, rows, queries, asked)
    : scanAll(space, rows, queries, asked);
  const best = new TopK(Math.min(k, asked.count));
  scored.offerLeast(best);
  return Uint32Array.from(scored.upTo(Math.max(best.worst, minScore)));
}

function scanAll(
  space: Space,
  rows: number,
  queries: readonly FramedQuery[],
  { mask }: Asked,
): Scored {
  const { width, at } = space;
  eachFrame(queries, rows, (query, from, to) => {
    putBytes(space, query);
    const { factor, offset } = query;
    scanRows(space, 'scanBytes', [from, to], (from, to) => {
      return [at.queryBytes, width, at.segments, from, to, mask, factor, offset];
    });
  });
  return {
    offerLeast(best) {
      eachRun(space, queries, rows, (run, query) => offerRun(space, run, query, best));
    },
    upTo(floor) {
      const found: number[] = [];
      eachRun(space, queries, rows, (run, query) => takeRun(space, run, query, floor, found));
      return found;
    },
  };
}

/** Rows of one segment and one frame. */
interface Run {
  row: number;
  end: number;
  /** Where the score and the error of the first lie among the floats of the space. */
  score: number;
  error: number;
}

function eachRun(
  space: Space,
  queries: readonly FramedQuery[],
  rows: number,
  work: (run: Run, query: FramedQuery) => void,
): void {
  eachFrame(queries, rows, (query, from, to) => {
    for (let row = from; row < to;) {
      const place = row % SEGMENT_ROWS;
      const end = Math.min(to, row - place + SEGMENT_ROWS);
      const score = (space.segmentAt(row) + space.layout.results) / 4 + place;
      work({ row, end, score, error: errorAt(space, row) }, query);
      row = end;
    }
  });
}

/** Errors are read of the few rows only whose score itself would do. */
function offerRun(space: Space, run: Run, query: FramedQuery, best: TopK): void {
  const { floats } = space;
  const { errorFactor, errorOffset } = query;
  let { worst } = best;
  for (let { row, score, error } = run; row < run.end; row++, score++, error += ERROR_STEP) {
    // Below are all rows that were left out, too: they have -Infinity.
    if (floats[score]! <= worst) continue;
    best.offer(floats[score]! - errorFactor * floats[error]! - errorOffset, row);
    ({ worst } = best);
  }
}

function takeRun(space: Space, run: Run, query: FramedQuery, floor: number, found: number[]): void {
  const { floats } = space;
  const { errorFactor, errorOffset, frame } = query;
  const least = floor - errorFactor * frame.worstError - errorOffset;
  for (let { row, score, error } = run; row < run.end; row++, score++, error += ERROR_STEP) {
    const value = floats[score]!;
    if (value < least || value === Number.NEGATIVE_INFINITY) continue;
    if (value + errorFactor * floats[error]! + errorOffset >= floor) found.push(row);
  }
}

/** From one row's error to the next. */
const ERROR_STEP = FACTOR_BYTES / 4;

/** Where a row's error lies among the floats of the space. */
function errorAt(space: Space, row: number): number {
  return space.factorsAt(row) / 4 + 2;
}

function scoreListed(
  space: Space,
  rows: number,
  queries: readonly FramedQuery[],
  asked: Asked,
): Scored {
  const list = listAsked(space, rows, asked);
  const scores = scoreList(space, rows, queries, list);
  const { floats } = space;
  const errors = new Float32Array(list.length);
  let next = 0;
  eachFrame(queries, rows, ({ errorFactor, errorOffset }, _, to) => {
    for (; next < list.length && list[next]! < to; next++) {
      errors[next] = errorFactor * floats[errorAt(space, list[next]!)]! + errorOffset;
    }
  });
  return {
    offerLeast(best) {
      for (let i = 0; i < list.length; i++) best.offer(scores[i]! - errors[i]!, list[i]!);
    },
    upTo: (floor) => [...list.filter((_, i) => scores[i]! + errors[i]! >= floor)],
  };
}
