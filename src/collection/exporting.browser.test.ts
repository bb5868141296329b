import { afterEach, describe, expect, it } from 'vitest';
import type { Collection } from '../contract/index.ts';
import { Aviary, BATS, BIRDS, idsOf as ids, OWLS } from './birds.ts';
import { HashingEmbedder } from './hashing-embedder.ts';
import { importCollection } from './index.ts';
import { MANY, blobOf, full, many, namesOfAll } from './many-birds.ts';

const NAME = 'exported-birds';
const embedder = new HashingEmbedder();

const aviary = new Aviary(NAME, { embedder });
const open = aviary.open.bind(aviary);

afterEach(() => aviary.end());

/** What is found, in every way there is. */
async function found(birds: Collection): Promise<unknown> {
  const all = [];
  for (const query of ['word7 soft feathers', 'echoes of insects', 'word693']) {
    for (const mode of ['hybrid', 'vector', 'lexical'] as const) {
      all.push(await birds.search(query, { mode, passages: 3, explain: true }));
    }
  }
  return [...all, await birds.similar('d14'), await birds.list({ limit: 1000 })];
}

describe('a collection that was exported', () => {
  it('comes back with the same hits and scores bit for bit, and nothing is embedded', async () => {
    // More than the 1,024 rows that an index learns its mean from.
    const birds = await full(aviary, many(1300));
    const [before, info] = [await found(birds), birds.info];
    const file = await blobOf(birds.export());
    await aviary.end();
    expect(await namesOfAll()).not.toContain(NAME);
    embedder.calls.length = 0;
    const seen: number[] = [];
    const made = await importCollection(NAME, file, {
      embedder,
      onProgress: ({ done, total, share }) => seen.push(done, total, share),
    });
    expect(embedder.calls).toEqual([]);
    expect(made).toEqual(info);
    expect(seen.slice(-3)).toEqual([info.passages, info.passages, 1]);
    expect(seen.length).toBeGreaterThan(6);
    const again = await open();
    expect(await found(again)).toEqual(before);
    expect(new Uint8Array(await (await blobOf(again.export())).arrayBuffer())).toEqual(
      new Uint8Array(await file.arrayBuffer()),
    );
    // The passages' length came along.
    await again.add({ id: 'new', text: `${OWLS}\n\n${BATS}` });
    expect((await again.get('new'))?.passages).toBe(2);
  });

  it('is without what was removed and replaced, from a stream and in another tab', async () => {
    const birds = await full(aviary);
    await birds.remove(MANY.slice(0, 300).map(({ id }) => id));
    await birds.add({ id: 'd500', text: BATS });
    const tab = await open();
    expect(await tab.count()).toBe(400);
    const { info } = tab;
    const file = await blobOf(tab.export());
    await aviary.end();
    expect(await importCollection(NAME, file.stream())).toEqual(info);
    const again = await open();
    expect(await again.get('d500')).toMatchObject({ text: BATS });
    expect(await again.get('d1')).toBeUndefined();
  });

  it('may be empty', async () => {
    const birds = await open({ passageCharacters: 77 });
    const file = await blobOf(birds.export());
    expect((await blobOf(birds.exportRows('npy'))).size % 64).toBe(0);
    expect((await blobOf(birds.exportRows('fvecs'))).size).toBe(0);
    expect((await blobOf(birds.exportRows('jsonl'))).size).toBe(0);
    const { info } = birds;
    await aviary.end();
    expect(await importCollection(NAME, file)).toEqual(info);
  });

  it('has vectors and passages in one order, row by line', async () => {
    const birds = await full(aviary);
    await birds.remove(['d0', 'd7', 'd100']);
    const [npy, fvecs, jsonl] = await Promise.all(
      (['npy', 'fvecs', 'jsonl'] as const).map((format) => blobOf(birds.exportRows(format))),
    );
    const lines = (await jsonl!.text()).trimEnd().split('\n');
    expect(lines).toHaveLength(birds.info.passages);
    const records = lines.map(
      (line) => JSON.parse(line) as { title?: string; passage: { text: string } },
    );
    const inputs = records.map(({ title, passage }) =>
      title === undefined ? passage.text : `${title}\n\n${passage.text}`,
    );
    const { data } = await embedder.embed(inputs);
    const array = await npy!.arrayBuffer();
    const rows = new Float32Array(array.slice(array.byteLength - data.byteLength));
    expect(rows).toEqual(data);
    const values = new Float32Array(await fvecs!.arrayBuffer());
    expect(values).toHaveLength(lines.length * 257);
    expect(values.subarray(257 * 3 + 1, 257 * 4)).toEqual(rows.subarray(256 * 3, 256 * 4));
    // What a plain JavaScript caller may pass.
    expect(() => birds.exportRows('csv' as 'npy')).toThrow(/npy, fvecs, jsonl/);
  });
});

