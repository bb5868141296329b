/** Scans of an index, frame by frame, on two threads where there are two. */

import { SEGMENT_ROWS, type SearchKernels } from '../kernels/index.ts';
import type { FramedQuery } from './query.ts';
import type { ScanName } from './scan-thread.ts';
import type { Space } from './space.ts';

/** Rows from which on a search is shared: what another thread takes over must be worth waking it. */
const SHARED_ROWS = 16_384;

/** Rows of a list that are shared, by a thread that is awake: some ten microseconds of work. */
const SHARED_LIST = 64;

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

/** Has the other thread awake by the time that the query is prepared. */
export function wakeThread({ thread }: Space, rows: number): void {
  if (rows >= SHARED_ROWS) thread?.rouse();
}

/**
 * A kernel's scan of the rows [from, to), the second half of it on the other thread where there is one
 * and it is worth it.
 *
 * @param valuesOf a part's arguments
 * @returns whether the other thread did its part
 */
export function scanRows<N extends ScanName>(
  space: Space,
  name: N,
  [from, to]: readonly [from: number, to: number],
  valuesOf: (from: number, to: number, isOther: boolean) => Parameters<SearchKernels[N]>,
): boolean {
  const middle = Math.ceil((from + to) / 2 / SEGMENT_ROWS) * SEGMENT_ROWS;
  return share(space, name, [from, to - from < SHARED_ROWS ? to : middle, to], valuesOf);
}

/** As `scanRows`, of the places [from, to) of a list. */
export function scanList<N extends ScanName>(
  space: Space,
  name: N,
  [from, to]: readonly [from: number, to: number],
  valuesOf: (from: number, to: number, isOther: boolean) => Parameters<SearchKernels[N]>,
): boolean {
  const middle = Math.ceil((from + to) / 2);
  return share(space, name, [from, to - from < SHARED_LIST ? to : middle, to], valuesOf);
}

function share<N extends ScanName>(
  { kernels, thread }: Space,
  name: N,
  [from, middle, to]: readonly [from: number, middle: number, to: number],
  valuesOf: (from: number, to: number, isOther: boolean) => Parameters<SearchKernels[N]>,
): boolean {
  const scan = kernels[name] as (...values: Parameters<SearchKernels[N]>) => void;
  if (!thread?.isReady || middle >= to) {
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

/** Puts numbers of rows, LIST_ROWS at most and rising, where kernels read them; the places of each frame's. */
export function eachListed(
  { at, words }: Space,
  rows: number,
  queries: readonly FramedQuery[],
  list: Uint32Array,
  work: (query: FramedQuery, from: number, to: number, frame: number) => void,
): void {
  words.set(list, at.list / 4);
  let from = 0;
  eachFrame(queries, rows, (query, _, end, frame) => {
    let to = from;
    while (to < list.length && list[to]! < end) to++;
    if (from < to) work(query, from, to, frame);
    from = to;
  });
}

/** int8 scores of the rows listed (LIST_ROWS at most, numbers rising), in the scratch of the space. */
export function scoreList(
  space: Space,
  rows: number,
  queries: readonly FramedQuery[],
  list: Uint32Array,
): Float32Array {
  const { width, at, floats } = space;
  eachListed(space, rows, queries, list, (query, from, to) => {
    putBytes(space, query);
    const { factor, offset } = query;
    scanList(space, 'scoreRows', [from, to], (from, to) => {
      const [part, scores] = [at.list + 4 * from, at.scores + 4 * from];
      return [at.queryBytes, width, at.segments, part, to - from, factor, offset, scores];
    });
  });
  return floats.subarray(at.scores / 4, at.scores / 4 + list.length);
}
