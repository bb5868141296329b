import { describe, expect, it, vi } from 'vitest';
import type { Filter, Metadata } from '../contract/index.ts';
import { checkedFilter, MetadataIndex } from '../collection/filter/index.ts';
import { hasBit } from '../vectors/bitmap.ts';
import { Shelf, SiteWriter, type ReadFile } from './files/index.ts';
import { siteOf } from './memory-site.ts';
import type { SitePassage } from './passage.ts';
import { TextReader } from './text-reader.ts';
import { writeText } from './text-writer.ts';

function passage(text: string, rest: Partial<SitePassage> = {}): SitePassage {
  return { url: '/', title: '', text, ...rest };
}

const TEXTS = ['tea and water', 'tea', 'water for tea, and tea for water', 'coffee', ''];

describe('an index', () => {
  it('of nothing finds nothing', async () => {
    const site = await siteOf([]);
    const reader = await site.open();
    const answer = await reader.search('anything misspelt or unfini');
    expect(answer).toMatchObject({ hits: [], partial: [] });
    const mask = await reader.passing({ kind: 'drink' });
    expect((await reader.search('tea', { mask })).hits).toEqual([]);
    expect(await reader.fragments([0])).toEqual([undefined]);
  });

  it('of one passage finds it', async () => {
    const site = await siteOf([passage('One word')]);
    const reader = await site.open();
    const { hits, words } = await reader.search('word');
    expect(hits).toEqual([{ id: 0, score: expect.any(Number) as number }]);
    const [shown] = await reader.fragments([0], { forms: words.forms });
    expect(shown!.snippet).toEqual({ text: 'One word', marks: [[4, 8]] });
  });

  it('has the same bytes for the same passages, and another name for others', async () => {
    const passages = TEXTS.map((text) => passage(text, { metadata: { text } }));
    const [one, same] = [await siteOf(passages), await siteOf(passages)];
    expect(same.files).toEqual(one.files);
    const others = await siteOf(passages.with(3, passage('cocoa')));
    expect(others.site).not.toBe(one.site);
    expect(one.site).toMatch(/^[0-9a-f]{16}$/);
  });

  it('takes passages as they come', async () => {
    const passages = TEXTS.map((text) => passage(text));
    async function* coming(): AsyncGenerator<SitePassage> {
      for (const one of passages) yield one;
    }
    expect((await siteOf(coming())).files).toEqual((await siteOf(passages)).files);
  });

  it('takes 5 MB in one passage', async () => {
    const long = 'lorem ipsum dolor sit amet, '.repeat(190_000);
    const site = await siteOf([passage(long), passage('needle lorem')]);
    const reader = await site.open();
    const { hits } = await reader.search('lorem');
    expect(hits.map(({ id }) => id)).toEqual([1, 0]);
    const [shown] = await reader.fragments([1]);
    expect(shown!.text).toBe(long);
  });

  it('leaves words of thousands of letters alone', async () => {
    const endless = 'x'.repeat(10_000);
    const site = await siteOf([passage(`${endless} tea`), passage('x'.repeat(64))]);
    const reader = await site.open();
    expect((await reader.search(endless)).hits).toEqual([]);
    expect((await reader.search('tea')).hits).toHaveLength(1);
    expect((await reader.search('x'.repeat(64))).hits).toHaveLength(1);
  });

  it('takes halves of surrogate pairs, and gives them back', async () => {
    const text = 'tea\ud800water \udc00 𝒯𝑒𝒶 𠮷野家 😀';
    const site = await siteOf([passage(text, { title: '\udfff', url: '/\ud800' })]);
    const reader = await site.open();
    for (const query of ['tea', 'water', '𠮷野家', 'wat\ud800', '\ud800']) {
      expect((await reader.search(query)).partial).toEqual([]);
    }
    expect((await reader.search('𠮷野家')).hits).toHaveLength(1);
    const [shown] = await reader.fragments([0]);
    expect(shown).toMatchObject({ text, title: '\udfff', url: '/\ud800' });
  });

  it.each([
    [{ text: 5 }, 'text'],
    [{ weight: 0 }, 'weight'],
    [{ weight: NaN }, 'weight'],
    [{ start: -1 }, 'start'],
    [{ metadata: { year: NaN } }, 'metadata.year'],
    [{ metadata: { year: {} } }, 'metadata.year'],
    [{ metadata: { year: new Date(NaN) } }, 'metadata.year'],
  ])('refuses %j', async (wrong, place) => {
    const passages = [passage('sound'), { ...passage('text'), ...wrong } as SitePassage];
    await expect(writeText(new SiteWriter(), passages)).rejects.toMatchObject({
      code: 'bad-input',
      index: 1,
      message: expect.stringContaining(`passages[1].${place}`) as string,
    });
  });
});

