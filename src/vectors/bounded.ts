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

/** What was scored, in rising order of rows. */
interface Scored {
  /** Calls back with each row that was asked for, its score, and what that is off by at most. */
  each(take: (row: number, score: number, error: number) => void): void;
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
  const least = new TopK(Math.min(k, asked.count));
  scored.each((row, score, error) => least.offer(score - error, row));
  const scores = least.drain().scores;
  const floor = Math.max(scores.at(-1) ?? Number.NEGATIVE_INFINITY, minScore);
  const possible: number[] = [];
  scored.each((row, score, error) => {
    if (score + error >= floor) possible.push(row);
  });
  return Uint32Array.from(possible);
}

function scanAll(
  space: Space,
  rows: number,
  queries: readonly FramedQuery[],
  { mask }: Asked,
): Scored {
  const { width, layout, at } = space;
  eachFrame(queries, rows, (query, from, to) => {
    putBytes(space, query);
    const { factor, offset } = query;
    scanRows(space, 'scanBytes', [from, to], width, (from, to) => {
      return [at.queryBytes, width, at.segments, from, to, mask, factor, offset];
    });
  });
  const { floats } = space;
  const each: Scored['each'] = (take) => {
    eachFrame(queries, rows, ({ errorFactor, errorOffset }, from, to) => {
      for (let row = from; row < to;) {
        const segment = space.segmentAt(row);
        const end = Math.min(to, row - (row % SEGMENT_ROWS) + SEGMENT_ROWS);
        let score = (segment + layout.results) / 4 + (row % SEGMENT_ROWS);
        let error = (space.factorsAt(row) + 8) / 4;
        for (; row < end; row++) {
          const found = floats[score++]!;
          if (found !== Number.NEGATIVE_INFINITY) {
            take(row, found, errorFactor * floats[error]! + errorOffset);
          }
          error += FACTOR_BYTES / 4;
        }
      }
    });
  };
  return { each };
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
  const each: Scored['each'] = (take) => {
    let i = 0;
    eachFrame(queries, rows, ({ errorFactor, errorOffset }, _, to) => {
      for (; i < list.length && list[i]! < to; i++) {
        const error = floats[(space.factorsAt(list[i]!) + 8) / 4]!;
        take(list[i]!, scores[i]!, errorFactor * error + errorOffset);
      }
    });
  };
  return { each };
}
