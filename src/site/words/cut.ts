/** Where the words of an index are cut into shards. */

import type { TermEntry } from './term-shard.ts';
import { sharedUnits } from './strings.ts';

/**
 * Bytes of a shard's file, about. On the 10,000 pages of `npm run bench:site-words` a first query moves
 * 36 KB in all with shards of 2 KB, 40 with 4, 50 with 8; they are 1,375, 683 and 338 files.
 */
export const SHARD_BYTES = 4096;

/**
 * Neighbours fill a shard together; a word that fills half of one by itself has one of its own, so
 * that nobody pays for "the" who asked for "then".
 *
 * @param sizes estimated bytes of each form
 * @returns position of the first form of each shard
 */
export function cutShards(sizes: ArrayLike<number>, most: number): number[] {
  const starts: number[] = [];
  let filled = Infinity;
  for (let i = 0; i < sizes.length; i++) {
    const size = sizes[i]!;
    const alone = size > most / 2;
    if (alone || filled + size > most) {
      starts.push(i);
      filled = 0;
    }
    filled = alone ? Infinity : filled + size;
  }
  return starts;
}

/** The shortest string above `before` that is not above `first`. */
export function separator(before: string | undefined, first: string): string {
  return before === undefined ? '' : first.slice(0, sharedUnits(before, first) + 1);
}

/** Bytes of an entry in its file, about: deflate halves its letters, rows take their entropy. */
export function entryBytes(
  { form, postings: { docs, frequencies } }: TermEntry,
  rows: number,
): number {
  const share = docs.length / rows;
  const rowBits = share < 1 ? -Math.log2(share) + ((1 - share) / share) * -Math.log2(1 - share) : 0;
  const often = frequencies.reduce((sum, frequency) => sum + 2 * Math.log2(frequency), 0);
  return 2 + form.length / 4 + (docs.length * (rowBits + 1) + often) / 8;
}
