import { afterEach, describe, expect, it } from 'vitest';
import { cdp } from 'vitest/browser';
import type { DocumentInput, ImportOptions } from '../contract/index.ts';
import { Aviary, BATS, BIRDS, idsOf as ids, OWLS } from './birds.ts';
import { HashingEmbedder } from './hashing-embedder.ts';
import { importCollection, listCollections } from './index.ts';
import { MANY, blobOf, fileOf, full, namesOfAll } from './many-birds.ts';

const NAME = 'imported-birds';
const embedder = new HashingEmbedder();

const aviary = new Aviary(NAME, { embedder });
const open = aviary.open.bind(aviary);

afterEach(() => aviary.end());

const SOME = MANY.slice(0, 300);

describe('an import into what is there', () => {
  const other: DocumentInput[] = [
    { id: 'owl', text: 'Penguins cannot fly.' },
    { id: 'auk', text: 'Auks dive for fish.' },
  ];

  it('is refused, unless it is empty', async () => {
    const file = await fileOf(aviary, other);
    const birds = await full(aviary, BIRDS);
    await expect(importCollection(NAME, file)).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringMatching(/3 documents.*'replace'/s) as unknown,
    });
    expect(await birds.count()).toBe(3);
    await birds.clear();
    await importCollection(NAME, file);
    expect(await birds.count()).toBe(2);
  });

  it('adds, where an id that is there is replaced, and leaves its settings', async () => {
    const file = await fileOf(aviary, other);
    const birds = await open();
    await birds.add(BIRDS);
    expect(await importCollection(NAME, file, { onExisting: 'add' })).toMatchObject({
      documents: 4,
    });
    expect(await ids(birds, 'penguins')).toEqual(['owl']);
    expect(await ids(birds, 'soft feathers')).toEqual([]);
    expect(await ids(birds, 'echoes')).toEqual(['bat']);
    await birds.add({ id: 'long', text: `${OWLS}\n\n${BATS}` });
    expect((await birds.get('long'))?.passages).toBe(1);
    const narrow = new HashingEmbedder({ model: 'other', dimensions: 64 });
    await birds.clear();
    await (await open({ embedder: narrow })).add(BIRDS);
    await expect(importCollection(NAME, file, { onExisting: 'add' })).rejects.toMatchObject({
      code: 'incompatible-index',
    });
  });

  it('waits for another import, and is whole in spite of it', async () => {
    const file = await fileOf(aviary, MANY);
    const both = await Promise.allSettled([
      importCollection(NAME, file),
      importCollection(NAME, file),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const refused = both.find((result) => result.status === 'rejected');
    expect(refused?.reason).toMatchObject({ code: 'bad-input' });
    expect(await (await open()).count()).toBe(MANY.length);
  });

  it.each(['Blob', 'stream'])('replaces it, of another model too, from a %s', async (kind) => {
    const file = await fileOf(aviary, other);
    const wide = new HashingEmbedder({ model: 'wide', dimensions: 512, dtype: 'q4' });
    const birds = await open({ embedder: wide });
    await birds.add(BIRDS);
    const info = await importCollection(NAME, kind === 'Blob' ? file : file.stream(), {
      onExisting: 'replace',
      embedder,
    });
    const expected = { model: 'hashing', dimensions: 256, dtypes: ['fp32'], documents: 2 };
    expect(info).toMatchObject(expected);
    expect((await (await open()).list()).map(({ id }) => id)).toEqual(['auk', 'owl']);
    await expect(birds.search('owls')).rejects.toMatchObject({ code: 'incompatible-index' });
  });

  it('leaves the old documents where a file to replace them is damaged', async () => {
    const bytes = new Uint8Array(await (await fileOf(aviary, MANY)).arrayBuffer());
    const birds = await full(aviary, BIRDS);
    const { info } = birds;
    bytes[bytes.length - 3]! ^= 1;
    for (const source of [new Blob([bytes]), new Blob([bytes]).stream()]) {
      await expect(importCollection(NAME, source, { onExisting: 'replace' })).rejects.toMatchObject(
        { code: 'integrity' },
      );
    }
    expect(await listCollections()).toContainEqual(info);
    expect(await ids(birds, 'echoes')).toEqual(['bat']);
  });

  it('is whole documents up to the fault when it adds', async () => {
    const bytes = new Uint8Array(await (await fileOf(aviary, MANY)).arrayBuffer());
    const birds = await full(aviary, BIRDS);
    bytes[bytes.length - 200]! ^= 1;
    const adding = importCollection(NAME, new Blob([bytes]), { onExisting: 'add' });
    await expect(adding).rejects.toMatchObject({ code: 'integrity' });
    expect(await birds.count()).toBeGreaterThan(250);
    expect(await birds.count()).toBeLessThan(MANY.length);
    for (const document of await birds.list({ limit: 1000 })) {
      const input = [...BIRDS, ...MANY].find(({ id }) => id === document.id);
      expect(document).toMatchObject(input!);
    }
    expect((await birds.search('word7', { limit: 1 }))[0]?.id).toBe('d7');
  });
});

