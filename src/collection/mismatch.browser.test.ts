import { afterEach, describe, expect, it } from 'vitest';
import { Aviary, BATS, BIRDS, idsOf as ids, OWLS } from './birds.ts';
import { HashingEmbedder } from './hashing-embedder.ts';
import { listCollections } from './index.ts';

const NAME = 'mismatched-birds';
const embedder = new HashingEmbedder();

const aviary = new Aviary(NAME, { embedder });
const open = aviary.open.bind(aviary);

afterEach(() => aviary.end());

describe('another model', () => {
  const other = () => new HashingEmbedder({ model: 'other', dimensions: 128 });

  it.each([
    ['model', new HashingEmbedder({ model: 'other' }), {}],
    ['revision', new HashingEmbedder({ revision: '2' }), {}],
    ['pooling', new HashingEmbedder({ pooling: 'last' }), {}],
    ['width', embedder, { dimensions: 64 }],
  ])('is refused by its %s, saying what is there and what to do', async (_, asked, options) => {
    await (await open()).add(BIRDS);
    const refused = open({ embedder: asked, ...options });
    await expect(refused).rejects.toMatchObject({
      code: 'incompatible-index',
      message: expect.stringMatching(
        /hashing at 1 with mean pooling and 256.*was asked for.*re-embed/,
      ) as unknown,
    });
    expect(await ids(await open(), 'echoes')).toEqual(['bat']);
  });

  it('is not the same one at another dtype, which is noted', async () => {
    await (await open()).add(BIRDS);
    const smaller = await open({ embedder: new HashingEmbedder({ dtype: 'q4' }) });
    expect(await ids(smaller, 'echoes')).toEqual(['bat']);
    expect(smaller.info.dtypes).toEqual(['fp32']);
    await smaller.add({ id: 'auk', text: 'Auks dive for fish.' });
    await smaller.add({ id: 'emu', text: 'Emus run.' });
    expect((await listCollections())[0]?.dtypes).toEqual(['fp32', 'q4']);
    await smaller.clear();
    expect(smaller.info.dtypes).toEqual([]);
  });

  it('is refused when an open embedder has become one, before anything is stored', async () => {
    const changing = new HashingEmbedder();
    const birds = await open({ embedder: changing });
    await birds.add(BIRDS);
    changing.turn = () => {
      changing.info = { ...changing.info, revision: '2' };
    };
    const refused = { code: 'incompatible-index' };
    await expect(birds.add({ id: 'auk', text: 'Auks.' })).rejects.toMatchObject(refused);
    await expect(birds.search('owls')).rejects.toMatchObject(refused);
    expect(await birds.count()).toBe(3);
  });

  it('may have an empty collection', async () => {
    await (await open()).close();
    const birds = await open({ embedder: other() });
    expect(birds.info).toMatchObject({ model: 'other', dimensions: 128 });
    await birds.add(BIRDS);
    expect(await ids(birds, 'echoes')).toEqual(['bat']);
  });

  it('embeds the stored documents again when asked to', async () => {
    const old = await open();
    await old.add(BIRDS);
    const asked = new HashingEmbedder({ model: 'other', dimensions: 128, dtype: 'q8' });
    const seen: number[] = [];
    const birds = await open({
      embedder: asked,
      onMismatch: 're-embed',
      passageCharacters: 32,
      onProgress: ({ done, total }) => seen.push(done, total),
    });
    expect(asked.calls.flat()).toHaveLength(6);
    expect(seen.slice(-2)).toEqual([6, 6]);
    expect(birds.info).toMatchObject({
      model: 'other',
      dimensions: 128,
      dtypes: ['q8'],
      documents: 3,
      passages: 6,
    });
    const [hit] = await birds.search('insects');
    expect(hit).toMatchObject({ id: 'bat' });
    expect(BATS.slice(hit?.passage.start, hit?.passage.end)).toBe(hit?.passage.text);
    await expect(old.search('owl')).rejects.toMatchObject({ code: 'incompatible-index' });
    await expect(old.add(BIRDS)).rejects.toMatchObject({ code: 'incompatible-index' });
  });

  it('leaves everything as it was when the re-embedding is aborted', async () => {
    const old = await open();
    await old.add(Array.from({ length: 40 }, (_, i) => ({ id: `d${i}`, text: `n${i} ${OWLS}` })));
    const asked = other();
    const control = new AbortController();
    asked.turn = (call) => {
      if (call === 2) control.abort();
    };
    const opening = open({ embedder: asked, onMismatch: 're-embed', signal: control.signal });
    await expect(opening).rejects.toMatchObject({ code: 'aborted' });
    expect(asked.calls).toHaveLength(2);
    expect((await old.search('n7', { limit: 1 }))[0]?.id).toBe('d7');
    expect((await open()).info).toMatchObject({ model: 'hashing', documents: 40 });
  });

  it('takes in what another tab writes during the re-embedding', async () => {
    const old = await open();
    await old.add(BIRDS);
    const asked = other();
    asked.turn = async (call) => {
      if (call !== 1) return;
      await old.add([
        { id: 'auk', text: 'Auks dive for fish.' },
        { id: 'bat', text: 'Bats hang.' },
      ]);
      await old.remove('swift');
    };
    const birds = await open({ embedder: asked, onMismatch: 're-embed' });
    expect(asked.calls.map((texts) => texts.length)).toEqual([3, 2]);
    expect((await birds.list()).map(({ id }) => id)).toEqual(['auk', 'bat', 'owl']);
    expect(await ids(birds, 'fish')).toEqual(['auk']);
    expect(await ids(birds, 'hang')).toEqual(['bat']);
    expect(await ids(birds, 'insects towns')).toEqual([]);
  });
});
