import { openDB } from 'idb';
import { afterEach, describe, expect, it } from 'vitest';
import { Aviary, BATS, BIRDS, OWLS, SWIFTS } from './birds.ts';
import { HashingEmbedder } from './hashing-embedder.ts';
import type { Collection, DocumentInput, SearchOptions } from '../contract/index.ts';

const embedder = new HashingEmbedder();
const aviary = new Aviary('finding-test', { embedder });
const open = aviary.open.bind(aviary);

afterEach(() => aviary.end());

async function filled(documents: readonly DocumentInput[] = BIRDS): Promise<Collection> {
  const birds = await open();
  await birds.add(documents);
  return birds;
}

async function found(birds: Collection, query: string, options: SearchOptions): Promise<string[]> {
  return (await birds.search(query, options)).map(({ id }) => id);
}

const german: DocumentInput[] = [
  { id: 'haus', text: 'Die Häuser am Wald stehen leer.', language: 'de' },
  { id: 'wald', text: 'Im Wald wachsen Bäume.', language: 'de' },
];

describe('by words', () => {
  it('finds words, their endings, beginnings and misspellings, and asks no model', async () => {
    const birds = await filled([...BIRDS, ...german]);
    const calls = embedder.calls.length;
    expect(await found(birds, 'echoes', { mode: 'lexical' })).toEqual(['bat']);
    expect(await found(birds, 'Haus', { mode: 'lexical' })).toEqual(['haus']);
    expect(await found(birds, 'feath', { mode: 'lexical' })).toEqual(['owl']);
    expect(await found(birds, 'feath ', { mode: 'lexical', prefix: false })).toEqual([]);
    expect(await found(birds, 'fethers', { mode: 'lexical' })).toEqual(['owl']);
    expect(await found(birds, 'fethers', { mode: 'lexical', fuzzy: false })).toEqual([]);
    expect(await found(birds, 'The owl', { mode: 'lexical' })).toContain('owl');
    expect(await found(birds, 'unheard', { mode: 'lexical' })).toEqual([]);
    expect(embedder.calls).toHaveLength(calls);
  });

  it('finds the same after opening again, after changes and in another tab', async () => {
    const birds = await filled([...BIRDS, ...german]);
    const other = await open();
    await birds.add({ id: 'bat', text: 'Bats hang from the roof.' });
    await birds.remove('owl');
    for (const each of [birds, other, await open()]) {
      expect(await found(each, 'echoes', { mode: 'lexical' })).toEqual([]);
      expect(await found(each, 'roof', { mode: 'lexical' })).toEqual(['bat']);
      expect(await found(each, 'feathers', { mode: 'lexical' })).toEqual([]);
      expect(await found(each, 'Haus', { mode: 'lexical' })).toEqual(['haus']);
    }
  });

  it('keeps words and rows together when a compaction renumbers them', async () => {
    const birds = await open();
    for (let i = 0; i < 8; i++) {
      await birds.add([
        { id: 'owl', text: `${OWLS} ${OWLS} nr${i}` },
        { id: `b${i % 2}`, text: `${BATS} nr${i}` },
      ]);
    }
    expect(await found(birds, 'nr7', { mode: 'lexical', fuzzy: false })).toEqual(
      expect.arrayContaining(['owl', 'b1']),
    );
    expect(await found(birds, 'nr3', { mode: 'lexical', fuzzy: false })).toEqual([]);
    const [hit] = await (await open()).search('nr6', { mode: 'lexical', fuzzy: false });
    expect(hit).toMatchObject({ id: 'b0', passage: { text: `${BATS} nr6` } });
  });
});

