/** Which shards most likely have words a keystroke away. */

import { sharedUnits } from './strings.ts';
import type { TermTable } from './term-table.ts';

/** Letters of one script lie together: those that differ below this many bits. */
const SCRIPT_BITS = 7;

/**
 * Shards likeliest first, by the words that would be one keystroke away and lie in them if they were
 * words: each place of the word may have been typed too much, in the wrong order, wrong, or not at
 * all. The first two leave one word each; the others as many as there are letters. Such a word is
 * likelier the more it begins as its shard does, since many words begin alike there.
 */
export function nearShards(table: TermTable, word: string): number[] {
  if (table.shards.length === 0) return [];
  const likelihood = new Map<number, number>();
  const count = (variant: string, share: number): void => {
    const home = table.homeOf(variant);
    const borders = [table.shards[home]!.first, table.shards[home + 1]?.first ?? ''];
    const alike = Math.max(...borders.map((border) => sharedUnits(border, variant)));
    likelihood.set(home, (likelihood.get(home) ?? 0) + share * (1 + alike) ** 2);
  };
  const letters = lettersOf(table, word);
  for (let at = 0; at <= word.length; at++) {
    const [before, after] = [word.slice(0, at), word.slice(at + 1)];
    count(before + after, 1);
    count(before + word.slice(at + 1, at + 2) + word.slice(at, at + 1) + word.slice(at + 2), 1);
    for (const [letter, share] of letters) {
      count(before + letter + after, share);
      count(before + letter + word.slice(at), share);
    }
  }
  return [...likelihood].sort(([i, a], [j, b]) => b - a || i - j).map(([number]) => number);
}

/** Letters of the word's scripts, and how often each is in the beginnings of shards, as a share. */
function lettersOf({ shards }: TermTable, word: string): Map<string, number> {
  const scriptOf = (letter: string): number => letter.charCodeAt(0) >>> SCRIPT_BITS;
  const scripts = new Set(Array.from(word, scriptOf));
  const letters = shards
    .flatMap(({ first }) => Array.from(first))
    .filter((letter) => scripts.has(scriptOf(letter)));
  const shares = new Map<string, number>();
  for (const letter of letters) {
    shares.set(letter, (shares.get(letter) ?? 0) + 1 / letters.length);
  }
  return shares;
}