describe('what is found', () => {
  it('is ranked by its weight, too', async () => {
    const site = await siteOf([
      passage('tea'),
      passage('tea', { weight: 2 }),
      passage('tea', { weight: 0.5 }),
    ]);
    const { hits } = await (await site.open()).search('tea');
    expect(hits.map(({ id }) => id)).toEqual([1, 0, 2]);
    expect(hits[0]!.score / hits[2]!.score).toBeCloseTo(4, 5);
  });

  it('has titles and headings among its words, and comes back whole', async () => {
    const whole = {
      url: '/a/',
      title: 'Kettles',
      headings: ['Copper', 'Care'],
      anchor: 'care',
      text: 'Polish it.',
      language: 'en',
      start: 17,
      metadata: { year: 2024, tags: ['a', 'b'], when: new Date(5), draft: false, none: null },
    };
    const site = await siteOf([whole]);
    const reader = await site.open();
    for (const query of ['kettle ', 'copper', 'polishing ', 'care']) {
      expect((await reader.search(query)).hits).toHaveLength(1);
    }
    const [shown] = await reader.fragments([0]);
    expect(shown).toEqual({ ...whole, id: 0, snippet: { text: 'Polish it.', marks: [] } });
  });

  it('is given in the order asked for, and nothing for numbers that are none', async () => {
    const site = await siteOf(TEXTS.map((text) => passage(text)));
    const reader = await site.open();
    const shown = await reader.fragments([4, 0, 99, -1, 0.5, 4]);
    expect(shown.map((one) => one?.id)).toEqual([4, 0, undefined, undefined, undefined, 4]);
    expect(site.asked.filter((name) => name.includes('fragments'))).toHaveLength(1);
  });

  it('passes the filter, as in a collection', async () => {
    const metadata: Metadata[] = [
      { kind: 'guide', year: 2020, tags: ['a', 'b'], draft: true, when: new Date(1e12) },
      { kind: 'guide', year: 2021, tags: [], draft: false },
      { kind: 'api', year: 2021.5, tags: ['b'], when: new Date(2e12) },
      { year: null },
      {},
      { kind: 'api', year: '2021' },
    ];
    const site = await siteOf(
      metadata.map((metadata, i) => passage(`tea ${'x '.repeat(i)}`, { metadata })),
    );
    const reader = await site.open();
    const index = new MetadataIndex();
    for (const [row, values] of metadata.entries()) index.add(row, 1, values);
    const filters: Filter[] = [
      { kind: 'guide' },
      { year: { gte: 2021 } },
      { year: null },
      { tags: { contains: 'b' } },
      { tags: null },
      { not: { kind: 'api' } },
      { or: [{ draft: true }, { when: { gt: new Date(1.5e12) } }] },
      { nobody: 'has it' },
      { nobody: null, kind: { in: ['api', 'guide'] } },
      { kind: { gt: 'api' } },
    ];
    for (const filter of filters) {
      const bits = index.evaluate(checkedFilter(filter));
      const expected = metadata.map((_, row) => row).filter((row) => hasBit(bits, row));
      const mask = await reader.passing(filter);
      const { hits } = await reader.search('tea', { mask });
      expect(hits.map(({ id }) => id).sort()).toEqual(expected);
    }
    await expect(reader.passing({ year: [] } as never)).rejects.toMatchObject({
      code: 'bad-input',
    });
    const when = new Date(1e12);
    const ofDate = await reader.passing({ when });
    expect(await reader.passing({ when: when.toISOString() })).not.toEqual(ofDate);
    expect(await reader.passing({ when })).toEqual(ofDate);
    const fresh = await site.open();
    site.asked.length = 0;
    await fresh.passing({ kind: 'api' });
    expect(site.asked.filter((name) => name.includes('filter'))).toHaveLength(1);
  });
});

describe('reading', () => {
  it('asks once for what several searches want at the same time', async () => {
    const site = await siteOf(TEXTS.map((text) => passage(text)));
    const reader = await site.open();
    await Promise.all([reader.search('tea'), reader.search('tea'), reader.search('water')]);
    expect(new Set(site.asked).size).toBe(site.asked.length);
    expect(reader.traffic.files).toBe(site.asked.length);
  });

  it('ends when nobody waits any more, and not before', async () => {
    const site = await siteOf(TEXTS.map((text) => passage(text)));
    const signals: AbortSignal[] = [];
    let answer: () => void = vi.fn();
    const shelf = new Shelf(site.site, async (name, signal) => {
      if (name.includes('terms')) {
        signals.push(signal);
        await new Promise<void>((resolve) => (answer = resolve));
      }
      return site.read(name);
    });
    const reader = await TextReader.open(shelf);
    const [one, two] = [new AbortController(), new AbortController()];
    const first = reader.search('tea ', { signal: one.signal });
    const second = reader.search('tea ', { signal: two.signal });
    await vi.waitFor(() => {
      expect(signals).toHaveLength(1);
    });
    one.abort();
    await expect(first).rejects.toMatchObject({ code: 'aborted' });
    expect(signals[0]!.aborted).toBe(false);
    two.abort();
    await expect(second).rejects.toMatchObject({ code: 'aborted' });
    expect(signals[0]!.aborted).toBe(true);
    const third = reader.search('tea ');
    await vi.waitFor(() => {
      expect(signals).toHaveLength(2);
    });
    answer();
    expect((await third).hits).toHaveLength(3);
    await expect(reader.search('tea', { signal: one.signal })).rejects.toMatchObject({
      code: 'aborted',
    });
  });

  it('fails alike however a read fails', async () => {
    const reads: ReadFile[] = [
      () => Promise.reject(new Error('404')),
      () => {
        throw new Error('404');
      },
    ];
    for (const read of reads) {
      await expect(TextReader.open(new Shelf('0123', read))).rejects.toMatchObject({
        code: 'download-failed',
        message: expect.stringContaining('0123/root-0.bin of the site') as string,
        cause: new Error('404'),
      });
    }
  });

  it('refuses a limit that is none', async () => {
    const reader = await (await siteOf([passage('tea')])).open();
    for (const limit of [0, -1, 1.5, NaN]) {
      await expect(reader.search('tea', { limit })).rejects.toMatchObject({ code: 'bad-input' });
    }
  });
});