describe('words that nobody has looked into yet', () => {
  const DATABASE = 'nearfield-collection-finding-test';

  it('are there for searches right after opening, several at once, one of them given up', async () => {
    await (await filled([...BIRDS, ...german])).close();
    const birds = await open();
    const abort = new AbortController();
    const searches = ['echoes', 'feathers'].map((query) => found(birds, query, { limit: 1 }));
    const given = birds.search('Haus', { mode: 'lexical', signal: abort.signal });
    abort.abort();
    await expect(given).rejects.toMatchObject({ code: 'aborted' });
    expect(await Promise.all(searches)).toEqual([['bat'], ['owl']]);
    expect(await found(birds, 'Haus', { mode: 'lexical' })).toEqual(['haus']);
  });

  it('are kept by removing and adding right after opening', async () => {
    await (await filled([...BIRDS, ...german])).close();
    const birds = await open();
    await birds.remove('owl');
    await birds.add({ id: 'bat', text: 'Bats hang from the roof.' });
    for (const each of [birds, await open()]) {
      expect(await found(each, 'feathers', { mode: 'lexical' })).toEqual([]);
      expect(await found(each, 'echoes', { mode: 'lexical' })).toEqual([]);
      expect(await found(each, 'roof', { mode: 'lexical' })).toEqual(['bat']);
    }
  });

  it('are made anew where they are damaged, and stored with the next write', async () => {
    await (await filled([...BIRDS, ...german])).close();
    const db = await openDB(DATABASE);
    await db.put('words', Uint8Array.of(1, 2, 3, 4), 0);
    db.close();
    const birds = await open();
    expect(await found(birds, 'soft feathers', { mode: 'vector', limit: 1 })).toEqual(['owl']);
    const both = ['echoes', 'Haus'].map((query) => found(birds, query, { mode: 'lexical' }));
    expect(await Promise.all(both)).toEqual([['bat'], ['haus']]);
    await birds.add({ id: 'auk', text: 'Auks dive for fish.' });
    await birds.close();
    const after = await openDB(DATABASE);
    expect(await after.get('words', 0)).not.toEqual(Uint8Array.of(1, 2, 3, 4));
    after.close();
    const again = await open();
    expect(await found(again, 'fish', { mode: 'lexical' })).toEqual(['auk']);
    expect(await found(again, 'echoes', { mode: 'lexical' })).toEqual(['bat']);
  });
});

describe('before the model is there', () => {
  it('opens what is stored and searches it by words; meaning waits', async () => {
    await (await filled()).close();
    let load: (ready: HashingEmbedder) => void = () => undefined;
    const coming = new Promise<HashingEmbedder>((resolve) => (load = resolve));
    const birds = await open({ embedder: coming });
    expect(birds.info).toMatchObject({ documents: 3, model: 'hashing' });
    expect(await found(birds, 'echoes', { mode: 'lexical' })).toEqual(['bat']);
    const meaning = found(birds, 'soft feathers', { limit: 1 });
    const adding = birds.add({ id: 'auk', text: 'Auks dive for fish.' });
    expect(await found(birds, 'fish', { mode: 'lexical' })).toEqual([]);
    load(embedder);
    expect(await meaning).toEqual(['owl']);
    await adding;
    expect(await found(birds, 'fish', { mode: 'lexical' })).toEqual(['auk']);
  });

  it('waits where nothing is stored, or another width is asked for', async () => {
    const birds = await open({ embedder: Promise.resolve(embedder), dimensions: 128 });
    expect(birds.info).toMatchObject({ documents: 0, dimensions: 128 });
    await birds.add(BIRDS);
    const full = open({ embedder: Promise.resolve(embedder), dimensions: 256 });
    await expect(full).rejects.toMatchObject({ code: 'incompatible-index' });
  });

  it('says what came instead: another model, or none', async () => {
    await (await filled()).close();
    const other = new HashingEmbedder({ model: 'other' });
    const birds = await open({ embedder: Promise.resolve(other) });
    expect(await found(birds, 'echoes', { mode: 'lexical' })).toEqual(['bat']);
    const mixed = { code: 'incompatible-index' };
    await expect(birds.search('echoes')).rejects.toMatchObject(mixed);
    await expect(birds.add(BIRDS)).rejects.toMatchObject(mixed);
    const failure = new Error('no model today');
    const failed = await open({ embedder: Promise.reject(failure) });
    expect(await found(failed, 'echoes', { mode: 'lexical' })).toEqual(['bat']);
    await expect(failed.search('echoes')).rejects.toBe(failure);
  });
});

