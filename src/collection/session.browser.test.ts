import { openDB } from 'idb';
import { afterEach, expect, it } from 'vitest';
import { cdp } from 'vitest/browser';
import { nearestTo } from './birds.ts';
import { deleteCollection, listCollections } from './catalogue.ts';
import { numbered } from './numbered.ts';
import { SearchSession, spawnSearchWorker } from './session.ts';

const DATABASE = 'nearfield-collection-session-test';
const WIDTH = 8;
const REQUEST = {
  name: 'session-test',
  spec: { model: 'm', revision: '1', pooling: 'mean', dimensions: WIDTH },
} as const;
const { direction, documents, nearest } = numbered(WIDTH);

let workers: Worker[] = [];
let sessions: SearchSession[] = [];

function open(): SearchSession {
  const session = new SearchSession(REQUEST, () => {
    const worker = spawnSearchWorker();
    workers.push(worker);
    return worker;
  });
  sessions.push(session);
  return session;
}

afterEach(async () => {
  await Promise.all(sessions.map((session) => session.close()));
  await deleteCollection(REQUEST.name);
  [workers, sessions] = [[], []];
});

/** Makes the collection, and then what another version or a fault may make of its record. */
async function changeMeta(
  change: (meta: Record<string, unknown>) => Record<string, unknown>,
): Promise<void> {
  const session = open();
  await session.open();
  await session.close();
  const db = await openDB(DATABASE);
  const meta = (await db.get('meta', 'meta')) as Record<string, unknown>;
  await db.put('meta', change(meta), 'meta');
  db.close();
}

/** The folder of the one collection there is. */
async function folders(): Promise<FileSystemDirectoryHandle[]> {
  const origin = await navigator.storage.getDirectory();
  const root = await origin.getDirectoryHandle('nearfield-collections', { create: true });
  const found: FileSystemDirectoryHandle[] = [];
  for await (const handle of root.values()) {
    if (handle instanceof FileSystemDirectoryHandle) found.push(handle);
  }
  return found;
}

async function files(): Promise<string[]> {
  const names: string[] = [];
  for (const folder of await folders()) {
    for await (const name of folder.keys()) names.push(name);
  }
  return names;
}

it('rejects what is pending when its worker dies, and reads all again in another', async () => {
  const session = open();
  await session.call((api) => api.put(...documents(0, 50)));
  const pending = session.call((api) => api.put(...documents(50, 3000)));
  const searching = session.call((api) => api.search(nearestTo(direction(7))));
  workers[0]?.terminate();
  await expect(pending).rejects.toMatchObject({ code: 'worker-crashed' });
  await expect(searching).rejects.toMatchObject({ code: 'worker-crashed' });
  expect(await nearest(session, 7)).toBe('d7');
  expect(workers).toHaveLength(2);
  const { documents: count, passages } = await session.call((api) => api.info());
  // The write was under way: it is there as a whole or not at all.
  expect([50, 3000]).toContain(count);
  expect(passages).toBe(count);
});

it('closes at once while the collection opens', async () => {
  const blocker = await openDB(DATABASE, 1);
  const session = open();
  const refused = expect(session.open()).rejects.toMatchObject({ code: 'closed' });
  await session.close();
  await refused;
  blocker.close();
  await expect(session.open()).rejects.toMatchObject({ code: 'closed' });
});

it('keeps tens of thousands of rows in segments, and the same after reading them back', async () => {
  const session = open();
  for (let from = 0; from < 20_000; from += 5000) {
    await session.call((api) => api.put(...documents(from, from + 5000)));
  }
  const wanted = [0, 1023, 1024, 5000, 19_999];
  for (const i of wanted) expect(await nearest(session, i)).toBe(`d${i}`);
  const gone = Array.from({ length: 9000 }, (_, i) => `d${i + 1000}`);
  expect(await session.call((api) => api.remove(gone))).toMatchObject({ removed: 9000 });
  await session.close();

  const again = open();
  expect((await again.open()).info).toMatchObject({ documents: 11_000, passages: 11_000 });
  for (const i of [0, 999, 10_000, 19_999]) expect(await nearest(again, i)).toBe(`d${i}`);
  expect(await nearest(again, 5000)).not.toBe('d5000');
  const db = await openDB(DATABASE);
  expect(await db.count('segments')).toBe(20);
  expect(await db.count('pages')).toBe(0);
  db.close();
});

it('leaves no files when rows are rewritten, and none when it is deleted', async () => {
  const session = open();
  await session.call((api) => api.put(...documents(0, 3000)));
  const before = await files();
  expect(before).toHaveLength(2);
  const gone = Array.from({ length: 2000 }, (_, i) => `d${i}`);
  await session.call((api) => api.remove(gone));
  expect(await nearest(session, 2500)).toBe('d2500');
  const after = await files();
  expect(after).toHaveLength(2);
  expect(after.filter((name) => before.includes(name))).toEqual([]);
  await deleteCollection(REQUEST.name);
  expect(await files()).toEqual([]);
});

