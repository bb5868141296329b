import { beforeAll, describe, expect, it } from 'vitest';
import { udhrCorpus } from '../../tools/samples/udhr.ts';
import { wordnetSenses } from '../../tools/recall/senses.ts';
import type { LexicalIndex } from '../words/index.ts';
import type { SitePassage } from './passage.ts';
import type { TextReader, TextSearchOptions } from './text-reader.ts';
import { siteOf, type MemorySite } from './memory-site.ts';
import { wholeIndex } from './whole-index.ts';

async function expectSame(
  reader: TextReader,
  whole: LexicalIndex,
  query: string,
  options: TextSearchOptions = {},
): Promise<void> {
  const answer = await reader.search(query, { limit: 20, ...options });
  const found = whole.search(query, options);
  const { rows, scores } = found.top(20);
  expect(answer.partial).toEqual([]);
  expect(answer.hits, query).toEqual(Array.from(rows, (id, i) => ({ id, score: scores[i]! })));
  expect(answer.words.forms, query).toEqual(found.forms);
}

describe('search of several languages in one index', () => {
  let passages: SitePassage[];
  let site: MemorySite;
  let reader: TextReader;
  let whole: LexicalIndex;

  beforeAll(async () => {
    passages = udhrCorpus().documents.map(({ id, text, language }) => ({
      url: `/${id}`,
      title: id,
      text,
      ...(language !== undefined && { language }),
    }));
    site = await siteOf(passages);
    reader = await site.open();
    whole = await wholeIndex(passages, site.numbers);
  });

  it('finds what the whole index finds, with the same scores', async () => {
    for (const [i, { text, language }] of passages.entries()) {
      if (i % 17 !== 0) continue;
      const query = text.slice(i % 40, (i % 40) + 60);
      await expectSame(reader, whole, query, { fuzzy: false, prefix: false });
      await expectSame(reader, whole, query, { language, fuzzy: false, prefix: false });
    }
  });

  it('finds unfinished words whose beginnings are in few shards', async () => {
    for (const query of [
      'declarat',
      'everyone has the righ',
      'menschenre',
      '人権',
      'สิทธิ',
      'прав',
    ]) {
      await expectSame(reader, whole, query, { fuzzy: false });
    }
  });

  it('finds misspelt words whose beginnings are right', async () => {
    for (const query of ['freedmo ', 'declaraton ', 'everyoen is ', 'Menschenrehcte ']) {
      await expectSame(reader, whole, query);
    }
  });
});

describe('search of WordNet', () => {
  let senses: SitePassage[];
  let site: MemorySite;
  let reader: TextReader;
  let whole: LexicalIndex;

  beforeAll(async () => {
    senses = wordnetSenses()
      .filter((_, i) => i % 6 === 0)
      .map(({ id, words, definition, examples }) => ({
        url: `/${id}`,
        title: words.join(', '),
        text: [definition, ...examples].join('\n'),
        language: 'en',
      }));
    site = await siteOf(senses);
    reader = await site.open();
    whole = await wholeIndex(senses, site.numbers);
  });

  it('finds what the whole index finds, with the same scores', async () => {
    for (let i = 0; i < senses.length; i += 97) {
      await expectSame(reader, whole, `${senses[i]!.text.slice(0, 50)} `, { fuzzy: false });
    }
  });

  it('counts what it reads, and reads nothing twice', async () => {
    const fresh = await site.open();
    await fresh.search('a small boat with sails ');
    const { files, bytes } = fresh.traffic;
    expect(bytes).toBeGreaterThan(1000);
    await fresh.search('small sails with a boat ');
    expect(fresh.traffic).toEqual({ files, bytes });
  });
});
