/** Which shards most likely have words a few keystrokes away. */

import { sharedUnits } from './strings.ts';
import type { TermTable } from './term-table.ts';

/**
 * Shards nearest first: by how many keystrokes what all their words begin with is away from any
 * beginning of the word, then by how far they lie from the word's own.
 *
 * @param edits most keystrokes: shards further away are left out
 */
export function nearShards(table: TermTable, word: string, edits: number): number[] {
  const home = table.homeOf(word);
  return table.shards
    .map(({ first }, i) => {
      const next = table.shards[i + 1]?.first ?? '';
      const beginning = first.slice(0, sharedUnits(first, next));
      return { i, distance: leastDistance(beginning, word) };
    })
    .filter(({ distance }) => distance <= edits)
    .sort((a, b) => a.distance - b.distance || Math.abs(a.i - home) - Math.abs(b.i - home))
    .map(({ i }) => i);
}

/** Keystrokes from `beginning` to the nearest beginning of `word`: optimal string alignment. */
function leastDistance(beginning: string, word: string): number {
  let above: number[] = [];
  let row = Array.from({ length: word.length + 1 }, (_, j) => j);
  for (let i = 1; i <= beginning.length; i++) {
    const last = row;
    const next = [i];
    for (let j = 1; j <= word.length; j++) {
      const change = beginning[i - 1] === word[j - 1] ? 0 : 1;
      let value = Math.min(last[j]! + 1, next[j - 1]! + 1, last[j - 1]! + change);
      const swapped = beginning[i - 1] === word[j - 2] && beginning[i - 2] === word[j - 1];
      if (i > 1 && j > 1 && swapped) value = Math.min(value, above[j - 2]! + 1);
      next.push(value);
    }
    above = last;
    row = next;
  }
  return Math.min(...row);
}