describe('an export', () => {
  it.each(['this tab', 'another tab'])('fails when %s writes meanwhile', async (whose) => {
    const birds = await full(aviary);
    const writer = whose === 'this tab' ? birds : await open();
    for (const stream of [birds.export(), birds.exportRows('npy'), birds.exportRows('jsonl')]) {
      const reader = stream.getReader();
      await reader.read();
      await reader.read();
      await writer.add(BIRDS[0]!);
      const rest = async (): Promise<void> => {
        while (!(await reader.read()).done);
      };
      await expect(rest()).rejects.toMatchObject({ code: 'changed' });
    }
    expect(await (await blobOf(birds.export())).text()).toContain('Owls hunt');
  });

  it('lets other calls through between its pieces', async () => {
    const birds = await full(aviary);
    const reader = birds.export().getReader();
    await reader.read();
    await reader.read();
    expect((await birds.search('word693', { limit: 1 }))[0]?.id).toBe('d693');
    expect(await birds.count()).toBe(MANY.length);
    let parts = 2;
    while (!(await reader.read()).done) parts++;
    expect(parts).toBeGreaterThan(4);
  });

  it('ends when it is cancelled, aborted, or its collection closed', async () => {
    const birds = await full(aviary);
    const cancelled = birds.export();
    await cancelled.cancel();
    const reader = birds.export().getReader();
    await reader.read();
    await reader.cancel();
    expect(await reader.read()).toEqual({ done: true, value: undefined });

    const control = new AbortController();
    const aborted = birds.export({ signal: control.signal }).getReader();
    await aborted.read();
    await aborted.read();
    control.abort();
    const rest = async (): Promise<void> => {
      while (!(await aborted.read()).done);
    };
    await expect(rest()).rejects.toMatchObject({ code: 'aborted' });

    const left = birds.exportRows('jsonl');
    await birds.close();
    await expect(left.getReader().read()).rejects.toMatchObject({ code: 'closed' });
  });
});

describe('rows made elsewhere', () => {
  const MADE = { model: 'hashing', revision: '1', dtype: 'fp16' } as const;

  async function files(documents: readonly { id: string; text: string }[]) {
    const birds = await open();
    await birds.add(BIRDS);
    const [npy, fvecs] = [
      await blobOf(birds.exportRows('npy')),
      await blobOf(birds.exportRows('fvecs')),
    ];
    await birds.clear();
    const lines = documents.map((document) => JSON.stringify(document)).join('\n');
    return { birds, npy, fvecs, lines: new Blob([lines]) };
  }

  const PLAIN = BIRDS.map(({ id, text }) => ({ id, text }));

  it.each(['npy', 'fvecs'] as const)('come in from a .%s file and JSONL', async (format) => {
    const { birds, lines, ...files_ } = await files(PLAIN);
    const seen: number[] = [];
    await birds.addRows(
      lines,
      files_[format].stream(),
      { ...MADE, format },
      {
        onProgress: ({ done }) => seen.push(done),
      },
    );
    expect(seen).toEqual([3]);
    expect(birds.info).toMatchObject({ documents: 3, passages: 3, dtypes: ['fp16'] });
    expect(await ids(birds, 'echoes')).toEqual(['bat']);
    expect(await birds.get('owl')).toEqual({ ...PLAIN[0], passages: 1 });
  });

  it('of one id are the later one', async () => {
    const { birds, lines, npy } = await files(PLAIN.map(({ text }) => ({ id: 'one', text })));
    await birds.addRows(lines, npy, { ...MADE, format: 'npy' });
    expect(birds.info).toMatchObject({ documents: 1, passages: 1 });
    expect(await ids(birds, 'towns')).toEqual(['one']);
    expect(await ids(birds, 'echoes')).toEqual([]);
  });

  it('are refused when they do not fit, and nothing is stored', async () => {
    const { birds, lines, npy, fvecs } = await files(PLAIN);
    const add = (documents: Blob, vectors: Blob, made: object) =>
      birds.addRows(documents, vectors, { ...MADE, format: 'npy', ...made });
    const mismatch = { code: 'incompatible-index' };
    const badInput = { code: 'bad-input' };
    await expect(add(lines, npy, { model: 'other' })).rejects.toMatchObject(mismatch);
    await expect(add(lines, npy, { pooling: 'cls' })).rejects.toMatchObject(mismatch);
    await expect(add(lines, fvecs, {})).rejects.toMatchObject(badInput);
    await expect(add(lines, npy, { format: 'csv' })).rejects.toMatchObject(badInput);
    await expect(add(lines.slice(0, 60), npy, {})).rejects.toMatchObject(badInput);
    await expect(add(lines, npy.slice(0, -4), {})).rejects.toMatchObject({ code: 'integrity' });
    const signal = AbortSignal.abort();
    const aborted = birds.addRows(lines, npy, { ...MADE, format: 'npy' }, { signal });
    await expect(aborted).rejects.toMatchObject({ code: 'aborted' });
    expect(await birds.count()).toBe(0);
    await add(lines, npy, { pooling: 'mean' });
    expect(await birds.count()).toBe(3);
  });
});
