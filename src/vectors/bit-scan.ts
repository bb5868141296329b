/** The scan that an approximate search begins with: how far every row is from the query by its bits and bias. */

import { EXCLUDED, headBytes, SEGMENT_ROWS } from '../kernels/index.ts';
import { slopeOf, type FramedQuery } from './query.ts';
import { eachFrame, putBits, scanRows } from './scan.ts';
import { LIST_ROWS, type Space } from './space.ts';

/** Rows whose heads are near, for each candidate: half a row's bits tell less. */
const HEADS_OF_CANDIDATE = 6;

/** Where a list holds fewer than that, still enough for very many candidates. */
const LEAST_HEADS_OF_CANDIDATE = 4;

/** What is scanned of each row, and how many rows are taken from that. */
export interface BitScan {
  /** The head's bytes, or those of all bits. */
  bytes: number;
  nearest: number;
}

/** Heads alone where rows have any, unless the list would not hold the rows that they choose. */
export function bitScanOf(width: number, candidates: number): BitScan {
  const bytes = headBytes(width);
  const nearest = Math.min(HEADS_OF_CANDIDATE * candidates, LIST_ROWS);
  const isEnough = bytes > 0 && nearest >= LEAST_HEADS_OF_CANDIDATE * candidates;
  return isEnough ? { bytes, nearest } : { bytes: width / 8, nearest: candidates };
}

/** For each frame, how many of its rows lie at each distance, 0 to 8 * `bytes`; none for an empty one. */
export type Counts = readonly Uint32Array[];

/** Distances go into the results of the segments, by the first `bytes` of each row. */
export function scanBits(
  space: Space,
  rows: number,
  queries: readonly FramedQuery[],
  mask: number,
  bytes: number,
): Counts {
  const { width, at } = space;
  space.derive(rows);
  return countEach(space, queries, 8 * bytes, (count) => {
    eachFrame(queries, rows, (query, from, to, frame) => {
      putBits(space, query);
      const slope = slopeOf(query, 8 * bytes);
      count(frame, () =>
        scanRows(space, 'scanBits', [from, to], (from, to, isOther) => {
          const counts = isOther ? at.otherCounts : at.counts;
          return [at.queryBits, width, bytes, at.segments, from, to, mask, counts, ...slope];
        }),
      );
    });
  });
}

/**
 * For each frame, how many rows a scan finds at each distance.
 *
 * @param work calls `count` with a frame and its scan, which gives whether two threads counted
 */
export function countEach(
  { at, words }: Space,
  queries: readonly FramedQuery[],
  farthest: number,
  work: (count: (frame: number, scan: () => boolean) => void) => void,
): Counts {
  const areaAt = (area: number): Uint32Array => words.subarray(area / 4, area / 4 + farthest + 1);
  const [own, other] = [areaAt(at.counts), areaAt(at.otherCounts)];
  const counts = queries.map(() => new Uint32Array());
  work((frame, scan) => {
    own.fill(0);
    other.fill(0);
    const shared = scan();
    counts[frame] = shared ? own.map((count, distance) => count + other[distance]!) : own.slice();
  });
  return counts;
}

/** What a scan found, outside the space. */
export interface Scanned {
  counts: Counts;
  /** By row; EXCLUDED where it was not asked for. */
  distances: Uint16Array;
}

/** What the last scan left in the space. */
export function takeScanned(space: Space, rows: number, counts: Counts): Scanned {
  const distances = new Uint16Array(rows).fill(EXCLUDED);
  eachResults(space, rows, (first, results) => distances.set(results, first));
  return { counts, distances };
}

/** As if the space had been scanned. */
export function putScanned(space: Space, { counts, distances }: Scanned): Counts {
  eachResults(space, distances.length, (first, results) => {
    results.set(distances.subarray(first, first + results.length));
  });
  return counts;
}

/** The distances of each segment's rows, as a view. */
function eachResults(
  space: Space,
  rows: number,
  work: (first: number, results: Uint16Array) => void,
): void {
  const { halves, layout } = space;
  for (let first = 0; first < rows; first += SEGMENT_ROWS) {
    const at = (space.segmentAt(first) + layout.results) / 2;
    work(first, halves.subarray(at, at + Math.min(SEGMENT_ROWS, rows - first)));
  }
}
