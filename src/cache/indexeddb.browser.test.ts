import { deleteDB, openDB, type DBSchema } from 'idb';
import { afterEach, describe, expect, it } from 'vitest';
import { cdp } from 'vitest/browser';
import { describeVectorStore, entry } from './conformance.ts';
import { Connection } from './connection.ts';
import { IndexedDbStore } from './indexeddb.ts';
import { cached } from './read-through.ts';
import type { VectorStore } from './store.ts';

const NAME = 'nearfield-vectors-test';
const open = (maxBytes = 1e6): IndexedDbStore => new IndexedDbStore({ name: NAME, maxBytes });

afterEach(() => deleteDB(NAME));

describeVectorStore('IndexedDbStore', async (maxBytes) => open(maxBytes));

/** What a user does who clears the site's data: the browser closes every connection by force. */
async function clearSiteData(): Promise<void> {
  await cdp().send('Storage.clearDataForOrigin', {
    origin: location.origin,
    storageTypes: 'indexeddb',
  });
}

async function keys(store: VectorStore, wanted: string): Promise<string> {
  const all = Array.from(wanted);
  const found = await store.getMany(all);
  return all.filter((_, i) => found[i] !== undefined).join('');
}

describe('IndexedDbStore across connections', () => {
  it('keeps vectors, sizes and the order of use after a reopening', async () => {
    const first = open();
    await first.putMany(['a', 'b', 'c'].map((key) => entry(key)));
    await first.getMany(['a']);
    await first.close();
    const second = open(48);
    expect(await second.size()).toEqual({ vectors: 3, bytes: 48 });
    await second.putMany([entry('d')]);
    expect(await keys(second, 'abcd')).toBe('acd');
    await second.close();
  });

  it('takes what is no vector for absent, and totals that are none for nothing', async () => {
    const store = open(32);
    await store.putMany(['a', 'b'].map((key) => entry(key)));
    const db = await openDB(NAME);
    await db.put('vectors', { vector: [1, 0, 0, 0] }, 'a');
    await db.put('totals', { vectors: 1 }, 'totals');
    db.close();
    expect(await keys(store, 'ab')).toBe('b');
    await store.putMany(['c', 'd', 'e'].map((key) => entry(key)));
    expect((await store.size()).bytes).toBeLessThanOrEqual(32);
    await store.close();
  });

  it('lets two connections write at once without losing a vector or a count', async () => {
    const [one, two] = [open(), open()];
    await Promise.all(
      Array.from('abcdefgh', (key, i) => (i % 2 ? one : two).putMany([entry(key), entry('x')])),
    );
    expect(await keys(one, 'abcdefghx')).toBe('abcdefghx');
    expect(await two.size()).toEqual({ vectors: 9, bytes: 9 * 16 });
    await Promise.all([one.close(), two.close()]);
  });

  it('writes what is used while reading nothing back into the vectors', async () => {
    const store = new IndexedDbStore({ name: NAME, flushAfter: 0 });
    await store.putMany([entry('a'), entry('b')]);
    const db = await openDB(NAME);
    const used = async (): Promise<number> =>
      ((await db.get('uses', 'a')) as { used: number }).used;
    const before = await used();
    await store.getMany(['a']);
    await expect.poll(used).toBeGreaterThan(before);
    db.close();
    await store.close();
  });

  it('gives way to a deletion and starts over', async () => {
    const store = open();
    await store.putMany([entry('a')]);
    await deleteDB(NAME);
    expect(await keys(store, 'a')).toBe('');
    await store.putMany([entry('b')]);
    expect(await store.size()).toEqual({ vectors: 1, bytes: 16 });
    await store.close();
  });

  it('gives way to a newer version and says so', async () => {
    const store = open();
    await store.putMany([entry('a')]);
    const newer = await openDB(NAME, 2);
    await expect(store.getMany(['a'])).rejects.toMatchObject({
      code: 'storage',
      message: expect.stringContaining('newer version') as unknown,
    });
    newer.close();
    await store.close();
  });

  it('opens again after the browser closed it by force', async () => {
    const store = open();
    await store.putMany([entry('a')]);
    await clearSiteData();
    expect(await keys(store, 'a')).toBe('');
    await store.putMany([entry('b')]);
    expect(await keys(store, 'b')).toBe('b');
    await store.close();
  });

  it('survives being closed by force in the middle of reads and writes', async () => {
    const store = open();
    await store.putMany([entry('a')]);
    const work = Promise.all(
      Array.from({ length: 20 }, (_, i) => store.putMany([entry(`k${i}`), entry('x')])),
    );
    await Promise.all([work, clearSiteData()]);
    await store.putMany([entry('z')]);
    expect(await keys(store, 'z')).toBe('z');
    await store.close();
  });

  it('believes no row that was spoilt on the disk', async () => {
    const store = open();
    const row = Float32Array.of(0.6, 0.8);
    let calls = 0;
    const embed = cached(
      async () => {
        calls++;
        const [tokens, truncated] = [Uint32Array.of(1), Uint8Array.of(0)];
        return { data: row.slice(), tokens, truncated, identity: 'm' };
      },
      store,
      { identity: async () => 'm', onWarning: () => undefined },
    );
    const ask = () => embed({ texts: ['t'], prefix: '', truncate: true }, { urgent: false });
    await ask();
    const db = await openDB(NAME);
    const [key] = await db.getAllKeys('vectors');
    const vector = Float32Array.of(Number.NaN, 0.8);
    await db.put('vectors', { vector, tokens: 1, truncated: false }, key);
    db.close();
    expect((await ask()).data).toEqual(row);
    expect((await ask()).data).toEqual(row);
    expect(calls).toBe(2);
    await store.close();
  });
});

