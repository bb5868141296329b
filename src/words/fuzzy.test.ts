import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allowedEdits, within } from './fuzzy.ts';
import { SortedStrings } from './strings.ts';

function stringsOf(list: readonly string[]): SortedStrings {
  const sorted = [...new Set(list)].sort();
  const units = Uint16Array.from(sorted.join(''), (_, i) => sorted.join('').charCodeAt(i));
  let end = 0;
  return new SortedStrings(
    units,
    Uint32Array.from(sorted, ({ length }) => (end += length)),
  );
}

/** The whole table, as textbooks have it. */
function distance(a: string, b: string): number {
  const table = Array.from({ length: a.length + 1 }, (_, i) => [i]);
  for (let j = 1; j <= b.length; j++) table[0]![j] = j;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1;
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      table[i]![j] = Math.min(
        table[i - 1]![j]! + 1,
        table[i]![j - 1]! + 1,
        table[i - 1]![j - 1]! + change,
        swapped ? table[i - 2]![j - 2]! + 1 : Infinity,
      );
    }
  }
  return table[a.length]![b.length]!;
}

const words = fc.array(
  fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'é'), minLength: 1, maxLength: 9 }),
);
const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'é'), minLength: 1, maxLength: 9 });

describe('within', () => {
  it('finds what the whole table of distances finds', () => {
    fc.assert(
      fc.property(words, word, fc.integer({ min: 0, max: 2 }), (list, word, most) => {
        const strings = stringsOf(list);
        const found = within(strings, word, most).map((at) => at.map((i) => strings.at(i)));
        for (let edits = 0; edits <= most; edits++) {
          const expected = [...new Set(list)].sort().filter((w) => distance(w, word) === edits);
          expect(found[edits]).toEqual(expected);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('counts a swap of neighbours as one', () => {
    const strings = stringsOf(['recieve', 'receive', 'relieve']);
    expect(within(strings, 'receive', 1)[1]!.map((i) => strings.at(i))).toEqual(['recieve']);
  });
});

describe('SortedStrings', () => {
  it('finds strings, beginnings and places', () => {
    fc.assert(
      fc.property(words, word, (list, word) => {
        const strings = stringsOf(list);
        const sorted = [...new Set(list)].sort();
        expect(strings.indexOf(word)).toBe(sorted.indexOf(word));
        const [first, end] = strings.startingWith(word);
        expect(sorted.slice(first, end)).toEqual(sorted.filter((w) => w.startsWith(word)));
      }),
    );
  });
});

it('allows more edits in longer words, and none where a word says nothing', () => {
  expect(
    ['cat', 'cats', 'hundred', 'hundreds', 'x'.repeat(41)].map((w) => allowedEdits(w.length)),
  ).toEqual([0, 1, 1, 2, 0]);
});