describe('by both', () => {
  it('says how a passage came to its score', async () => {
    const birds = await filled();
    const [hit] = await birds.search('soft feathers', { explain: true });
    const { explanation } = hit!;
    expect(explanation).toMatchObject({ mode: 'hybrid', vectors: 'exact' });
    const { bm25 = 0, terms = [], background } = explanation!;
    expect(terms.map(({ term }) => term)).toEqual(['soft', 'feathers']);
    expect(terms.reduce((sum, { score }) => sum + score, 0)).toBeCloseTo(bm25, 4);
    const { mean, deviation } = background!;
    expect(hit!.score).toBeCloseTo((hit!.similarity! - mean) / deviation + bm25 / 4, 3);
    const [byMeaning] = await birds.search('soft feathers', { explain: true, mode: 'vector' });
    expect(byMeaning!.explanation).toEqual({ mode: 'vector', vectors: 'exact' });
    expect(byMeaning!.score).toBe(byMeaning!.similarity);
    expect(byMeaning!.via).toBe('vector');
    const [byWords] = await birds.search('soft feathers', { explain: true, mode: 'lexical' });
    expect(byWords!.explanation).toMatchObject({ mode: 'lexical', bm25: byWords!.score });
    expect(byWords).not.toHaveProperty('similarity');
    expect(hit).not.toHaveProperty('more');
    const [plain] = await birds.search('soft feathers');
    expect(plain).not.toHaveProperty('explanation');
  });

  it('leaves out what meaning finds too unlike, whatever its words are', async () => {
    const birds = await filled();
    expect(await found(birds, 'feathers', { minScore: 0.2 })).toEqual(['owl']);
    expect(await found(birds, 'feathers', { minScore: 0.9 })).toEqual([]);
    expect(await found(birds, 'feathers', { minScore: 99, mode: 'lexical' })).toEqual([]);
  });

  it('is reciprocal rank fusion where that is asked for', async () => {
    const birds = await filled();
    const [hit] = await birds.search('feathers', { fusion: 'ranks' });
    expect(hit!.score).toBeCloseTo(2 / 61, 6);
  });
});

describe('filters', () => {
  const dated: DocumentInput[] = [
    { id: 'a', text: OWLS, metadata: { year: 1999, tags: ['night'], at: new Date(1000) } },
    { id: 'b', text: BATS, metadata: { year: 2010, tags: ['night', 'cave'], at: new Date(2000) } },
    { id: 'c', text: SWIFTS, metadata: { year: 2024, tags: ['day'], at: new Date(3000) } },
    { id: 'd', text: SWIFTS },
  ];

  it.each(['hybrid', 'vector', 'lexical'] as const)('let through what passes, %s', async (mode) => {
    const birds = await filled(dated);
    const query = 'hunt insects towns';
    const ids = async (filter: NonNullable<SearchOptions['filter']>): Promise<string[]> =>
      (await found(birds, query, { mode, filter })).sort();
    expect(await ids({ year: { gte: 2010 } })).toEqual(['b', 'c']);
    expect(await ids({ tags: { contains: 'night' } })).toEqual(['a', 'b']);
    expect(await ids({ not: { year: { lt: 2024 } } })).toEqual(['c', 'd']);
    expect(await ids({ or: [{ year: 1999 }, { at: { gt: new Date(2500) } }] })).toEqual(['a', 'c']);
    await birds.add({ id: 'e', text: `${OWLS} again`, metadata: { year: 2030 } });
    await birds.remove('c');
    expect(await ids({ year: { gte: 2010 } })).toEqual(['b', 'e']);
    const again = await open();
    expect(await found(again, query, { mode, filter: { year: 2030 } })).toEqual(['e']);
  });

  it('are as long as the rows, the last of which are dead', async () => {
    const birds = await open();
    const many = Array.from({ length: 100 }, (_, i) => ({ id: `d${i}`, text: `${OWLS} ${i}` }));
    await birds.add(many.map((document, i) => ({ ...document, metadata: { even: i % 2 === 0 } })));
    await birds.remove(many.slice(60).map(({ id }) => id));
    const options = { filter: { even: true }, limit: 100, minScore: 0.1 };
    expect(await birds.search('owls hunt', options)).toHaveLength(30);
    expect(await birds.similar('d3', options)).toHaveLength(30);
  });

  it('that are none are refused before anything is asked', async () => {
    const birds = await filled();
    const calls = embedder.calls.length;
    const wrong = { year: { above: 3 } } as unknown as NonNullable<SearchOptions['filter']>;
    await expect(birds.search('owl', { filter: wrong })).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringContaining('above') as unknown,
    });
    expect(embedder.calls).toHaveLength(calls);
  });
});

