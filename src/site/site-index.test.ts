import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { NearfieldError, SiteAnswer, SiteIndex } from '../contract/index.ts';
import { fitLight } from '../light/index.ts';
import { buildSite, type SiteInput } from './build.ts';
import { openSiteIndex } from './open.ts';
import {
  fitOptions,
  Host,
  meaningOf,
  meantInput,
  meantPassages,
  MODEL,
  seededEmbedder,
  SYNONYMS,
} from './meant-site.ts';

let input: Required<SiteInput>;
let host: Host;

beforeAll(async () => {
  input = await meantInput();
  host = await Host.of(input);
});

/** Of a host of its own, on which files can be changed. */
async function opened(on: Host = new Host(built())): Promise<{ index: SiteIndex; on: Host }> {
  return { index: await openSiteIndex(on.url, { fetch: on.fetch }), on };
}

function built(): ConstructorParameters<typeof Host>[0] {
  const manifest = 'nearfield.json';
  const files = [...host.files].map(([name, bytes]) => ({ name, bytes }));
  return {
    site: '',
    files: files.filter(({ name }) => name !== manifest),
    manifest: { name: manifest, bytes: host.files.get(manifest)! },
  };
}

/** Numbers that the texts of what was found end with. */
function textsOf({ pages }: SiteAnswer): string[] {
  return pages.flatMap(({ passages }) => passages.map(({ snippet }) => snippet.text));
}

