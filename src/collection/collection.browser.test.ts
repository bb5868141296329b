import { openDB } from 'idb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cdp } from 'vitest/browser';
import type { EmbeddedRows } from '../contract/index.ts';
import { Aviary, BATS, BIRDS, idsOf as ids, OWLS, SWIFTS } from './birds.ts';
import { HashingEmbedder } from './hashing-embedder.ts';
import { deleteCollection, listCollections, openCollection } from './index.ts';

const NAME = 'birds';
const embedder = new HashingEmbedder();

const aviary = new Aviary(NAME, { embedder });
const open = aviary.open.bind(aviary);

beforeEach(() => {
  embedder.turn = () => undefined;
  embedder.calls.length = 0;
});

afterEach(() => aviary.end());

describe('a collection', () => {
  it('finds documents by their passages, best first, with what was stored', async () => {
    const birds = await open();
    expect(await birds.search('owls')).toEqual([]);
    await birds.add(BIRDS);
    const [best, ...rest] = await birds.search('soft feathers at night', { minScore: 0.01 });
    expect(best).toEqual({
      ...BIRDS[0],
      score: expect.any(Number) as unknown,
      passage: { text: OWLS, start: 0, end: OWLS.length },
      similarity: expect.closeTo(0.632, 2) as unknown,
      snippet: {
        text: OWLS,
        marks: [
          [19, 21],
          [22, 27],
          [33, 37],
          [38, 46],
        ],
      },
      via: 'both',
    });
    expect(rest).toEqual([]);
    expect(await birds.search('night echoes towns', { limit: 2 })).toHaveLength(2);
  });

  it('is there after close and reopening, without embedding anything', async () => {
    const first = await open();
    await first.add(BIRDS);
    await first.close();
    embedder.calls.length = 0;
    const second = await open();
    expect(second.info).toEqual({
      name: NAME,
      model: 'hashing',
      revision: '1',
      pooling: 'mean',
      dimensions: 256,
      dtypes: ['fp32'],
      documents: 3,
      passages: 3,
    });
    expect(embedder.calls).toEqual([]);
    expect(await ids(second, 'insects echoes')).toEqual(['bat']);
    expect(await second.get('owl')).toEqual({ ...BIRDS[0], passages: 1 });
  });

  it('cuts long documents, embeds their title, and gives exact offsets', async () => {
    const birds = await open({ passageCharacters: 60 });
    const text = `${OWLS}\n\n${BATS}\n\n${SWIFTS}`;
    await birds.add({ id: 'all', text, title: 'Animals' });
    expect(birds.info).toMatchObject({ documents: 1, passages: 3 });
    expect(embedder.calls[0]).toEqual([OWLS, BATS, SWIFTS].map((part) => `Animals\n\n${part}`));
    const [hit, ...more] = await birds.search('listening to echoes');
    expect(more).toEqual([]);
    expect(hit?.passage.text).toBe(BATS);
    expect(text.slice(hit?.passage.start, hit?.passage.end)).toBe(BATS);
  });

  it('replaces by id', async () => {
    const birds = await open();
    await birds.add(BIRDS);
    await birds.add({ id: 'owl', text: 'Penguins cannot fly.' });
    expect(await birds.count()).toBe(3);
    expect(await ids(birds, 'soft feathers night')).toEqual([]);
    expect(await ids(birds, 'penguins')).toEqual(['owl']);
    expect(await birds.get('owl')).toEqual({
      id: 'owl',
      text: 'Penguins cannot fly.',
      passages: 1,
    });
  });

  it('removes, clears, counts and lists in the order of ids', async () => {
    const birds = await open();
    await birds.add(BIRDS);
    expect((await birds.list()).map(({ id }) => id)).toEqual(['bat', 'owl', 'swift']);
    expect((await birds.list({ offset: 1, limit: 1 })).map(({ id }) => id)).toEqual(['owl']);
    expect(await birds.list({ offset: 3 })).toEqual([]);
    expect(await birds.remove(['owl', 'owl', 'nobody'])).toBe(1);
    expect(await birds.remove('owl')).toBe(0);
    expect(await ids(birds, 'owls night echoes')).toEqual(['bat']);
    expect(await birds.get('owl')).toBeUndefined();
    await birds.clear();
    expect([await birds.count(), birds.info.passages]).toEqual([0, 0]);
    expect(await birds.search('echoes')).toEqual([]);
  });

  it('takes vectors made elsewhere, and refuses those of another model or that are unsound', async () => {
    const birds = await open();
    const { data } = await embedder.embed([OWLS, BATS]);
    const rows: EmbeddedRows = { data, model: 'hashing', revision: '1', dimensions: 256 };
    await birds.addEmbedded(BIRDS.slice(0, 2), rows);
    expect(data.byteLength).toBe(2 * 256 * 4);
    expect(await ids(birds, 'echoes')).toEqual(['bat']);
    const add = (changed: Partial<typeof rows>) =>
      birds.addEmbedded(BIRDS.slice(0, 2), { ...rows, ...changed });
    await expect(add({ model: 'other' })).rejects.toMatchObject({ code: 'incompatible-index' });
    await expect(add({ revision: '2' })).rejects.toMatchObject({ code: 'incompatible-index' });
    await expect(add({ dimensions: 512 })).rejects.toMatchObject({ code: 'incompatible-index' });
    await expect(add({ pooling: 'cls' })).rejects.toMatchObject({ code: 'incompatible-index' });
    expect(birds.info.dtypes).toEqual([]);
    await add({ pooling: 'mean', dtype: 'q4' });
    expect(birds.info.dtypes).toEqual(['q4']);
    await expect(add({ data: data.slice(256) })).rejects.toMatchObject({ code: 'bad-input' });
    for (const value of [Number.NaN, 7]) {
      const spoilt = data.slice();
      spoilt[300] = value;
      await expect(add({ data: spoilt })).rejects.toMatchObject({ code: 'bad-input', index: 1 });
    }
  });

  it('keeps finding the same after many replacements made it compact itself', async () => {
    const birds = await open();
    for (let i = 0; i < 12; i++) {
      await birds.add([
        { id: 'owl', text: `${OWLS} ${i}` },
        { id: `other${i % 3}`, text: `${BATS} ${i}` },
      ]);
    }
    expect(birds.info).toMatchObject({ documents: 4, passages: 4 });
    const db = await openDB(`nearfield-collection-${NAME}`);
    const { shape } = (await db.get('meta', 'meta')) as { shape: { rows: number } };
    db.close();
    expect(shape.rows).toBeLessThanOrEqual(8);
    await birds.close();
    expect(await ids(await open(), 'feathers')).toEqual(['owl']);
  });
});

