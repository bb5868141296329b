import {
  appendFile,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { VectorCache } from './vector-cache.ts';

const KIND = { identity: 'a model', width: 3 };
const TEXTS = Array.from({ length: 20 }, (_, i) => `text ${i}`);
const ROWS = Float32Array.from({ length: 60 }, (_, i) => Math.sin(i));

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nearfield-cache-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function filled(): Promise<string> {
  const cache = await VectorCache.open(folder, KIND);
  await cache.add(TEXTS.slice(0, 8), ROWS.subarray(0, 24));
  await cache.add(TEXTS.slice(8), ROWS.subarray(24));
  await cache.close();
  const [name] = await readdir(folder);
  return join(folder, name!);
}

/** What each text has, or undefined. */
async function kept(kind = KIND): Promise<(number[] | undefined)[]> {
  const cache = await VectorCache.open(folder, kind);
  try {
    const rows = [];
    for (const text of TEXTS) rows.push(await cache.get(text));
    return rows.map((row) => row && [...row]);
  } finally {
    await cache.close();
  }
}

const row = (i: number): number[] => [...ROWS.subarray(3 * i, 3 * i + 3)];
const all = TEXTS.map((_, i) => row(i));

describe('VectorCache', () => {
  it('keeps rows over openings, and knows no others', async () => {
    await filled();
    expect(await kept()).toEqual(all);
    const cache = await VectorCache.open(folder, KIND);
    expect(await cache.get('another text')).toBeUndefined();
    await cache.close();
  });

  it('keeps models apart', async () => {
    await filled();
    const nothing = TEXTS.map(() => undefined);
    expect(await kept({ ...KIND, identity: 'another model' })).toEqual(nothing);
    expect(await kept({ ...KIND, width: 2 })).toEqual(nothing);
    expect(await kept()).toEqual(all);
  });

  it('takes what two add at the same time', async () => {
    const [a, b] = [await VectorCache.open(folder, KIND), await VectorCache.open(folder, KIND)];
    await Promise.all(
      TEXTS.map((text, i) => (i % 2 ? a : b).add([text], ROWS.subarray(3 * i, 3 * i + 3))),
    );
    await a.close();
    await b.close();
    expect(await kept()).toEqual(all);
  });

  it('is begun by many at the same time', async () => {
    const caches = await Promise.all(TEXTS.map(() => VectorCache.open(folder, KIND)));
    await Promise.all(
      caches.map((cache, i) => cache.add([TEXTS[i]!], ROWS.subarray(3 * i, 3 * i + 3))),
    );
    for (const cache of caches) await cache.close();
    expect(await kept()).toEqual(all);
    expect(await readdir(folder)).toHaveLength(1);
  });

  it('waits for what another process is writing, and goes on behind it', async () => {
    const path = await filled();
    const sound = await readFile(path);
    const record = (sound.length - 64) / TEXTS.length;
    await truncate(path, sound.length - record / 2);
    // Opened while the last record is there in part.
    const cache = await VectorCache.open(folder, KIND);
    expect(await cache.get(TEXTS[19]!)).toBeUndefined();
    const adding = cache.add(['one more'], ROWS.subarray(0, 3));
    await appendFile(path, sound.subarray(sound.length - record / 2));
    await adding;
    await cache.close();
    expect(await kept()).toEqual(all);
    expect((await stat(path)).size).toBe(sound.length + record);
  });

  it('keeps more rows than are written at once', async () => {
    const kind = { ...KIND, width: 30_000 };
    const texts = TEXTS.slice(0, 5);
    const rows = Float32Array.from({ length: 5 * kind.width }, (_, i) => Math.sin(i));
    const cache = await VectorCache.open(folder, kind);
    await cache.add(texts, rows);
    await cache.close();
    const again = await VectorCache.open(folder, kind);
    for (const [i, text] of texts.entries()) {
      const own = rows.subarray(i * kind.width, (i + 1) * kind.width);
      expect(
        Buffer.compare(
          Buffer.from((await again.get(text))!.buffer),
          Buffer.from(own.slice().buffer),
        ),
      ).toBe(0);
    }
    await again.close();
  });

  it('gives the right row or none, whatever bits of the file are others', async () => {
    const path = await filled();
    const sound = await readFile(path);
    const places = fc.array(fc.nat(8 * sound.length - 1), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(places, async (flips) => {
        const bytes = Buffer.from(sound);
        for (const at of flips) bytes[at >> 3]! ^= 1 << (at & 7);
        await writeFile(path, bytes);
        const rows = await kept();
        rows.forEach((values, i) => {
          if (values) expect(values).toEqual(row(i));
        });
        // A record is lost by each flip at most, and all of them by one in the head.
        const isHead = flips.some((at) => at < 8 * 64);
        if (!isHead)
          expect(rows.filter((values) => !values).length).toBeLessThanOrEqual(flips.length);
      }),
      { numRuns: 60 },
    );
  });

  it('keeps what is whole of a file that is cut off, and goes on behind it', async () => {
    const path = await filled();
    const { size } = await stat(path);
    const sound = await readFile(path);
    await fc.assert(
      fc.asyncProperty(fc.nat(size), async (length) => {
        await writeFile(path, sound);
        await truncate(path, length);
        await utimes(path, 0, 0);
        const rows = await kept();
        const lost = rows.findIndex((values) => !values);
        const whole = lost < 0 ? TEXTS.length : lost;
        expect(rows).toEqual(all.map((values, i) => (i < whole ? values : undefined)));
        const cache = await VectorCache.open(folder, KIND);
        await cache.add(TEXTS.slice(whole), ROWS.subarray(3 * whole));
        await cache.close();
        expect(await kept()).toEqual(all);
      }),
      { numRuns: 30 },
    );
  });

  it('says what to do where it has no folder', async () => {
    const file = join(folder, 'a-file');
    await writeFile(file, '');
    await expect(VectorCache.open(file, KIND)).rejects.toMatchObject({
      code: 'storage',
      message: expect.stringContaining('--cache-dir') as string,
    });
  });
});