it('says which rows are damaged', async () => {
  const session = open();
  await session.call((api) => api.put(...documents(0, 10)));
  await session.close();
  const codes = (await files()).find((name) => name.endsWith('.codes'))!;
  const [folder] = await folders();
  const writable = await (
    await folder!.getFileHandle(codes)
  ).createWritable({
    keepExistingData: true,
  });
  await writable.write({ type: 'write', position: 3, data: Uint8Array.of(0xaa) });
  await writable.close();
  await expect(open().open()).rejects.toMatchObject({
    code: 'integrity',
    message: expect.stringContaining('rows 0 to 9') as unknown,
  });
  const db = await openDB(DATABASE);
  await db.put('segments', { first: 0, owners: ['d0'], checksum: 1 });
  db.close();
  await expect(open().open()).rejects.toMatchObject({ code: 'storage' });
});

it('takes the rows that format 1 kept in the database', async () => {
  const [cut, vectors] = documents(0, 1500);
  const db = await openDB(DATABASE, 1, {
    upgrade(fresh) {
      fresh.createObjectStore('meta');
      fresh.createObjectStore('documents', { keyPath: 'id' });
      fresh.createObjectStore('vectors');
      fresh.createObjectStore('owners');
    },
  });
  const counts = { generation: 5, rows: 1500, documents: 1499, passages: 1499 };
  const meta = { format: 1, ...REQUEST.spec, dtypes: ['q4'], passageCharacters: 1200, ...counts };
  await db.put('meta', meta, 'meta');
  const owners = cut.map(({ document }, i) => (i === 3 ? null : document.id));
  for (const [first, end] of [
    [0, 1024],
    [1024, 1500],
  ] as const) {
    await db.put('vectors', vectors.slice(first * WIDTH, end * WIDTH), first);
    await db.put('owners', owners.slice(first, end), first);
  }
  for (const [i, { document, spans }] of cut.entries()) {
    if (i !== 3) await db.put('documents', { ...document, spans, stamp: 5 });
  }
  db.close();

  const session = open();
  expect((await session.open()).info).toMatchObject({ documents: 1499, dtypes: ['q4'] });
  for (const i of [0, 1100, 1499]) expect(await nearest(session, i)).toBe(`d${i}`);
  expect(await nearest(session, 3)).not.toBe('d3');
  await session.close();
  const again = open();
  expect(await nearest(again, 1100)).toBe('d1100');
  const after = await openDB(DATABASE);
  expect(await after.count('vectors')).toBe(0);
  expect(await after.count('segments')).toBe(2);
  after.close();
});

it('refuses what a newer version stored', async () => {
  await changeMeta((meta) => ({ ...meta, format: 99 }));
  await expect(open().open()).rejects.toMatchObject({
    code: 'storage',
    message: expect.stringContaining('format 99') as unknown,
  });
  const [info] = await listCollections();
  expect(info).toMatchObject({ name: 'session-test', documents: 0 });
  expect(info?.problem).toContain('format 99');
});

it.each([
  ['no width', { dimensions: undefined }],
  ['a count that is none', { passages: Number.NaN }],
  ['files but no shape', { edition: { id: 'x', disk: 'opfs' } }],
  ['a pooling that is none', { pooling: 'max' }],
  ['dtypes that are none', { dtypes: ['q4', 'fp13'] }],
])('says that a record with %s is damaged', async (_, change) => {
  await changeMeta((meta) => ({ ...meta, ...change }));
  await expect(open().open()).rejects.toMatchObject({
    code: 'storage',
    message: expect.stringContaining('damaged') as unknown,
  });
});

it('takes a collection from before pooling and dtype were noted, and notes them', async () => {
  await changeMeta((meta) => ({ ...meta, pooling: undefined, dtypes: undefined }));
  const session = open();
  const opened = await session.open();
  expect(opened).toMatchObject({ compatible: true, info: { dtypes: [] } });
  expect(opened.info.pooling).toBeUndefined();
  const after = await session.call((api) => api.put(...documents(0, 1), ['q4']));
  expect(after).toMatchObject({ pooling: 'mean', dtypes: ['q4'] });
});

it('reports a full disk as quota, and what was stored stays', async () => {
  const { origin } = location;
  await cdp().send('Storage.clearDataForOrigin', {
    origin,
    storageTypes: 'indexeddb,file_systems',
  });
  const session = open();
  try {
    await cdp().send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1_000_000 });
    await session.call((api) => api.put(...documents(0, 50)));
    const [large, vectors] = documents(50, 60);
    for (const { document } of large) document.text = 'x'.repeat(400_000);
    await expect(session.call((api) => api.put(large, vectors))).rejects.toMatchObject({
      code: 'quota',
    });
    expect(await session.call((api) => api.info())).toMatchObject({ documents: 50 });
    expect(await nearest(session, 7)).toBe('d7');
    expect(await session.call((api) => api.remove(['d7']))).toMatchObject({ removed: 1 });
    expect(await nearest(session, 7)).not.toBe('d7');
  } finally {
    await cdp().send('Storage.overrideQuotaForOrigin', { origin });
  }
});
