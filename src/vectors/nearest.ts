/**
 * Rows that are likely among the best: by the first of their sign bits, then by all of them, then the
 * best of those by int8 scores.
 */

import type { Asked } from './asked.ts';
import {
  bitScanOf,
  countEach,
  putScanned,
  scanBits,
  type Counts,
  type Scanned,
} from './bit-scan.ts';
import type { Plan } from './plan.ts';
import { slopeOf, type FramedQuery } from './query.ts';
import { eachFrame, eachListed, putBits, scanList, scoreList } from './scan.ts';
import type { Space } from './space.ts';
import { TopK } from './top-k.ts';

/**
 * Numbers of the rows, rising.
 *
 * @param scanned what the scan of `bitScanOf` finds, where it was done elsewhere. @default scanned here
 */
export function nearestRows(
  space: Space,
  rows: number,
  queries: readonly FramedQuery[],
  { mask }: Asked,
  { candidates, rescored }: Plan,
  scanned?: Scanned,
): Uint32Array {
  const { bytes, nearest } = bitScanOf(space.width, candidates);
  const counts = scanned ? putScanned(space, scanned) : scanBits(space, rows, queries, mask, bytes);
  const near = select(space, rows, queries, cutOf(queries, counts, nearest));
  const isWhole = bytes === space.width / 8;
  const list = isWhole ? near : refine(space, rows, queries, near, candidates);
  const scores = scoreList(space, rows, queries, list);
  const best = new TopK(Math.min(rescored, list.length));
  for (let i = 0; i < list.length; i++) best.offer(scores[i]!, list[i]!);
  return best.drain().rows.sort();
}

/** Of the rows listed, the nearest by all bits. */
function refine(
  space: Space,
  rows: number,
  queries: readonly FramedQuery[],
  list: Uint32Array,
  candidates: number,
): Uint32Array {
  const { width, at, halves } = space;
  const frames = new Uint8Array(list.length);
  const counts = countEach(space, queries, width, (count) => {
    eachListed(space, rows, queries, list, (query, from, to, frame) => {
      frames.fill(frame, from, to);
      putBits(space, query);
      const slope = slopeOf(query, width);
      count(frame, () =>
        scanList(space, 'measureRows', [from, to], (from, to, isOther) => {
          const [part, distances] = [at.list + 4 * from, at.distances + 2 * from];
          const counts = isOther ? at.otherCounts : at.counts;
          return [at.queryBits, width, at.segments, part, to - from, distances, counts, ...slope];
        }),
      );
    });
  });
  const cuts = cutOf(queries, counts, candidates);
  const distances = halves.subarray(at.distances / 2, at.distances / 2 + list.length);
  let kept = 0;
  for (let i = 0; i < list.length; i++) {
    const cut = cuts[frames[i]!]!;
    const distance = distances[i]!;
    if (distance > cut.threshold || (distance === cut.threshold && cut.quota-- <= 0)) continue;
    list[kept++] = list[i]!;
  }
  return list.subarray(0, kept);
}

/** Of a frame, the rows nearer than `threshold` are candidates, and `quota` of those as near. */
interface Cut {
  threshold: number;
  quota: number;
}

/**
 * The nearest `candidates` rows of all frames. One frame's distances are compared with another's by
 * the score they let expect: of two rows whose signs differ in d of w bits, the angle is near
 * pi * d / w.
 */
function cutOf(queries: readonly FramedQuery[], counts: Counts, candidates: number): Cut[] {
  const cuts = queries.map(() => ({ threshold: 0, quota: 0 }));
  let left = candidates;
  const next = queries.map((query, i) => nextDistance(query, counts[i]!, 0));
  while (left > 0) {
    const best = next.reduce((best, { score }, i) => (score > next[best]!.score ? i : best), 0);
    const { distance, score } = next[best]!;
    if (score === Number.NEGATIVE_INFINITY) break;
    const quota = Math.min(counts[best]![distance]!, left);
    cuts[best] = { threshold: distance, quota };
    left -= quota;
    next[best] = nextDistance(queries[best]!, counts[best]!, distance + 1);
  }
  return cuts;
}

/** The next distance at which a frame has rows, and the score it lets expect. */
function nextDistance(
  { frame, offset, length }: FramedQuery,
  counts: Uint32Array,
  from: number,
): { distance: number; score: number } {
  let distance = from;
  while (distance < counts.length && counts[distance] === 0) distance++;
  if (distance >= counts.length) return { distance, score: Number.NEGATIVE_INFINITY };
  const cosine = Math.cos((Math.PI * distance) / (counts.length - 1));
  return { distance, score: offset + frame.meanBias + length * frame.meanRadius * cosine };
}

function select(
  space: Space,
  rows: number,
  queries: readonly FramedQuery[],
  cuts: readonly Cut[],
): Uint32Array {
  const { kernels, width, at, words } = space;
  let count = 0;
  eachFrame(queries, rows, (_, from, to, frame) => {
    const { threshold, quota } = cuts[frame]!;
    const list = at.list + 4 * count;
    count += kernels.selectRows(width, at.segments, from, to, threshold, quota, list);
  });
  return words.slice(at.list / 4, at.list / 4 + count);
}
