import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StructuredVectors } from '../../../bench/search/vectors.ts';
import { type NearfieldError } from '../../contract/index.ts';
import { SiteVectors } from './site-vectors.ts';
import { writeVectors, type SiteFile, type WrittenVectors } from './write.ts';

const WIDTH = 64;
const ROWS = 3000;
const QUESTIONS = 60;

const vectors = new StructuredVectors(WIDTH, ROWS, 300);
const rows = vectors.rows(0, ROWS);
const written = writeVectors(rows, WIDTH);

const FEW = 90;
const few = writeVectors(rows.subarray(0, FEW * WIDTH), WIDTH, { rowsPerCell: 20, groupRows: 4 });

const ALL = { scan: Infinity, groups: Infinity, rest: Infinity };

function shelf({ files }: { files: readonly SiteFile[] }): Map<string, Uint8Array<ArrayBuffer>> {
  return new Map(files.map(({ name, bytes }) => [name, bytes]));
}

function open(
  { manifest, files }: WrittenVectors,
  shelved = shelf({ files }),
): { site: SiteVectors; asked: string[] } {
  const asked: string[] = [];
  const site = new SiteVectors(manifest, (name) => {
    asked.push(name);
    const bytes = shelved.get(name);
    return bytes ? Promise.resolve(bytes) : Promise.reject(new Error('404'));
  });
  return { site, asked };
}

function product(query: Float32Array, data: Float32Array, row: number): number {
  return query.reduce((sum, value, i) => sum + value * data[row * query.length + i]!, 0);
}

function exact(query: Float32Array, count: number, k: number): number[] {
  const scores = Array.from({ length: count }, (_, row) => product(query, rows, row));
  return [...scores.keys()].sort((a, b) => scores[b]! - scores[a]!).slice(0, k);
}

async function recallOf(site: () => SiteVectors, options = {}): Promise<number> {
  let hits = 0;
  for (let i = 0; i < QUESTIONS; i++) {
    const query = vectors.question(i);
    const found = await site().search(query, 10, options);
    const wanted = exact(query, ROWS, 10);
    hits += wanted.filter((row) => found.rows.includes(row)).length;
  }
  return hits / QUESTIONS / 10;
}

describe('vectors of a site', () => {
  it('find what a search of all rows finds, and read a part of the files', async () => {
    const { site } = open(written);
    const { bytes, files } = await site.search(vectors.question(0), 10, { scan: 600, groups: 60 });
    const total = written.files.reduce((sum, file) => sum + file.bytes.length, 0);
    expect(bytes).toBeLessThan(total / 3);
    expect(files).toBeLessThan(written.files.length / 3);
    expect(await recallOf(() => site, { scan: 600, groups: 60 })).toBeGreaterThan(0.88);
    expect(await recallOf(() => site, ALL)).toBeGreaterThan(0.98);
  });

  it('give each row once, with nearly its score, where all are asked for', async () => {
    const { site } = open(few);
    const query = vectors.question(1);
    const found = await site.search(query, FEW + 5, ALL);
    expect([...found.rows].sort((a, b) => a - b)).toEqual([...Array(FEW).keys()]);
    for (const [i, row] of found.rows.entries()) {
      expect(Math.abs(found.scores[i]! - product(query, rows, row))).toBeLessThan(0.005);
    }
    expect([...found.scores]).toEqual([...found.scores].sort((a, b) => b - a));
    expect(found.missing).toEqual([]);
  });

  it('are better for knowing what queries have in common', async () => {
    const shifted = Float32Array.from({ length: WIDTH }, (_, i) => (i % 2 ? 0.1 : -0.1));
    const queryOf = (i: number): Float32Array =>
      vectors.question(i).map((value, j) => value + 2 * shifted[j]!);
    const errorOf = async (site: SiteVectors): Promise<number> => {
      let sum = 0;
      for (let i = 0; i < 5; i++) {
        const query = queryOf(i);
        const found = await site.search(query, FEW, ALL);
        for (const [j, row] of found.rows.entries()) {
          sum += (found.scores[j]! - product(query, rows, row)) ** 2;
        }
      }
      return sum;
    };
    const data = rows.subarray(0, FEW * WIDTH);
    const told = writeVectors(data, WIDTH, { queryMean: shifted });
    const untold = writeVectors(data, WIDTH);
    expect(await errorOf(open(told).site)).toBeLessThan(await errorOf(open(untold).site));
  });

  it.each([0, 1, 2, 9])('may be %i', async (count) => {
    const { site } = open(writeVectors(rows.subarray(0, count * WIDTH), WIDTH));
    const { rows: found, scores } = await site.search(vectors.question(2), 10);
    expect([...found].sort()).toEqual([...Array(count).keys()]);
    const exactly = [...found].map((row) => product(vectors.question(2), rows, row));
    for (const [i, score] of scores.entries()) expect(score).toBeCloseTo(exactly[i]!, 2);
  });

  it('may be the same vector many times', async () => {
    const row = rows.subarray(0, WIDTH);
    const same = Float32Array.from({ length: 400 * WIDTH }, (_, i) => row[i % WIDTH]!);
    const { site } = open(writeVectors(same, WIDTH));
    const found = await site.search(row, 3, ALL);
    expect([...found.rows]).toEqual([0, 1, 2]);
    expect(found.scores[0]).toBeCloseTo(1, 3);
  });

  it('are the same bytes for the same rows, named by them', () => {
    const again = writeVectors(rows.subarray(0, FEW * WIDTH), WIDTH, {
      rowsPerCell: 20,
      groupRows: 4,
    });
    expect(again).toEqual(few);
    expect(new Set(few.files.map(({ name }) => name)).size).toBe(few.files.length);
    const other = writeVectors(rows.subarray(WIDTH, (FEW + 1) * WIDTH), WIDTH);
    const names = new Set(few.files.map(({ name }) => name));
    expect(other.files.filter(({ name }) => names.has(name))).toEqual([]);
  });

  it('refuse what is no unit vectors', () => {
    const refused = (...args: Parameters<typeof writeVectors>): void => {
      expect(() => writeVectors(...args)).toThrow(expect.objectContaining({ code: 'bad-input' }));
    };
    refused(new Float32Array(66), 33);
    refused(new Float32Array(65), 32);
    refused(new Float32Array(64).fill(NaN), 32);
    refused(new Float32Array(64).fill(7), 32);
    refused(new Float32Array(64), 32, { queryMean: new Float32Array(31) });
  });
});

