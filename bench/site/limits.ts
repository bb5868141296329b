/** What limits on reading cost: searches in shards beside the same words in one index in memory. */

import type { LexicalIndex } from '../../src/words/index.ts';
import type { SitePassage } from '../../src/site/passage.ts';
import type { TextReader } from '../../src/site/text-reader.ts';
import { wholeIndex } from '../../src/site/whole-index.ts';
import { toRow, type ResultRow } from '../results.ts';

export interface Limits {
  passages: readonly SitePassage[];
  numbers: Uint32Array;
  queries: readonly string[];
  /** Opens a reader that has read nothing yet. */
  open: () => Promise<TextReader>;
}

const BEST = 10;
/** Misspelt queries made of each. */
const TYPOS = 4;
/** Shorter words are not taken for misspelt. */
const SHORTEST = 5;

/** Which share of the whole index's ten best the reader finds. */
export async function compareLimits({
  passages,
  numbers,
  queries,
  open,
}: Limits): Promise<ResultRow[]> {
  const whole = await wholeIndex(passages, numbers);
  const cases: Readonly<Record<string, readonly string[]>> = {
    'words as they are': queries,
    'last word cut to 2 letters': queries.map((query) => lastWordCut(query, 2)),
    'last word cut to 4 letters': queries.map((query) => lastWordCut(query, 4)),
    'one word misspelt': misspelt(queries, 0),
    'one word misspelt, behind its second letter': misspelt(queries, 2),
  };
  const rows: ResultRow[] = [];
  for (const [name, list] of Object.entries(cases)) {
    const shares: number[] = [];
    const bytes: number[] = [];
    for (const query of list) {
      const expected = [...whole.search(query).top(BEST).rows];
      if (expected.length === 0) continue;
      const reader = await open();
      const found = new Set((await reader.search(query)).hits.map(({ id }) => id));
      shares.push(expected.filter((id) => found.has(id)).length / expected.length);
      bytes.push(reader.traffic.bytes);
    }
    const share = shares.reduce((sum, one) => sum + one, 0) / shares.length;
    const rival = 'src/words, whole';
    const common = { case: `words-limits/${name}`, rival };
    rows.push({
      ...toRow({
        ...common,
        metric: `same@${BEST}`,
        unit: 'share',
        ours: [share],
        theirs: [1],
        better: 'higher',
      }),
      n: shares.length,
    });
    rows.push(
      toRow({
        ...common,
        metric: 'bytes before texts',
        unit: 'B',
        ours: bytes,
        theirs: [wholeBytes(whole)],
      }),
    );
  }
  return rows;
}

function wholeBytes(index: LexicalIndex): number {
  return index.segments().reduce((sum, { length }) => sum + length, 0);
}

function lastWordCut(query: string, letters: number): string {
  const words = query.split(' ');
  return [...words.slice(0, -1), words.at(-1)!.slice(0, letters)].join(' ');
}

/** One word of each with a letter left out, put in, replaced or swapped with the next, by chance. */
function misspelt(queries: readonly string[], from: number): string[] {
  let state = 7;
  const below = (size: number): number => {
    // Numerical Recipes' linear congruential generator: the same typos in each run.
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * size);
  };
  const wrong = (word: string): string => {
    const at = from + below(word.length - 1 - from);
    const letter = String.fromCharCode(97 + below(26));
    const [before, after] = [word.slice(0, at), word.slice(at + 1)];
    const next = after.slice(0, 1) + word.charAt(at) + after.slice(1);
    return before + [after, letter + word.slice(at), letter + after, next][below(4)]!;
  };
  return Array.from({ length: TYPOS }, () => queries)
    .flat()
    .flatMap((query) => {
      const words = query.split(' ');
      const long = [...words.keys()].filter((i) => words[i]!.length >= SHORTEST);
      const place = long[below(long.length)];
      if (place === undefined) return [];
      return [`${words.with(place, wrong(words[place]!)).join(' ')} `];
    });
}
