import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold } from './fold.ts';
import { highlight } from './highlight.ts';
import { LexicalIndex, type WordRow } from './lexical-index.ts';
import type { QueryOptions } from './query.ts';
import { tokensOf } from './tokens.ts';

async function indexOf(rows: readonly (Omit<WordRow, 'row'> | string)[]): Promise<LexicalIndex> {
  const index = new LexicalIndex();
  const all = rows.map((row, i) => ({
    row: i,
    ...(typeof row === 'string' ? { text: row } : row),
  }));
  await index.prepare(all);
  index.add(all);
  return index;
}

function rowsFor(index: LexicalIndex, query: string, options?: QueryOptions): number[] {
  return [...index.search(query, options).top(100).rows];
}

/** BM25 with nothing but the formula. */
function bm25(texts: ReadonlyMap<number, string>, query: string): Map<number, number> {
  const docs = [...texts].map(
    ([row, text]) => [row, [...tokensOf(text)].map((t) => fold(t.word))] as const,
  );
  const average = docs.reduce((sum, [, words]) => sum + words.length, 0) / docs.length;
  const scores = new Map<number, number>();
  for (const word of new Set([...tokensOf(query)].map((t) => fold(t.word)))) {
    const n = docs.filter(([, words]) => words.includes(word)).length;
    const idf = Math.log(1 + (docs.length - n + 0.5) / (n + 0.5));
    for (const [row, words] of docs) {
      const tf = words.filter((w) => w === word).length;
      if (tf === 0) continue;
      const score = (idf * tf * 2.2) / (tf + 1.2 * (0.25 + (0.75 * words.length) / average));
      scores.set(row, (scores.get(row) ?? 0) + score);
    }
  }
  return scores;
}

const EXACT = { prefix: false, fuzzy: false };
const text = fc
  .array(fc.constantFrom('a', 'b', 'cc', 'dd', 'É', 'f', '人権', '.'), { maxLength: 8 })
  .map((words) => words.join(' '));

type Step = { add: string[] } | { remove: number[] } | 'vacuum' | 'store';
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.array(text, { maxLength: 5 }).map((add) => ({ add })) },
  { weight: 2, arbitrary: fc.array(fc.nat(30), { maxLength: 4 }).map((remove) => ({ remove })) },
  fc.constant('vacuum' as const),
  fc.constant('store' as const),
);

