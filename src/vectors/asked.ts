import { SEGMENT_ROWS } from '../kernels/index.ts';
import { lowestBit, popcount } from './bitmap.ts';
import type { Space } from './space.ts';

const WORDS = SEGMENT_ROWS / 32;

/** The rows that a search may find. */
export interface Asked {
  /** How many. */
  count: number;
  /** Where in a segment their bits lie. */
  mask: number;
}

/** Those alive, or those of them that a filter keeps, whose bits go into the segments. */
export function ask(
  space: Space,
  rows: number,
  live: number,
  filter: Uint32Array | undefined,
): Asked {
  const { alive, mask } = space.layout;
  if (!filter) return { count: live, mask: alive };
  const { words } = space;
  let count = 0;
  for (let row = 0; row < rows; row += SEGMENT_ROWS) {
    const at = space.segmentAt(row);
    const [from, to, first] = [(at + alive) / 4, (at + mask) / 4, row / 32];
    for (let i = 0; i < WORDS; i++) {
      const kept = words[from + i]! & (filter[first + i] ?? 0);
      words[to + i] = kept;
      if (kept !== 0) count += popcount(kept);
    }
  }
  return { count, mask };
}

/** Numbers of the rows asked for, rising. */
export function listAsked(space: Space, rows: number, { count, mask }: Asked): Uint32Array {
  const list = new Uint32Array(count);
  const { words } = space;
  let next = 0;
  for (let row = 0; row < rows; row += SEGMENT_ROWS) {
    const at = (space.segmentAt(row) + mask) / 4;
    for (let i = 0; i < WORDS; i++) {
      for (let rest = words[at + i]!; rest !== 0; rest &= rest - 1) {
        list[next++] = row + 32 * i + lowestBit(rest);
      }
    }
  }
  return list;
}
