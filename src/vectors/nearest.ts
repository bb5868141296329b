/** Rows that are likely among the best: by sign bits, then the best of those by int8 scores. */

import type { Asked } from './asked.ts';
import type { FramedQuery } from './query.ts';
import { eachFrame, putBits, scanRows, scoreList } from './scan.ts';
import type { Space } from './space.ts';
import { TopK } from './top-k.ts';

/** Rows whose float32 scores decide, of the best by int8 scores. */
export function rescoredCount(k: number): number {
  return 2 * k + 10;
}

/** Numbers of the rows, rising. */
export function nearestRows(
  space: Space,
  rows: number,
  queries: readonly FramedQuery[],
  { mask }: Asked,
  candidates: number,
  keep: number,
): Uint32Array {
  const counts = scanBits(space, rows, queries, mask);
  const list = select(space, rows, queries, cutOf(queries, counts, candidates));
  const scores = scoreList(space, rows, queries, list);
  const best = new TopK(Math.min(keep, list.length));
  for (let i = 0; i < list.length; i++) best.offer(scores[i]!, list[i]!);
  return best.drain().rows.sort();
}

/** For each frame, how many of its rows lie at each distance. */
function scanBits(
  space: Space,
  rows: number,
  queries: readonly FramedQuery[],
  mask: number,
): Uint32Array[] {
  const { width, at, words } = space;
  const areaAt = (area: number): Uint32Array => words.subarray(area / 4, area / 4 + width + 1);
  const [own, other] = [areaAt(at.counts), areaAt(at.otherCounts)];
  const counts = queries.map(() => new Uint32Array());
  eachFrame(queries, rows, (query, from, to, frame) => {
    putBits(space, query);
    own.fill(0);
    other.fill(0);
    const shared = scanRows(space, 'scanBits', [from, to], width / 8, (from, to, isOther) => {
      const found = isOther ? at.otherCounts : at.counts;
      return [at.queryBits, width, at.segments, from, to, mask, found];
    });
    counts[frame] = shared ? own.map((count, distance) => count + other[distance]!) : own.slice();
  });
  return counts;
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
function cutOf(
  queries: readonly FramedQuery[],
  counts: readonly Uint32Array[],
  candidates: number,
): Cut[] {
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