describe('what is asked of a collection', () => {
  it.each<[string, unknown, number]>([
    ['no object', 'text', 0],
    ['an empty id', { id: '', text: 'x' }, 1],
    ['a number for an id', { id: 7, text: 'x' }, 1],
    ['blank text', { id: 'a', text: ' \n' }, 1],
    ['no text', { id: 'a' }, 1],
    ['a title that is no string', { id: 'a', text: 'x', title: 1 }, 1],
    ['metadata with a function', { id: 'a', text: 'x', metadata: { f: () => 1 } }, 1],
    ['metadata with NaN', { id: 'a', text: 'x', metadata: { n: Number.NaN } }, 1],
    ['metadata that is a list', { id: 'a', text: 'x', metadata: ['x'] }, 1],
    ['an id that is there twice', { id: 'fine', text: 'x' }, 1],
  ])('refuses %s and stores nothing', async (_, wrong, index) => {
    const birds = await open();
    const documents = index === 0 ? wrong : [{ id: 'fine', text: 'fine' }, wrong];
    // The point is what plain JavaScript may pass.
    const add = birds.add.bind(birds) as (documents: unknown) => Promise<void>;
    await expect(add(documents)).rejects.toMatchObject({ code: 'bad-input', index });
    expect(await birds.count()).toBe(0);
  });

  it('refuses bad queries, limits and options', async () => {
    const birds = await open();
    const badInput = { code: 'bad-input' };
    await expect(birds.search(' ')).rejects.toMatchObject(badInput);
    await expect(birds.search('x', { limit: 0 })).rejects.toMatchObject(badInput);
    await expect(birds.search('x', { limit: 1.5 })).rejects.toMatchObject(badInput);
    await expect(birds.search('x', { minScore: Number.NaN })).rejects.toMatchObject(badInput);
    await expect(birds.list({ offset: -1 })).rejects.toMatchObject(badInput);
    await expect(birds.remove('')).rejects.toMatchObject(badInput);
    await expect(open({ dimensions: 257 })).rejects.toMatchObject(badInput);
    await expect(open({ dimensions: 4 })).rejects.toMatchObject(badInput);
    await expect(open({ passageCharacters: 5 })).rejects.toMatchObject(badInput);
    await expect(openCollection(' ', { embedder })).rejects.toMatchObject(badInput);
  });

  it('rejects with closed after close', async () => {
    const birds = await open();
    await birds.close();
    await birds.close();
    await expect(birds.add(BIRDS)).rejects.toMatchObject({ code: 'closed' });
    await expect(birds.search('owl')).rejects.toMatchObject({ code: 'closed' });
  });
});

