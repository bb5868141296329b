import { beforeEach, afterEach, describe, expect, it } from 'vitest';
import type { CacheEntry, VectorStore } from './store.ts';

/** Room for three vectors of the suite. */
const MAX_BYTES = 3 * 4 * 4;

export function entry(key: string, first = 1): CacheEntry {
  return { key, vector: Float32Array.of(first, 0, 0, 0), tokens: 7, truncated: false };
}

/** What every VectorStore does, whatever keeps its vectors. */
export function describeVectorStore(
  name: string,
  open: (maxBytes?: number) => Promise<VectorStore>,
): void {
  describe(`${name} is a vector store`, () => {
    let store: VectorStore;
    beforeEach(async () => {
      store = await open(MAX_BYTES);
      await store.clear();
    });
    afterEach(() => store.close());

    describeValues(() => store);
    describeEviction(() => store);

    it('refuses everything after close, and closes twice', async () => {
      await store.close();
      await store.close();
      await expect(store.getMany(['a'])).rejects.toMatchObject({ code: 'closed' });
      await expect(store.putMany([entry('a')])).rejects.toMatchObject({ code: 'closed' });
      await expect(store.size()).rejects.toMatchObject({ code: 'closed' });
    });
  });
}

function describeValues(store: () => VectorStore): void {
  it('answers in the order of the keys, with gaps', async () => {
    await store().putMany([entry('a', 0.25), { ...entry('b', 0.5), tokens: 9, truncated: true }]);
    const [b, none, a, again] = await store().getMany(['b', 'x', 'a', 'b']);
    expect(b).toEqual({ vector: Float32Array.of(0.5, 0, 0, 0), tokens: 9, truncated: true });
    expect(none).toBeUndefined();
    expect(a).toEqual({ vector: Float32Array.of(0.25, 0, 0, 0), tokens: 7, truncated: false });
    expect(again).toEqual(b);
  });

  it('takes and gives copies', async () => {
    const input = entry('a', 0.25);
    await store().putMany([input]);
    input.vector[0] = 9;
    const [first, second] = await store().getMany(['a', 'a']);
    first?.vector.fill(8);
    const [third] = await store().getMany(['a']);
    expect(second?.vector[0]).toBe(0.25);
    expect(third?.vector[0]).toBe(0.25);
  });

  it('stores a view without the buffer under it', async () => {
    const rows = Float32Array.of(1, 1, 1, 1, 0.5, 0, 0, 0);
    await store().putMany([{ ...entry('a'), vector: rows.subarray(4) }]);
    const [found] = await store().getMany(['a']);
    expect(found?.vector).toEqual(Float32Array.of(0.5, 0, 0, 0));
    expect(found?.vector.buffer.byteLength).toBe(16);
  });

  it('replaces by key, also within one call, and counts once', async () => {
    await store().putMany([entry('a', 0.25)]);
    await store().putMany([entry('a', 0.5), entry('a', 0.75)]);
    const [found] = await store().getMany(['a']);
    expect(found?.vector[0]).toBe(0.75);
    expect(await store().size()).toEqual({ vectors: 1, bytes: 16 });
  });

  it('knows its size through replacing, widths and clearing', async () => {
    await store().putMany([entry('a'), { ...entry('b'), vector: Float32Array.of(1, 0) }]);
    expect(await store().size()).toEqual({ vectors: 2, bytes: 24 });
    await store().putMany([{ ...entry('b'), vector: Float32Array.of(1) }]);
    expect(await store().size()).toEqual({ vectors: 2, bytes: 20 });
    await store().clear();
    expect(await store().size()).toEqual({ vectors: 0, bytes: 0 });
    expect(await store().getMany(['a'])).toEqual([undefined]);
  });

  it('takes nothing and gives nothing for empty calls', async () => {
    await store().putMany([]);
    expect(await store().getMany([])).toEqual([]);
    expect(await store().size()).toEqual({ vectors: 0, bytes: 0 });
  });
}

function describeEviction(store: () => VectorStore): void {
  const kept = async (): Promise<string[]> => {
    const keys = ['a', 'b', 'c', 'd', 'e'];
    const found = await store().getMany(keys);
    return keys.filter((_, i) => found[i] !== undefined);
  };

  it('drops what was written longest ago', async () => {
    await store().putMany(['a', 'b', 'c', 'd'].map((key) => entry(key)));
    expect(await kept()).toEqual(['b', 'c', 'd']);
    expect(await store().size()).toEqual({ vectors: 3, bytes: 48 });
  });

  it('keeps what was read since', async () => {
    await store().putMany(['a', 'b', 'c'].map((key) => entry(key)));
    await store().getMany(['b']);
    await store().getMany(['a']);
    await store().putMany([entry('d'), entry('e')]);
    expect(await kept()).toEqual(['a', 'd', 'e']);
  });

  it('keeps what was replaced since', async () => {
    await store().putMany(['a', 'b', 'c'].map((key) => entry(key)));
    await store().putMany([entry('a', 0.5)]);
    await store().putMany([entry('d')]);
    expect(await kept()).toEqual(['a', 'c', 'd']);
  });

  it('does not keep what is larger than the limit', async () => {
    await store().putMany([{ ...entry('a'), vector: new Float32Array(13) }]);
    expect(await kept()).toEqual([]);
    expect(await store().size()).toEqual({ vectors: 0, bytes: 0 });
  });
}
