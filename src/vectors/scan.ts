/** Scans of an index, frame by frame. */

import { SEGMENT_ROWS, type SearchKernels } from '../kernels/index.ts';
import type { FramedQuery } from './query.ts';
import type { ScanName } from './scan-thread.ts';
import type { Space } from './space.ts';

/** Waking another thread takes some 50 µs: it gets its half of scans that take several times that. */
const SHARED_BYTES = 4 * 2 ** 20;

/** The rows [from, to) of each frame. */
export function eachFrame(
  queries: readonly FramedQuery[],
  rows: number,
  work: (query: FramedQuery, from: number, to: number, frame: number) => void,
): void {
  for (const [i, query] of queries.entries()) {
    const to = queries[i + 1]?.frame.start ?? rows;
    if (query.frame.start < to) work(query, query.frame.start, to, i);
  }
}

/**
 * A kernel's scan of the rows [from, to), the second half of it on the other thread where there is one
 * and it is worth it.
 *
 * @param rowBytes what is read of a row
 * @param valuesOf a part's arguments
 * @returns whether the other thread did its part
 */
export function scanRows<N extends ScanName>(
  { kernels, thread }: Space,
  name: N,
  [from, to]: readonly [from: number, to: number],
  rowBytes: number,
  valuesOf: (from: number, to: number, isOther: boolean) => Parameters<SearchKernels[N]>,
): boolean {
  const scan = kernels[name] as (...values: Parameters<SearchKernels[N]>) => void;
  const middle = Math.ceil((from + to) / 2 / SEGMENT_ROWS) * SEGMENT_ROWS;
  if (!thread?.isReady || (to - from) * rowBytes < SHARED_BYTES || middle >= to) {
    scan(...valuesOf(from, to, false));
    return false;
  }
  thread.give(name, valuesOf(middle, to, true));
  scan(...valuesOf(from, middle, false));
  const joined = thread.join();
  if (!joined) scan(...valuesOf(middle, to, false));
  return joined;
}

export function putBytes({ bytes, at }: Space, query: FramedQuery): void {
  bytes.set(query.bytes, at.queryBytes);
}

export function putBits({ bytes, at }: Space, query: FramedQuery): void {
  bytes.set(query.bits, at.queryBits);
}

/** int8 scores of the rows listed (LIST_ROWS at most, numbers rising), in the scratch of the space. */
export function scoreList(
  space: Space,
  rows: number,
  queries: readonly FramedQuery[],
  list: Uint32Array,
): Float32Array {
  const { kernels, width, at, words, floats } = space;
  words.set(list, at.list / 4);
  let from = 0;
  eachFrame(queries, rows, (query, _, end) => {
    let to = from;
    while (to < list.length && list[to]! < end) to++;
    putBytes(space, query);
    const { factor, offset } = query;
    kernels.scoreRows(
      ...([at.queryBytes, width, at.segments, at.list + 4 * from, to - from] as const),
      ...([factor, offset, at.scores + 4 * from] as const),
    );
    from = to;
  });
  return floats.subarray(at.scores / 4, at.scores / 4 + list.length);
}