describe('Connection', () => {
  const connection = (version: number, upgrade: () => void = () => undefined) =>
    new Connection({ name: NAME, version, upgrade, blockedAfter: 10 });
  const touch = (target: Connection<DBSchema>) => target.run(async (db) => db.version);

  it('names a tab that does not let go of an older version, and opens once it does', async () => {
    const stubborn = await openDB(NAME, 1);
    const newer = connection(2);
    await expect(touch(newer)).rejects.toMatchObject({
      code: 'storage',
      message: expect.stringContaining('another tab') as unknown,
    });
    stubborn.close();
    expect(await touch(newer)).toBe(2);
    await newer.close();
  });

  it('makes nothing when the upgrade throws, and tries again at the next call', async () => {
    let fail = true;
    const target = connection(1, () => {
      if (fail) throw new Error('not now');
    });
    await expect(touch(target)).rejects.toMatchObject({ code: 'storage', message: /not now/ });
    expect((await indexedDB.databases()).map(({ name }) => name)).not.toContain(NAME);
    fail = false;
    expect(await touch(target)).toBe(1);
    await target.close();
  });

  it('opens once for calls that come together', async () => {
    let upgrades = 0;
    const target = connection(1, () => upgrades++);
    await Promise.all([touch(target), touch(target), touch(target)]);
    expect(upgrades).toBe(1);
    await target.close();
    await expect(touch(target)).rejects.toMatchObject({ code: 'closed' });
  });
});

describe('a full disk', () => {
  const quota = (bytes?: number) =>
    cdp().send('Storage.overrideQuotaForOrigin', {
      origin: location.origin,
      ...(bytes !== undefined && { quotaSize: bytes }),
    });
  afterEach(() => quota());

  it('is reported as quota, and what was stored stays', async () => {
    // The browser remembers for a while how much room an origin had; clearing makes it ask again.
    await clearSiteData();
    await quota(1_000_000);
    const store = open();
    await store.putMany([entry('a')]);
    const failed = await store
      .putMany([{ ...entry('b'), vector: new Float32Array(1_000_000).fill(0.5) }])
      .catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: 'quota' });
    expect(await keys(store, 'ab')).toBe('a');
    await quota();
    // For a while again the browser may say what it remembers.
    const again = () => store.putMany([entry('b')]).then(() => 'stored', String);
    await expect.poll(again, { timeout: 40_000 }).toBe('stored');
    expect(await keys(store, 'ab')).toBe('ab');
    await store.close();
  });
});