describe('files of a site', () => {
  const query = vectors.question(3);

  it('are fetched once, however many searches want them', async () => {
    const { site, asked } = open(few);
    const both = await Promise.all([site.search(query, 5), site.search(query, 5)]);
    expect([...both[0].rows]).toEqual([...both[1].rows]);
    expect(new Set(asked).size).toBe(asked.length);
    expect(both[0].files + both[1].files).toBe(asked.length);
    expect(await site.search(query, 5)).toMatchObject({ bytes: 0, files: 0 });
  });

  it('that are missing are named, and asked for again', async () => {
    const shelved = shelf(few);
    const { site } = open(few, shelved);
    for (const letter of ['vc', 'vg', 'vr']) {
      const { name, bytes } = few.files.find((file) => file.name.startsWith(letter))!;
      shelved.delete(name);
      const fresh = open(few, shelved).site;
      const partial = await fresh.search(query, FEW, ALL);
      expect(partial.missing).toEqual([name]);
      expect(partial.rows.length < FEW).toBe(letter !== 'vr');
      shelved.set(name, bytes);
      const whole = await fresh.search(query, FEW, ALL);
      expect(whole.rows).toHaveLength(FEW);
    }
    shelved.delete(few.manifest.head);
    await expect(site.search(query, 5)).rejects.toMatchObject({ code: 'download-failed' });
    shelved.set(few.manifest.head, shelf(few).get(few.manifest.head)!);
    expect((await site.search(query, 5)).rows).toHaveLength(5);
  });

  it('are not used when they are damaged, wherever that is', async () => {
    const file = fc.nat({ max: few.files.length - 1 });
    await fc.assert(
      fc.asyncProperty(file, file, fc.nat(), damages, async (at, other, place, damage) => {
        const { name, bytes } = few.files[at]!;
        const bad = damage(bytes, few.files[other]!.bytes, place);
        fc.pre(!sameBytes(bad, bytes));
        const { site } = open(few, shelf(few).set(name, bad));
        await expect(site.search(query, 3, ALL)).rejects.toSatisfy(
          (error: NearfieldError) =>
            error.code === 'integrity' || error.code === 'incompatible-index',
        );
      }),
      { numRuns: 400 },
    );
  });

  it('are waited for until the signal fires', async () => {
    let give: ((bytes: Uint8Array<ArrayBuffer>) => void) | undefined;
    const shelved = shelf(few);
    const site = new SiteVectors(few.manifest, (name) =>
      name === few.manifest.head
        ? new Promise((resolve) => (give = resolve))
        : Promise.resolve(shelved.get(name)!),
    );
    const fired = AbortSignal.abort();
    await expect(site.search(query, 3, { signal: fired })).rejects.toMatchObject({
      code: 'aborted',
    });
    const controller = new AbortController();
    const waiting = site.search(query, 3, { signal: controller.signal });
    const other = site.search(query, 3);
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'aborted' });
    give!(shelved.get(few.manifest.head)!);
    expect((await other).rows).toHaveLength(3);
  });

  it('of another version or build are refused', async () => {
    const { manifest } = few;
    expect(
      () => new SiteVectors({ ...manifest, version: 2 }, () => Promise.reject(new Error('404'))),
    ).toThrow(expect.objectContaining({ code: 'incompatible-index' }));
    for (const changed of [{ rows: 5 }, { checksum: '00000000' }]) {
      const { site } = open({ ...few, manifest: { ...manifest, ...changed } });
      await expect(site.search(query, 3)).rejects.toMatchObject({ code: 'integrity' });
    }
  });

  it.each<[string, Float32Array, number]>([
    ['no results', query, 0],
    ['another width', query.subarray(1), 3],
    ['no number', query.map(() => NaN), 3],
  ])('are not asked for with %s', async (_, wrong, k) => {
    const { site, asked } = open(few);
    await expect(site.search(wrong, k)).rejects.toMatchObject({ code: 'bad-input' });
    expect(asked).toEqual([]);
  });
});

type Damage = (
  bytes: Uint8Array<ArrayBuffer>,
  other: Uint8Array<ArrayBuffer>,
  place: number,
) => Uint8Array<ArrayBuffer>;

const damages = fc.constantFrom<Damage[]>(
  (bytes, _, place) => bytes.slice(0, place % bytes.length),
  (bytes, _, place) => {
    const flipped = bytes.slice();
    flipped[(place >>> 3) % bytes.length]! ^= 1 << (place & 7);
    return flipped;
  },
  (_, other) => other,
);

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}