describe('BM25', () => {
  it('is the formula over what is there, however it came there', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), text, (steps, query) => {
        let index = new LexicalIndex();
        const texts = new Map<number, string>();
        const removed = new Set<number>();
        let next = 0;
        for (const step of steps) {
          if (step === 'vacuum') index.vacuum();
          else if (step === 'store') index = LexicalIndex.from(index.segments(), removed);
          else if ('add' in step) {
            const rows = step.add.map((text) => ({ row: next++, text }));
            index.add(rows);
            for (const { row, text } of rows) texts.set(row, text);
          } else {
            expect(index.remove(step.remove)).toBe(
              new Set(step.remove.filter((row) => texts.has(row))).size,
            );
            for (const row of step.remove) if (texts.delete(row)) removed.add(row);
          }
        }
        expect(index.rows).toBe(texts.size);
        const expected = bm25(texts, query);
        const found = index.search(query, EXACT);
        const { rows, scores } = found.top(100);
        expect([...rows].sort((a, b) => a - b)).toEqual([...expected.keys()].sort((a, b) => a - b));
        for (const [i, row] of rows.entries()) {
          expect(scores[i]).toBeCloseTo(expected.get(row)!, 4);
          if (i > 0) expect(scores[i]).toBeLessThanOrEqual(scores[i - 1]!);
        }
        expect([...found.of(rows)]).toEqual([...scores]);
        for (const [i, row] of rows.entries()) {
          const sum = found.explain(row).reduce((sum, { score }) => sum + score, 0);
          expect(sum).toBeCloseTo(scores[i]!, 4);
        }
        const coverage = found.coverageOf(rows);
        expect(coverage.every((part) => part > 0 && part <= 1)).toBe(true);
        expect([...found.of([next, ...removed])].every((score) => score === 0)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('gives only rows of the filter', async () => {
    const index = await indexOf(Array.from({ length: 70 }, () => 'word'));
    const filter = new Uint32Array(3);
    filter[1] = 0b101;
    filter[2] = 0b1;
    expect([...index.search('word').top(10, filter).rows]).toEqual([32, 34, 64]);
    expect([...index.search('word').top(10, new Uint32Array(1)).rows]).toEqual([]);
  });
});

describe('explain', () => {
  it('names the words of the query that a row has, as it has them, with their parts', async () => {
    const index = await indexOf([
      { text: 'Running, she ran home for tea and teapots', language: 'en' },
      { text: 'a parcel at home', language: 'en' },
    ]);
    const found = index.search('runs parcle home tea');
    const [runs, home, tea, ...rest] = found.explain(0);
    expect(runs).toMatchObject({ term: 'runs', forms: ['running'] });
    expect(home).toMatchObject({ term: 'home', forms: ['home'] });
    expect(tea).toMatchObject({ term: 'tea', forms: ['tea'] });
    expect(rest).toEqual([]);
    expect(runs!.score).toBeGreaterThan(home!.score);
    expect(found.explain(1).map(({ term, forms }) => [term, forms])).toEqual([
      ['parcle', ['parcel']],
      ['home', ['home']],
    ]);
    expect(index.search('te').explain(0)[0]!.forms).toEqual(['tea', 'teapots']);
  });

  it('says nothing of a row that has none, or is gone, or never was', async () => {
    const index = await indexOf(['tea', 'water', 'tea']);
    index.remove([2]);
    const found = index.search('tea');
    for (const row of [1, 2, 3, 2 ** 32 - 1, -1, 0.5]) expect(found.explain(row)).toEqual([]);
  });
});

describe('words', () => {
  it('are found by other endings in the language of the text', async () => {
    const index = await indexOf([
      { text: 'She was running home', language: 'en-GB' },
      { text: 'Die Häuser am See', language: 'de' },
      { text: 'Ils ont publié des livres', language: 'fr' },
      { text: 'Права человека', language: 'ru' },
      { text: 'Η ελευθερία του ανθρώπου' },
      { text: 'running without a language' },
    ]);
    // Row 5 has no language, but its word is one of English.
    expect(rowsFor(index, 'runs', EXACT)).toEqual([0, 5]);
    expect(rowsFor(index, 'Haus', { ...EXACT, language: 'de' })).toEqual([1]);
    expect(rowsFor(index, 'publiées', EXACT)).toEqual([2]);
    expect(rowsFor(index, 'человек', EXACT)).toEqual([3]);
    expect(rowsFor(index, 'άνθρωπος', EXACT)).toEqual([4]);
    expect(rowsFor(index, 'runs', { ...EXACT, language: 'ja' })).toEqual([]);
  });

  it('are found in scripts without blanks, and in Korean behind which particles stand', async () => {
    const index = await indexOf([
      '基本的人権の尊重',
      '人权宣言',
      'ทุกคนมีสิทธิ',
      '인권은 보편적이다',
      'ສິດທິມະນຸດ',
    ]);
    expect(rowsFor(index, '人権')).toEqual([0]);
    expect(rowsFor(index, '人权')).toEqual([1]);
    expect(rowsFor(index, 'สิทธิ')).toEqual([2]);
    expect(rowsFor(index, '인권')).toEqual([3]);
    expect(rowsFor(index, 'ມະນຸດ')).toEqual([4]);
  });

  it('may be unfinished at the end of a query, and only there', async () => {
    const index = await indexOf(['declaration of rights', 'declared it', 'unrelated']);
    expect(rowsFor(index, 'rights decl')).toEqual([0, 1]);
    expect(rowsFor(index, 'decl ')).toEqual([]);
    expect(rowsFor(index, 'decl rights')).toEqual([0]);
    expect(rowsFor(index, 'd')).toEqual([]);
    expect(rowsFor(index, 'decl', { prefix: false })).toEqual([]);
  });

  it('may be misspelt where nobody has them as they are', async () => {
    const index = await indexOf(['receive the parcel', 'deceive them', 'recieve']);
    expect(rowsFor(index, 'receive ')).toEqual([0]);
    expect(rowsFor(index, 'parcle ')).toEqual([0]);
    expect(rowsFor(index, 'parcle ', { fuzzy: false })).toEqual([]);
    expect(rowsFor(index, 'teh ')).toEqual([]);
    index.remove([0]);
    // Both are one edit away; the other row is the shorter.
    expect(rowsFor(index, 'receive ')).toEqual([2, 1]);
  });

  it('are taken for misspelt four times a query', async () => {
    const index = await indexOf(['kettle', 'teapot', 'saucer', 'samovar', 'infusion']);
    expect(rowsFor(index, 'kettel teaopt saucre samovra infusoin ').sort()).toEqual([0, 1, 2, 3]);
    expect(rowsFor(index, 'kettle teapot saucer samovar infusoin ').length).toBe(5);
  });

  it('that are there come before words that are only like them', () => {
    const filler = fc.array(fc.constantFrom('tea', 'teapot', 'teas', 'water', 'x'), {
      minLength: 1,
      maxLength: 30,
    });
    fc.assert(
      fc.property(fc.array(filler, { minLength: 1, maxLength: 12 }), (texts) => {
        const index = new LexicalIndex();
        index.add(texts.map((words, row) => ({ row, text: words.join(' ') })));
        const { rows } = index.search('tea').top(100);
        const isExact = [...rows].map((row) => texts[row]!.includes('tea'));
        expect(isExact).toEqual([...isExact].sort((a, b) => Number(b) - Number(a)));
        const starting = texts.filter((words) => words.some((word) => word.startsWith('tea')));
        expect(rows.length).toBe(starting.length);
      }),
    );
  });

  it('of a query that has none are no error', async () => {
    const index = await indexOf(['something']);
    expect(rowsFor(index, '…')).toEqual([]);
    expect([...index.search('…').coverageOf([0])]).toEqual([0]);
    expect(rowsFor(new LexicalIndex(), 'something')).toEqual([]);
  });
});

describe('add', () => {
  it('takes rows whose numbers rise, or none of them', async () => {
    const index = await indexOf(['one', 'two']);
    for (const rows of [[1], [5, 5], [-1], [1.5], [NaN], [2 ** 32]]) {
      expect(() => {
        index.add(rows.map((row) => ({ row, text: 'three' })));
      }).toThrow(expect.objectContaining({ code: 'bad-input' }));
    }
    expect(index.rows).toBe(2);
    expect(rowsFor(index, 'three')).toEqual([]);
  });

  it('changes nothing of what was found before', async () => {
    const index = await indexOf(['one', 'two']);
    const found = index.search('two');
    index.add([{ row: 2, text: 'two' }]);
    index.add([{ row: 3, text: 'two' }]);
    index.vacuum();
    expect([...found.top(9).rows]).toEqual([1]);
    expect(found.of([1, 2])[1]).toBe(0);
  });

  it('takes the greatest row numbers there are', async () => {
    const row = 2 ** 32 - 1;
    const index = new LexicalIndex();
    index.add([
      { row: 2 ** 31, text: 'tea' },
      { row, text: 'tea water' },
    ]);
    const found = LexicalIndex.from(index.segments()).search('tea');
    expect([...found.top(9).rows]).toEqual([2 ** 31, row]);
    expect(found.of([row])[0]).toBe(found.top(9).scores[1]);
    expect(found.explain(row)).toHaveLength(1);
    expect([...found.top(9, new Uint32Array(1)).rows]).toEqual([]);
    expect(index.remove([row])).toBe(1);
  });

  it('finds words as they are written where their stemmer was not loaded', () => {
    const index = new LexicalIndex();
    index.add([{ row: 0, text: 'hunting owls', language: 'en' }]);
    expect([...index.search('owls').top(5).rows]).toEqual([0]);
    expect([...index.search('hunted', { fuzzy: false }).top(5).rows]).toEqual([]);
  });

  it('keeps segments few, and their bytes the same while they live', () => {
    const index = new LexicalIndex();
    for (let row = 0; row < 300; row++) {
      const before = index.segments();
      index.add([{ row, text: `word ${row}` }]);
      const after = index.segments();
      expect(after.length).toBeLessThanOrEqual(9);
      expect(after.slice(0, -1).every((bytes) => before.includes(bytes))).toBe(true);
    }
    expect(rowsFor(index, '299')).toEqual([299]);
  });
});

describe('vacuum', () => {
  it('gives rows their new numbers', async () => {
    const index = await indexOf(['a', 'b', 'c', 'd']);
    index.remove([0, 2, 3]);
    expect(index.isWasteful).toBe(true);
    index.vacuum((row) => row - 1);
    expect(index.isWasteful).toBe(false);
    expect(rowsFor(index, 'b')).toEqual([0]);
    index.add([{ row: 1, text: 'b' }]);
    expect(rowsFor(index, 'b')).toEqual([0, 1]);
  });

  it('refuses numbers that do not rise, and stays as it was', async () => {
    const index = await indexOf(['a', 'b']);
    for (const renumber of [() => 0, (row: number) => -row, (row: number) => row + 0.5]) {
      expect(() => {
        index.vacuum(renumber);
      }).toThrow(expect.objectContaining({ code: 'bad-input' }));
    }
    expect(rowsFor(index, 'b')).toEqual([1]);
  });

  it('leaves nothing of an index whose rows are all gone', async () => {
    const index = await indexOf(['a']);
    index.remove([0]);
    index.vacuum();
    expect(index.segments()).toEqual([]);
  });
});

describe('highlight', () => {
  it('marks what matched, also by stem, prefix and typo', async () => {
    const text = 'Running, he RAN; the runner saw declarations of 基本的人権.';
    const index = await indexOf([{ text, language: 'en' }]);
    const marked = (query: string): string[] =>
      highlight(text, index.search(query).forms).map(({ start, end }) => text.slice(start, end));
    expect(marked('runs ')).toEqual(['Running']);
    expect(marked('declaration')).toEqual(['declarations']);
    expect(marked('decl')).toEqual(['declarations']);
    expect(marked('runer ')).toEqual(['runner']);
    expect(marked('人権')).toEqual(['人権']);
    expect(marked('nothing')).toEqual([]);
  });
});
