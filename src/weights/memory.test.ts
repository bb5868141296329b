import { describe, expect, it } from 'vitest';
import { MemoryFileStore } from './memory.ts';

const key = { folder: 'm', path: 'a' };
const meta = { bytes: 3, sha256: 'ff', etag: '"1"' };
const bytes = (...values: number[]) => Uint8Array.from(values);

describe('MemoryFileStore', () => {
  it('gives a file once it is finished', async () => {
    const store = new MemoryFileStore();
    const writer = await store.open(key);
    await writer.write(bytes(1, 2, 3));
    expect(await store.get(key)).toBeUndefined();
    await writer.finish(meta);
    const stored = await store.get(key);
    expect(stored?.meta).toEqual(meta);
    expect(new Uint8Array(await stored!.blob.arrayBuffer())).toEqual(bytes(1, 2, 3));
    expect(await store.get({ folder: 'm', path: 'b' })).toBeUndefined();
  });

  it('goes on where an unfinished file ends', async () => {
    const store = new MemoryFileStore();
    const first = await store.open(key);
    await first.restart('"1"');
    await first.write(bytes(1, 2));
    await first.suspend();
    const second = await store.open(key);
    expect([second.offset, second.etag]).toEqual([2, '"1"']);
    await second.write(bytes(3));
    expect((await second.written()).blob.size).toBe(3);
  });

  it('starts a finished file over, and keeps nothing of it', async () => {
    const store = new MemoryFileStore();
    const first = await store.open(key);
    await first.write(bytes(1, 2, 3));
    await first.finish(meta);
    const second = await store.open(key);
    expect([second.offset, second.etag]).toEqual([0, undefined]);
    expect((await second.written()).blob.size).toBe(0);
  });

  it('keeps what was given, not the buffer that it came in', async () => {
    const writer = await new MemoryFileStore().open(key);
    const chunk = bytes(1, 2, 3);
    await writer.write(chunk);
    chunk.fill(9);
    expect(new Uint8Array(await (await writer.written()).blob.arrayBuffer())).toEqual(
      bytes(1, 2, 3),
    );
  });

  it('lists folders with their bytes, and forgets all', async () => {
    const store = new MemoryFileStore();
    await (await store.open(key)).write(bytes(1, 2));
    await (await store.open({ folder: 'm', path: 'b' })).write(bytes(3));
    expect(await store.list()).toEqual([{ folder: 'm', bytes: 3 }]);
    await store.clear();
    expect(await store.list()).toEqual([]);
  });
});