describe('an import that fails', () => {
  it.each<[string, string, (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>]>([
    ['cut off in the head', 'integrity', (bytes) => bytes.slice(0, 60)],
    ['cut off in a block', 'integrity', (bytes) => bytes.slice(0, bytes.length / 2)],
    ['cut off before its end block', 'integrity', (bytes) => bytes.slice(0, -80)],
    ['cut off by a byte', 'integrity', (bytes) => bytes.slice(0, -1)],
    ['too long', 'integrity', (bytes) => Uint8Array.from([...bytes, 0])],
    ['empty', 'integrity', () => new Uint8Array()],
    ['no such file', 'bad-input', () => new TextEncoder().encode('PK something else')],
    ['of another version', 'incompatible-index', (bytes) => bytes.with(4, 2)],
    ['changed in the head', 'integrity', (bytes) => bytes.with(40, bytes[40]! ^ 1)],
    ['changed in the vectors', 'integrity', (bytes) => bytes.with(-3000, bytes.at(-3000)! ^ 1)],
    ['changed in its last byte', 'integrity', (bytes) => bytes.with(-1, bytes.at(-1)! ^ 1)],
  ])('for a file that is %s leaves no collection', async (_, code, damage) => {
    const file = await damagedFile(damage);
    await expect(importCollection(NAME, file)).rejects.toMatchObject({ code });
    expect(await namesOfAll()).not.toContain(NAME);
  });

  async function damagedFile(
    damage: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>,
  ): Promise<Blob> {
    const file = await fileOf(aviary, SOME);
    return new Blob([damage(new Uint8Array(await file.arrayBuffer()))]);
  }

  it('leaves one that was empty empty', async () => {
    const file = await damagedFile((bytes) => bytes.slice(0, -1));
    const birds = await open();
    await expect(importCollection(NAME, file)).rejects.toMatchObject({ code: 'integrity' });
    expect(await birds.count()).toBe(0);
    await birds.add(BIRDS);
    expect(await ids(birds, 'echoes')).toEqual(['bat']);
  });

  it('for its embedder writes nothing', async () => {
    const file = await fileOf(aviary, BIRDS);
    for (const options of [{ model: 'other' }, { revision: '2' }, { dimensions: 128 }]) {
      const asked = { embedder: new HashingEmbedder(options) };
      await expect(importCollection(NAME, file, asked)).rejects.toMatchObject({
        code: 'incompatible-index',
        message: expect.stringMatching(/The file holds.*re-embed/s) as unknown,
      });
      expect(await namesOfAll()).not.toContain(NAME);
    }
    const wider = new HashingEmbedder({ dimensions: 512 });
    expect(await importCollection(NAME, file, { embedder: wider })).toMatchObject({
      dimensions: 256,
    });
  });

  it('for what it was given says so', async () => {
    const file = await fileOf(aviary, BIRDS);
    const locked = file.stream();
    locked.getReader();
    const badInput = { code: 'bad-input' };
    await expect(importCollection(' ', file)).rejects.toMatchObject(badInput);
    await expect(importCollection(NAME, locked)).rejects.toMatchObject(badInput);
    // What a plain JavaScript caller may pass.
    for (const wrong of ['text', new Response(file), undefined] as unknown as Blob[]) {
      await expect(importCollection(NAME, wrong)).rejects.toMatchObject(badInput);
    }
    const options = { onExisting: 'merge' } as unknown as ImportOptions;
    await expect(importCollection(NAME, file, options)).rejects.toMatchObject(badInput);
    expect(await namesOfAll()).not.toContain(NAME);
  });
});

describe('an import that is aborted', () => {
  it('before it begins or in its midst leaves no collection', async () => {
    const file = await fileOf(aviary, MANY);
    const aborted = { code: 'aborted' };
    const early = { signal: AbortSignal.abort() };
    await expect(importCollection(NAME, file, early)).rejects.toMatchObject(aborted);
    const control = new AbortController();
    const reason = new Error('enough');
    const importing = importCollection(NAME, file, {
      signal: control.signal,
      onProgress: () => control.abort(reason),
    });
    await expect(importing).rejects.toMatchObject({ ...aborted, cause: reason });
    expect(await namesOfAll()).not.toContain(NAME);
  });

  it('while its stream gives nothing lets go of that', async () => {
    const bytes = new Uint8Array(await (await fileOf(aviary, MANY)).arrayBuffer());
    for (const at of [0, 600_000]) {
      const control = new AbortController();
      let cancelled = false;
      let given = false;
      const stream = new ReadableStream<Uint8Array>({
        pull(controller) {
          if (given || at === 0) {
            setTimeout(() => {
              control.abort();
            });
            return new Promise(() => undefined);
          }
          given = true;
          controller.enqueue(bytes.slice(0, at));
          return undefined;
        },
        cancel() {
          cancelled = true;
        },
      });
      const { signal } = control;
      await expect(importCollection(NAME, stream, { signal })).rejects.toMatchObject({
        code: 'aborted',
      });
      expect(cancelled).toBe(true);
      expect(await namesOfAll()).not.toContain(NAME);
    }
  });

  it('while it replaces, after the old ones went, leaves none of the new', async () => {
    const file = await fileOf(aviary, MANY);
    const birds = await full(aviary, BIRDS);
    const control = new AbortController();
    const { signal } = control;
    const replacing = importCollection(NAME, file, {
      onExisting: 'replace',
      signal,
      onProgress: () => {
        control.abort();
      },
    });
    await expect(replacing).rejects.toMatchObject({ code: 'aborted' });
    expect(await birds.count()).toBe(0);
  });
});

it('reports a full disk as quota, and leaves no collection', async () => {
  const large = await open();
  await large.add(
    Array.from({ length: 8 }, (_, i) => ({ id: `d${i}`, text: OWLS.repeat(5000 + i) })),
  );
  const file = await blobOf(large.export());
  await aviary.end();
  const { origin } = location;
  await cdp().send('Storage.clearDataForOrigin', {
    origin,
    storageTypes: 'indexeddb,file_systems',
  });
  try {
    await cdp().send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1_000_000 });
    await expect(importCollection(NAME, file)).rejects.toMatchObject({ code: 'quota' });
  } finally {
    await cdp().send('Storage.overrideQuotaForOrigin', { origin });
  }
  expect(await namesOfAll()).not.toContain(NAME);
});