describe('passages and likeness', () => {
  const long = `${OWLS}\n\n${'The owl sat still. '.repeat(3)}\n\nFeathers are soft at night, too.`;

  it('gives the next best passages of a document', async () => {
    const birds = await open({ passageCharacters: 64 });
    await birds.add([
      { id: 'long', text: long },
      { id: 'bat', text: BATS },
    ]);
    const [hit] = await birds.search('soft feathers at night', { passages: 3 });
    expect(hit?.id).toBe('long');
    expect(hit?.more?.length).toBe(2);
    for (const { passage, snippet, similarity } of [hit!, ...hit!.more!]) {
      expect(long.slice(passage.start, passage.end)).toBe(passage.text);
      expect(snippet.text.length).toBeGreaterThan(0);
      expect(similarity).toBeLessThanOrEqual(hit!.similarity!);
    }
  });

  it('leaves out what is nearly the same as a better hit', async () => {
    const birds = await filled([
      { id: 'one', text: OWLS },
      { id: 'two', text: OWLS },
      { id: 'bat', text: BATS },
    ]);
    expect(await found(birds, 'owls', { mode: 'vector' })).toEqual(['one', 'two', 'bat']);
    expect(await found(birds, 'owls', { mode: 'vector', distinct: true })).toEqual(['one', 'bat']);
    expect(await found(birds, 'owls', { distinct: 0.9 })).toEqual(['one', 'bat']);
  });

  it('gives documents like a stored one, and never itself', async () => {
    const birds = await filled([
      ...BIRDS,
      { id: 'kin', text: 'Owls hunt silently with soft feathers.', metadata: { wings: 2 } },
    ]);
    const like = await birds.similar('owl', { limit: 2 });
    expect(like[0]).toMatchObject({ id: 'kin', via: 'vector' });
    expect(like.map(({ id }) => id)).not.toContain('owl');
    expect((await birds.similar('kin', { filter: { wings: 2 } })).map(({ id }) => id)).toEqual([
      'owl',
    ]);
    expect(await birds.similar('nobody')).toEqual([]);
    const other = await open();
    await other.add({ id: 'twin', text: OWLS });
    expect((await birds.similar('twin', { limit: 1 }))[0]?.id).toBe('owl');
  });
});

it.each([
  ['mode', 'semantic'],
  ['fusion', 'sum'],
  ['passages', 0],
  ['distinct', 1.5],
  ['explain', 'yes'],
  ['language', 7],
])('refuses a %s of %s', async (name, value) => {
  const birds = await filled();
  await expect(birds.search('owl', { [name]: value })).rejects.toMatchObject({
    code: 'bad-input',
    message: expect.stringContaining(name) as unknown,
  });
});
