/** float32 scores of the rows that are left. */

import type { MemoryOriginals, Originals } from './originals.ts';
import { DOT_ROWS, type Space } from './space.ts';
import { TopK, type Ranked } from './top-k.ts';

/** Rows read from the originals at a time. */
const READ_ROWS = 4096;

/**
 * The `k` best of the rows.
 *
 * @param rows numbers, rising
 * @param own originals in memory, which need no waiting
 */
export async function rescore(
  space: Space,
  query: Float32Array,
  rows: Uint32Array,
  k: number,
  minScore: number,
  originals: Originals,
  own: MemoryOriginals | undefined,
): Promise<Ranked> {
  const scores = await originalScores(space, query, rows, originals, own);
  const best = new TopK(Math.min(k, rows.length));
  for (let i = 0; i < rows.length; i++) {
    if (scores[i]! >= minScore) best.offer(scores[i]!, rows[i]!);
  }
  return best.drain();
}

/** float32 scores of the rows, in their order. Parameters as of `rescore`. */
export async function originalScores(
  space: Space,
  query: Float32Array,
  rows: Uint32Array,
  originals: Originals,
  own: MemoryOriginals | undefined,
): Promise<Float32Array> {
  const scores = new Float32Array(rows.length);
  let done = 0;
  const score = (part: Uint32Array, put: (target: Float32Array, start: number) => void): void => {
    scores.set(scoresOf(space, query, part.length, put), done);
    done += part.length;
  };
  if (own) {
    for (const part of partsOf(rows, DOT_ROWS)) {
      score(part, (target, start) => own.copy(part, target, start));
    }
    return scores;
  }
  for (const piece of partsOf(rows, READ_ROWS)) {
    const values = await originals.read(piece);
    for (const [i, part] of partsOf(piece, DOT_ROWS).entries()) {
      const from = i * DOT_ROWS * query.length;
      const read = values.subarray(from, from + part.length * query.length);
      score(part, (target, start) => target.set(read, start));
    }
  }
  return scores;
}

function partsOf(rows: Uint32Array, size: number): Uint32Array[] {
  return Array.from({ length: Math.ceil(rows.length / size) }, (_, i) =>
    rows.subarray(i * size, (i + 1) * size),
  );
}

/** Of DOT_ROWS rows at most, which `put` writes. */
function scoresOf(
  { kernels, dimensions, floats, at }: Space,
  query: Float32Array,
  count: number,
  put: (target: Float32Array, start: number) => void,
): Float32Array {
  floats.set(query, at.query / 4);
  put(floats, at.originals / 4);
  kernels.dotRows(at.query, at.originals, count, dimensions, at.scores);
  return floats.subarray(at.scores / 4, at.scores / 4 + count);
}