describe('a search of a site', () => {
  it('says what there is before anything is asked', async () => {
    const { index, on } = await opened();
    expect(index.info).toMatchObject({
      pages: 120,
      passages: 240,
      languages: ['en'],
      filters: ['kind'],
      model: MODEL,
    });
    expect(index.tier).toBe('words');
    expect(on.asked).toEqual(['nearfield.json', `${index.info.site}/root-0.bin`]);
  });

  it('finds pages by words with what is to be shown of them, and reads no vector', async () => {
    const { index, on } = await opened();
    const answer = await index.search('bread number 24', { limit: 3 });
    expect(answer).toMatchObject({ tier: 'words', missing: [] });
    expect(answer.pages).toHaveLength(3);
    const [best] = answer.pages;
    expect(best).toMatchObject({
      url: '/12/',
      title: 'Page 12',
      language: 'en-GB',
      metadata: { kind: 'even', note: 'n24', image: '/12.png' },
    });
    const [passage] = best!.passages;
    expect(passage).toMatchObject({ url: '/12/', headings: ['About bread'], via: 'words' });
    const { text, marks } = passage!.snippet;
    expect(marks.map(([start, end]) => text.slice(start, end))).toContain('bread');
    expect(on.asked.some((name) => /vectors|light|sector|group/.test(name))).toBe(false);
  });

  it('marks words that tell something, and not those of every page', async () => {
    const { index } = await opened();
    const { pages } = await index.search('the number of bread');
    const { text, marks } = pages[0]!.passages[0]!.snippet;
    expect(new Set(marks.map(([start, end]) => text.slice(start, end)))).toEqual(
      new Set(['bread']),
    );
    const [only] = (await index.search('the number')).pages;
    expect(only!.passages[0]!.snippet.marks.length).toBeGreaterThan(0);
  });

  it('leads to sections, and groups the passages of a page', async () => {
    const { index } = await opened();
    const { pages } = await index.search('page 7 about boat', { limit: 40, passages: 2 });
    expect(new Set(pages.map(({ url }) => url)).size).toBe(pages.length);
    const both = pages.find(({ passages }) => passages.length === 2);
    expect(both!.passages.map(({ url }) => url).sort()).toEqual([both!.url, `${both!.url}#more`]);
    expect(both!.score).toBe(both!.passages[0]!.score);
    const single = await index.search('page 7 about boat', { limit: 40, passages: 1 });
    expect(single.pages.every(({ passages }) => passages.length === 1)).toBe(true);
  });

  it('finds by meaning what has none of the words, once the encoder is there', async () => {
    const { index } = await opened();
    expect((await index.search('vessel', { limit: 5 })).pages).toEqual([]);
    await index.prepare();
    expect(index.tier).toBe('light');
    for (const [word, synonym] of SYNONYMS) {
      const answer = await index.search(synonym, { limit: 5, passages: 1 });
      expect(answer).toMatchObject({ tier: 'light', missing: [] });
      expect(answer.pages).toHaveLength(5);
      for (const text of textsOf(answer)) expect(text).toContain(word);
      expect(answer.pages[0]!.passages[0]!.via).toBe('meaning');
    }
  });

  it('puts what has the words and the meaning first', async () => {
    const { index } = await opened();
    await index.prepare();
    const answer = await index.search('bread number 24', { limit: 3 });
    expect(answer.pages[0]).toMatchObject({ url: '/12/' });
    expect(answer.pages[0]!.passages[0]!.via).toBe('both');
  });

  it('is asked of the model itself where there is one', async () => {
    const { index, on } = await opened();
    index.use(seededEmbedder());
    expect(index.tier).toBe('model');
    const answer = await index.search('gale', { limit: 5, passages: 1 });
    expect(answer.tier).toBe('model');
    for (const text of textsOf(answer)) expect(text).toContain('storm');
    expect(on.asked.some((name) => name.includes('light'))).toBe(false);
    expect((await index.search('gale', { tier: 'words' })).pages).toEqual([]);
    index.use(undefined);
    expect(index.tier).toBe('words');
    expect(() => {
      index.use(seededEmbedder('2'));
    }).toThrow(expect.objectContaining({ code: 'incompatible-index' }));
  });

  it('lets go of the model when it is closed, and takes none from then on', async () => {
    const { index } = await opened();
    const embedder = seededEmbedder();
    index.use(embedder);
    expect(index.embedder).toBe(embedder);
    index.close();
    expect(index.embedder).toBeUndefined();
    expect(() => index.use(undefined)).not.toThrow();
    expect(() => index.use(embedder)).toThrow(expect.objectContaining({ code: 'closed' }));
  });

  it('ranks by meaning as all vectors would', async () => {
    const { index } = await opened();
    index.use(seededEmbedder());
    const answer = await index.search('kid cash', { limit: 10, passages: 1 });
    const question = meaningOf('kid cash');
    const scores = input.passages.map(({ text }) =>
      meaningOf(text).reduce((sum, value, i) => sum + value * question[i]!, 0),
    );
    const tenth = scores.toSorted((a, b) => b - a)[9]!;
    const found = textsOf(answer).map((text) =>
      scores.at(input.passages.findIndex((passage) => passage.text === text)),
    );
    for (const score of found) expect(score).toBeGreaterThan(tenth - 0.02);
  });

  it('keeps to a filter in every tier', async () => {
    const { index } = await opened();
    const filter = { kind: 'odd' };
    for (const prepare of [() => undefined, () => index.prepare()]) {
      await prepare();
      const { pages } = await index.search('bread loaf', { filter, limit: 30 });
      expect(pages.length).toBeGreaterThan(3);
      for (const { metadata } of pages) expect(metadata).toMatchObject({ kind: 'odd' });
    }
    expect(await index.filterValues('kind')).toEqual([
      { value: 'even', pages: 60 },
      { value: 'odd', pages: 60 },
    ]);
    for (const asked of [() => index.search('a', { filter: { note: 'n1' } })]) {
      await expect(asked()).rejects.toMatchObject({ code: 'bad-input' });
    }
    await expect(index.filterValues('note')).rejects.toMatchObject({ code: 'bad-input' });
  });

  it('finds pages like one, without it', async () => {
    const { index } = await opened();
    const [hit] = (await index.search('storm', { limit: 1 })).pages;
    const { id } = hit!.passages[0]!;
    const byWords = await index.similar(id);
    expect(byWords.tier).toBe('words');
    expect(byWords.pages.length).toBeGreaterThan(3);
    await index.prepare();
    const byMeaning = await index.similar(id, { limit: 5 });
    expect(byMeaning.tier).toBe('light');
    expect(byMeaning.pages).toHaveLength(5);
    for (const { pages } of [byWords, byMeaning]) {
      expect(pages.map(({ url }) => url)).not.toContain(hit!.url);
    }
    await expect(index.similar(240)).rejects.toMatchObject({ code: 'bad-input' });
    await expect(index.similar(-1)).rejects.toMatchObject({ code: 'bad-input' });
  });

  it('gives nothing for nothing', async () => {
    const { index } = await opened();
    await index.prepare();
    for (const query of ['', '  \n', '?!']) {
      expect((await index.search(query)).pages, query).toEqual([]);
    }
  });

  it('refuses what is no search', async () => {
    const { index } = await opened();
    for (const wrong of [{ limit: 0 }, { limit: 1.5 }, { passages: 0 }, { tier: 'all' as never }]) {
      await expect(index.search('a', wrong)).rejects.toMatchObject({ code: 'bad-input' });
    }
    await expect(index.search(7 as never)).rejects.toMatchObject({ code: 'bad-input' });
    await expect(index.search('a', { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'aborted',
    });
    index.close();
    await expect(index.search('a')).rejects.toMatchObject({ code: 'closed' });
    await expect(index.prepare()).rejects.toMatchObject({ code: 'closed' });
  });
});

it.each(['mailto:x', 'data:,x', 'javascript:1', 'blob:x', 'http://', 'nearfield/'])(
  'no address of an index: %s',
  async (url) => {
    const { fetch } = new Host(built());
    await expect(openSiteIndex(url, { fetch })).rejects.toMatchObject({ code: 'bad-input' });
  },
);

describe('an index that is not as it was built', () => {
  it('is searched as far as it goes, and says what was missing', async () => {
    const kinds = fc.subarray(['terms', 'fragments', 'sector', 'group', 'vectors'], {
      minLength: 1,
    });
    const bodies = fc.constantFrom<BodyInit | undefined>(undefined, '<!doctype html>', '');
    await fc.assert(
      fc.asyncProperty(kinds, bodies, async (broken, body) => {
        const { index, on } = await opened();
        index.use(seededEmbedder());
        const names = broken.flatMap((kind) => on.namesOf(kind));
        for (const name of names) on.changed.set(name, body);
        const { missing } = await index.search('bread street');
        for (const name of missing) expect(names).toContain(name);
        if (broken.some((kind) => on.asked.some((name) => name.includes(`/${kind}-`)))) {
          expect(missing).not.toEqual([]);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('is refused where its encoder is of other vectors', async () => {
    const { index, on } = await opened();
    const [name] = on.namesOf('light');
    on.changed.set(name!, undefined);
    await expect(index.prepare()).rejects.toMatchObject({ code: 'download-failed' });
    expect(index.tier).toBe('words');
    on.changed.set(name!, 'no');
    await expect(index.prepare()).rejects.toMatchObject({ code: 'integrity' });
    on.changed.clear();
    await index.prepare();
    expect(index.tier).toBe('light');
  });

  it('is told from a host’s page for what is missing, and from other versions', async () => {
    const manifest = new TextDecoder().decode(host.files.get('nearfield.json'));
    const codeOf = async (body: string | undefined): Promise<unknown> => {
      const on = new Host(built());
      on.changed.set('nearfield.json', body);
      return opened(on).then(
        () => 'opened',
        (error: unknown) => (error as NearfieldError).code,
      );
    };
    expect(await codeOf(manifest)).toBe('opened');
    expect(await codeOf(undefined)).toBe('download-failed');
    expect(await codeOf('<!doctype html><title>Not found</title>')).toBe('integrity');
    expect(await codeOf(manifest.replace('"nearfield": 1', '"nearfield": 2'))).toBe(
      'incompatible-index',
    );
    expect(await codeOf(manifest.replace('"passages": 240', '"passages": 241'))).toBe('integrity');
    expect(await codeOf(manifest.replace(/"site": "\w{4}/, '"site": "../x'))).toBe('integrity');
    expect(await codeOf(manifest.replace('"mean"', '"middle"'))).toBe('integrity');
  });

  it('is refused with a code whatever its manifest says', async () => {
    const fields = fc.constantFrom('site', 'pages', 'passages', 'languages', 'filters', 'model');
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fields, fc.jsonValue()), async (record) => {
        const on = new Host(built());
        on.changed.set('nearfield.json', JSON.stringify({ nearfield: 1, ...record }));
        await expect(opened(on)).rejects.toMatchObject({ code: 'integrity' });
      }),
      { numRuns: 200 },
    );
  });
});

describe('building', () => {
  it('gives the same bytes for the same input', async () => {
    const again = await Host.of(input);
    expect([...again.files.keys()]).toEqual([...host.files.keys()]);
    for (const [name, bytes] of again.files) {
      expect(Buffer.compare(bytes, host.files.get(name)!), name).toBe(0);
    }
  });

  it('makes an index of words alone, and of nothing', async () => {
    const words = await Host.of({ passages: input.passages });
    const { index } = await opened(words);
    expect(index.info.model).toBeUndefined();
    expect(index.info.filters).toEqual(['image', 'kind', 'note']);
    await index.prepare();
    expect(index.tier).toBe('words');
    expect((await index.search('bread')).pages).toHaveLength(10);
    expect(() => {
      index.use(seededEmbedder());
    }).toThrow(expect.objectContaining({ code: 'incompatible-index' }));
    const nothing = await Host.of({ ...input, passages: [] });
    expect((await (await opened(nothing)).index.search('bread')).pages).toEqual([]);
  });

  it('refuses vectors that are none of these passages, and another model’s encoder', async () => {
    const { passages, meaning } = input;
    const wrong = async (change: Partial<typeof meaning>): Promise<unknown> =>
      buildSite({ passages, meaning: { ...meaning, ...change } }).catch((error: unknown) => error);
    const { vectors } = meaning;
    const badInput: unknown = expect.objectContaining({ code: 'bad-input' });
    expect(await wrong({ vectors: vectors.slice(32) })).toEqual(badInput);
    expect(await wrong({ vectors: vectors.slice().fill(0, 32, 64) })).toMatchObject({ index: 1 });
    expect(await wrong({ vectors: vectors.slice().fill(NaN, 0, 1) })).toMatchObject({ index: 0 });
    const other = { ...MODEL, revision: '2' };
    const light = await fitLight({ ...fitOptions(meantPassages()), model: other, epochs: 0 });
    expect(await wrong({ light })).toEqual(badInput);
  });
});
