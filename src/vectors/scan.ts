/** Scans of an index, frame by frame, on two threads where there are two. */

import { SEGMENT_ROWS, type SearchKernels } from '../kernels/index.ts';
import type { FramedQuery } from './query.ts';
import type { ScanName } from './scan-thread.ts';
import type { Space } from './space.ts';

/** Rows from which on a search is shared: what another thread takes over must be worth waking it. */
const SHARED_ROWS = 32_768;

/** Parts of a scan: so many that the thread that is done first waits little. */
const PARTS = 8;

/** Least rows of a list in a part: some ten microseconds of work. */
const LIST_PART = 32;

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

/** Has the other thread awake by the time that the query is prepared, where that is worth it. */
export function wakeThread({ thread }: Space, rows: number): void {
  if (rows >= SHARED_ROWS) thread?.rouse();
  else thread?.rest();
}

/** A kernel's arguments for a part of what it scans. */
type ValuesOf<N extends ScanName> = (
  from: number,
  to: number,
  isOther: boolean,
) => Parameters<SearchKernels[N]>;

/**
 * A kernel's scan of the rows [from, to), shared with the other thread where there is one.
 *
 * @param valuesOf a part's arguments
 * @returns whether the other thread may have done parts
 */
export function scanRows<N extends ScanName>(
  space: Space,
  name: N,
  [from, to]: readonly [from: number, to: number],
  valuesOf: ValuesOf<N>,
): boolean {
  const size = Math.ceil((to - from) / PARTS / SEGMENT_ROWS) * SEGMENT_ROWS;
  return share(space, name, [from, to, size], valuesOf);
}

/** As `scanRows`, of the places [from, to) of a list. */
export function scanList<N extends ScanName>(
  space: Space,
  name: N,
  [from, to]: readonly [from: number, to: number],
  valuesOf: ValuesOf<N>,
): boolean {
  const size = Math.max(LIST_PART, Math.ceil((to - from) / PARTS));
  return share(space, name, [from, to, size], valuesOf);
}

/**
 * In parts of `size`: this thread takes them from the start, the other from the end whenever it is free.
 * A part that it has not begun when all others are done is taken back, so that nobody waits for a thread
 * to wake up. Where it dies over a part, its counts of distances have a few too many: fewer candidates,
 * once.
 */
function share<N extends ScanName>(
  { kernels, thread }: Space,
  name: N,
  [from, to, size]: readonly [from: number, to: number, size: number],
  valuesOf: ValuesOf<N>,
): boolean {
  const scan = kernels[name] as (...values: Parameters<SearchKernels[N]>) => void;
  let [begin, end] = [from, to];
  let given: readonly [from: number, to: number] | undefined;
  while (begin < end) {
    if (thread?.isFree === true && end - begin > size) {
      given = [end - size, end];
      thread.give(name, valuesOf(...given, true));
      end -= size;
    }
    // All of it where there is nobody to share it with.
    const stop = thread ? Math.min(begin + size, end) : end;
    scan(...valuesOf(begin, stop, false));
    begin = stop;
  }
  if (given && !thread!.join()) scan(...valuesOf(...given, false));
  return given !== undefined;
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