describe('an abort', () => {
  const many = Array.from({ length: 200 }, (_, i) => ({ id: `d${i}`, text: `Text ${i}. ${OWLS}` }));

  it('in the middle of adding keeps whole documents only', async () => {
    const birds = await open();
    const control = new AbortController();
    embedder.turn = (call) => {
      if (call === 3) control.abort();
    };
    const { signal } = control;
    await expect(birds.add(many, { signal })).rejects.toMatchObject({ code: 'aborted' });
    expect(embedder.calls).toHaveLength(3);
    expect(birds.info).toMatchObject({ documents: 128, passages: 128 });
    await birds.close();
    embedder.turn = () => undefined;
    const again = await open();
    expect(await again.count()).toBe(128);
    await again.add(many);
    expect(await again.count()).toBe(200);
  });

  it('while the collection opens ends that at once', async () => {
    const control = new AbortController();
    const opening = open({ signal: control.signal });
    control.abort();
    await expect(opening).rejects.toMatchObject({ code: 'aborted' });
    expect(await (await open()).count()).toBe(0);
  });

  it('before a call does nothing', async () => {
    const birds = await open();
    const signal = AbortSignal.abort();
    await expect(birds.add(many, { signal })).rejects.toMatchObject({ code: 'aborted' });
    await expect(birds.search('x', { signal })).rejects.toMatchObject({ code: 'aborted' });
    await expect(open({ signal })).rejects.toMatchObject({ code: 'aborted' });
    expect(embedder.calls).toEqual([]);
  });

  it('has not kept progress from reaching the number of passages', async () => {
    const birds = await open();
    const seen: number[] = [];
    await birds.add(many, { onProgress: ({ done, total }) => seen.push(done, total) });
    expect(seen).toEqual([64, 200, 128, 200, 192, 200, 200, 200]);
  });
});

describe('several tabs', () => {
  it('lose nothing when they write at once, and find what the other wrote', async () => {
    const [one, two] = await Promise.all([open(), open()]);
    await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        (i % 2 ? one : two).add({ id: `d${i}`, text: `word${i} ${OWLS}` }),
      ),
    );
    for (const tab of [one, two, await open()]) {
      expect(await tab.count()).toBe(20);
      expect((await tab.search('word7', { limit: 1 }))[0]?.id).toBe('d7');
      expect((await tab.search('word8', { limit: 1 }))[0]?.id).toBe('d8');
    }
    expect(await one.remove(['d7', 'd8'])).toBe(2);
    expect(await two.remove(['d7', 'd9'])).toBe(1);
    expect(await one.count()).toBe(17);
  });

  it('learn that one of them deleted the collection, and do not bring it back', async () => {
    const birds = await open();
    await birds.add(BIRDS);
    expect(await listCollections()).toEqual([birds.info]);
    await deleteCollection(NAME);
    expect(await listCollections()).toEqual([]);
    await expect(birds.search('owl')).rejects.toMatchObject({ code: 'closed' });
    await expect(birds.add(BIRDS)).rejects.toMatchObject({ code: 'closed' });
    expect(await listCollections()).toEqual([]);
    const anew = await open();
    expect(await anew.count()).toBe(0);
  });

  it('go on after the browser closed their databases by force', async () => {
    const birds = await open();
    await birds.add(BIRDS);
    await cdp().send('Storage.clearDataForOrigin', {
      origin: location.origin,
      storageTypes: 'indexeddb',
    });
    await expect(birds.add(BIRDS)).rejects.toMatchObject({ code: 'closed' });
    const anew = await open();
    await anew.add(BIRDS);
    expect(await ids(anew, 'echoes')).toEqual(['bat']);
  });
});

describe('the search worker', () => {
  it('may be a copy of the site', async () => {
    // The file that Vite serves here, by its own address.
    const workerUrl = new URL(
      '../../workers/search.worker.ts?worker_file&type=module',
      import.meta.url,
    );
    const birds = await open({ workerUrl });
    await birds.add(BIRDS);
    expect(await ids(birds, 'echoes')).toEqual(['bat']);
    expect(await listCollections({ workerUrl })).toEqual([birds.info]);
  });

  it('is refused when its script is not there, with a code', async () => {
    await expect(open({ workerUrl: '/no-such-worker.js' })).rejects.toMatchObject({
      code: 'worker-crashed',
    });
    await expect(listCollections({ workerUrl: '/none.js' })).rejects.toMatchObject({
      code: 'worker-crashed',
    });
  });
});
