/** Strings a few keystrokes away from a word. */

import type { SortedStrings } from './strings.ts';

/** What is longer is no word that anybody types; distances below fit a byte. */
const LONGEST = 40;

/** Keystrokes that may be wrong in a word of so many letters: none below 4, one, two from 8 on. */
export function allowedEdits(letters: number): number {
  if (letters < 4 || letters > LONGEST) return 0;
  return letters < 8 ? 1 : 2;
}

/**
 * Positions of the strings within `most` edits of `word`, by their distance: letters put in, left
 * out, replaced, or two neighbours swapped (optimal string alignment).
 *
 * Sorted strings share beginnings, so a row of the table of distances serves all that share it, and
 * a beginning that is too far away already skips all strings that have it (as in Schulz and Mihov,
 * "Fast String Correction with Levenshtein-Automata", 2002, without the automaton).
 */
export function within(strings: SortedStrings, word: string, most: number): number[][] {
  const found: number[][] = Array.from({ length: most + 1 }, () => []);
  const table = new Distances(word, most);
  let index = 0;
  while (index < strings.length) {
    const start = strings.start(index);
    const length = strings.end(index) - start;
    let depth = table.shared(strings, start, length);
    while (depth < length && table.extend(depth, strings.unit(start + depth))) depth++;
    if (depth < length) {
      // The first depth + 1 units are too far away, whatever follows them.
      index = strings.endOf(depth + 1, index, (at, i) => strings.unit(at) === table.unit(i));
      continue;
    }
    const distance = table.distance(length);
    if (distance <= most) found[distance]!.push(index);
    index++;
  }
  return found;
}

/** Row i holds the distances of a string's first i units to every beginning of the word. */
class Distances {
  readonly #word: string;
  readonly #most: number;
  readonly #rows: Uint8Array[];
  readonly #units: number[] = [];
  /** Units whose rows are right. */
  #depth = 0;

  constructor(word: string, most: number) {
    this.#word = word;
    this.#most = most;
    this.#rows = [Uint8Array.from({ length: word.length + 1 }, (_, i) => i)];
  }

  unit(i: number): number {
    return this.#units[i]!;
  }

  /** How many units a string begins with whose rows are there; forgets the others. */
  shared(strings: SortedStrings, start: number, length: number): number {
    let depth = 0;
    while (
      depth < this.#depth &&
      depth < length &&
      this.#units[depth] === strings.unit(start + depth)
    ) {
      depth++;
    }
    this.#depth = depth;
    return depth;
  }

  /** Adds a unit; false, and not counted in, when every longer string is too far away. */
  extend(depth: number, unit: number): boolean {
    this.#units[depth] = unit;
    const above = this.#rows[depth]!;
    const row = (this.#rows[depth + 1] ??= new Uint8Array(above.length));
    row[0] = depth + 1;
    let least = row[0];
    for (let i = 1; i < row.length; i++) {
      const same = this.#word.charCodeAt(i - 1) === unit;
      let value = Math.min(above[i]! + 1, row[i - 1]! + 1, above[i - 1]! + (same ? 0 : 1));
      if (this.#swapped(depth, i)) value = Math.min(value, this.#rows[depth - 1]![i - 2]! + 1);
      row[i] = value;
      least = Math.min(least, value);
    }
    // A swap looks two rows up: that row must be too far away, too.
    if (least > this.#most && Math.min(...above) >= this.#most) return false;
    this.#depth = depth + 1;
    return true;
  }

  distance(length: number): number {
    return this.#rows[length]![this.#word.length]!;
  }

  #swapped(depth: number, i: number): boolean {
    return (
      depth > 0 &&
      i > 1 &&
      this.#units[depth] === this.#word.charCodeAt(i - 2) &&
      this.#units[depth - 1] === this.#word.charCodeAt(i - 1)
    );
  }
}
