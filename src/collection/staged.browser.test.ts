import { openDB } from 'idb';
import { afterEach, expect, it } from 'vitest';
import { cdp } from 'vitest/browser';
import type { Collection, CollectionOptions, EmbedProgress } from '../contract/index.ts';
import { Aviary, idsOf, OWLS } from './birds.ts';
import { HashingEmbedder } from './hashing-embedder.ts';

const NAME = 'staged-birds';
const DATABASE = `nearfield-collection-${NAME}`;
const DOCUMENTS = Array.from({ length: 40 }, (_, i) => ({ id: `d${i}`, text: `n${i} ${OWLS}` }));

const aviary = new Aviary(NAME, { embedder: new HashingEmbedder() });

afterEach(() => aviary.end());

const made = (model: string, dimensions = 128) => new HashingEmbedder({ model, dimensions });

async function reembed(
  embedder: HashingEmbedder,
  options: Partial<CollectionOptions> = {},
): Promise<[Collection, EmbedProgress | undefined]> {
  const reports: EmbedProgress[] = [];
  const onProgress = (report: EmbedProgress) => reports.push(report);
  const asked = { embedder, onMismatch: 're-embed', onProgress, ...options } as const;
  return [await aviary.open(asked), reports[0]];
}

/** Leaves 16 of the 40 documents staged. */
async function abort(embedder: HashingEmbedder): Promise<void> {
  const control = new AbortController();
  const second = embedder.calls.length + 2;
  embedder.turn = (call) => {
    if (call === second) control.abort();
  };
  const { signal } = control;
  await expect(reembed(embedder, { signal })).rejects.toMatchObject({ code: 'aborted' });
  embedder.turn = () => undefined;
  embedder.calls.length = 0;
}

async function folder(): Promise<FileSystemDirectoryHandle> {
  const origin = await navigator.storage.getDirectory();
  const root = await origin.getDirectoryHandle('nearfield-collections');
  for await (const found of root.values()) {
    if (found instanceof FileSystemDirectoryHandle) return found;
  }
  throw new Error('There is no folder.');
}

async function files(): Promise<string[]> {
  const names: string[] = [];
  for await (const name of (await folder()).keys()) names.push(name);
  return names.sort();
}

async function staged(): Promise<number> {
  const db = await openDB(DATABASE);
  const count = await db.count('staged');
  db.close();
  return count;
}

/** Changes a byte of a file of what is staged. */
async function spoil(suffix: string, position: number): Promise<void> {
  const db = await openDB(DATABASE);
  const { edition } = (await db.get('meta', 'staging')) as { edition: { id: string } };
  db.close();
  const file = await (await folder()).getFileHandle(edition.id + suffix);
  const writable = await file.createWritable({ keepExistingData: true });
  await writable.write({ type: 'write', position, data: Uint8Array.of(0xaa) });
  await writable.close();
}

it('goes on after an abort, and tells so; another model and the old one drop what is staged', async () => {
  const old = await aviary.open();
  await old.add(DOCUMENTS);
  const own = await files();
  const other = made('other');
  await abort(other);
  expect([await staged(), (await files()).length]).toEqual([16, 4]);
  const third = made('third');
  await abort(third);
  expect([await staged(), (await files()).length]).toEqual([16, 4]);
  expect(await idsOf(old, 'n7')).toContain('d7');

  // The old model: one that is there, and one that comes later.
  await (await aviary.open()).close();
  expect([await staged(), await files()]).toEqual([0, own]);
  await abort(other);
  await aviary.open({ embedder: Promise.resolve(new HashingEmbedder()) });
  await expect.poll(async () => [await staged(), await files()]).toEqual([0, own]);

  await abort(other);
  const [birds, first] = await reembed(other);
  expect(first).toEqual({ done: 16, total: 40, share: 0.4 });
  expect(other.calls.flat()).toHaveLength(24);
  expect(birds.info).toMatchObject({ model: 'other', documents: 40, dtypes: ['fp32'] });
  expect(await idsOf(birds, 'n7')).toContain('d7');
  expect([await staged(), (await files()).length]).toEqual([0, 2]);
});

it('leaves alone what another tab is at work on, and does its work once', async () => {
  const old = await aviary.open();
  await old.add(DOCUMENTS);
  const [one, two] = [made('other'), made('other')];
  let waiting: ReturnType<typeof reembed> | undefined;
  const control = new AbortController();
  one.turn = async (call) => {
    if (call !== 2) return;
    await aviary.open();
    expect(await staged()).toBe(16);
    waiting = reembed(two);
    const { signal } = control;
    const impatient = expect(reembed(two, { signal })).rejects.toMatchObject({ code: 'aborted' });
    await new Promise((resolve) => setTimeout(resolve, 100));
    control.abort();
    await impatient;
  };
  await reembed(one);
  expect(one.calls.flat()).toHaveLength(40);
  const [birds] = await waiting!;
  expect(two.calls).toEqual([]);
  expect(birds.info).toMatchObject({ model: 'other', documents: 40 });
});

it('stages no vector that is none, and embeds again what the disk has changed', async () => {
  const old = await aviary.open();
  await old.add(DOCUMENTS);
  const other = made('other');
  await abort(other);
  const embed = other.embed.bind(other);
  for (const wrong of [Number.NaN, 0]) {
    other.embed = async (...given) => {
      const made = await embed(...given);
      made.data.fill(wrong, 128, 256);
      return made;
    };
    await expect(reembed(other)).rejects.toMatchObject({ code: 'bad-vector' });
    expect(await staged()).toBe(16);
  }
  other.embed = embed;
  other.calls.length = 0;

  await spoil('.rows', 3 * 4 * 128 + 5);
  const [birds, first] = await reembed(other);
  expect(first?.done).toBe(16);
  expect(other.calls.flat()).toHaveLength(25);
  expect(birds.info).toMatchObject({ documents: 40, passages: 40 });
  const text = other.calls.at(-1)![0]!;
  const [hit] = await birds.search(text, { mode: 'vector' });
  expect(hit?.text).toBe(text);
  expect(hit?.similarity).toBeCloseTo(1, 5);

  // Codes are of no use where they are damaged: all is done again.
  const again = made('again');
  await abort(again);
  await spoil('.codes', 3);
  await reembed(again);
  expect(again.calls.flat()).toHaveLength(40);
});

it('reports a full disk as quota; what was stored stays, and what is staged too', async () => {
  const { origin } = location;
  await cdp().send('Storage.clearDataForOrigin', {
    origin,
    storageTypes: 'indexeddb,file_systems',
  });
  const old = await aviary.open();
  const many = Array.from({ length: 160 }, (_, i) => ({ id: `d${i}`, text: `n${i} ${OWLS}` }));
  await old.add(many);
  const wide = made('wide', 8192);
  wide.turn = async (call) => {
    if (call !== 3) return;
    await cdp().send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1_000_000 });
  };
  try {
    await expect(reembed(wide)).rejects.toMatchObject({ code: 'quota' });
    expect(await idsOf(old, 'n7')).toContain('d7');
    expect(await old.count()).toBe(160);
  } finally {
    await cdp().send('Storage.overrideQuotaForOrigin', { origin });
  }
  wide.turn = () => undefined;
  wide.calls.length = 0;
  const kept = await staged();
  const [birds] = await reembed(wide);
  expect(kept).toBeGreaterThanOrEqual(32);
  expect(wide.calls.flat()).toHaveLength(160 - kept);
  expect(birds.info).toMatchObject({ model: 'wide', documents: 160 });
});
