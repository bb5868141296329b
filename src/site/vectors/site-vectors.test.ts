import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { StructuredVectors } from '../../../bench/search/vectors.ts';
import type { NearfieldError } from '../../contract/index.ts';
import { Shelf, SiteWriter, type SiteFile } from '../files/index.ts';
import { MemorySite, type Changed, type Damage } from '../memory-site.ts';
import { TextReader } from '../text-reader.ts';
import { writeText } from '../text-writer.ts';
import { SiteVectors } from './site-vectors.ts';
import { writeVectors } from './write.ts';

const WIDTH = 64;
const ROWS = 3000;
const QUESTIONS = 60;

const vectors = new StructuredVectors(WIDTH, ROWS, 300);
const rows = vectors.rows(0, ROWS);
const written = await siteOf(rows);

const FEW = 90;
const SMALL = { rowsPerSector: 40, rowsPerCell: 20, groupRows: 4 };
const few = await siteOf(rows.subarray(0, FEW * WIDTH), SMALL);

const ALL = { scan: Infinity, groups: Infinity, rest: Infinity };

async function siteOf(
  rows: Float32Array,
  options?: Parameters<typeof writeVectors>[3],
): Promise<MemorySite> {
  const writer = new SiteWriter();
  await writeVectors(writer, rows, WIDTH, options);
  return new MemorySite(await writer.finish());
}

function open(site: MemorySite, changed?: Changed): Promise<SiteVectors> {
  return SiteVectors.open(site.shelf(changed));
}

function product(query: Float32Array, data: Float32Array, row: number): number {
  return query.reduce((sum, value, i) => sum + value * data[row * query.length + i]!, 0);
}

function exact(query: Float32Array, count: number, k: number): number[] {
  const scores = Array.from({ length: count }, (_, row) => product(query, rows, row));
  return [...scores.keys()].sort((a, b) => scores[b]! - scores[a]!).slice(0, k);
}

/** Of the products of all rows. */
function statisticsOf(query: Float32Array): { mean: number; deviation: number } {
  const scores = Array.from({ length: ROWS }, (_, row) => product(query, rows, row));
  const mean = scores.reduce((a, b) => a + b, 0) / ROWS;
  const squares = scores.reduce((sum, score) => sum + (score - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / ROWS) };
}

async function recallOf(reader: SiteVectors, options = {}): Promise<number> {
  let hits = 0;
  for (let i = 0; i < QUESTIONS; i++) {
    const query = vectors.question(i);
    const found = await reader.search(query, 10, options);
    const wanted = exact(query, ROWS, 10);
    hits += wanted.filter((row) => found.rows.includes(row)).length;
  }
  return hits / QUESTIONS / 10;
}

describe('vectors of a site', () => {
  it('find what a search of all rows finds, and read a part of the files', async () => {
    const reader = await open(written);
    await reader.search(vectors.question(0), 10, { scan: 600, groups: 60 });
    const { bytes, files } = reader.traffic;
    const total = [...written.files.values()].reduce((sum, { length }) => sum + length, 0);
    expect(bytes).toBeLessThan(total / 3);
    expect(files).toBeLessThan(written.files.size / 3);
    expect(await recallOf(reader, { scan: 600, groups: 60 })).toBeGreaterThan(0.88);
    expect(await recallOf(reader, ALL)).toBeGreaterThan(0.98);
  });

  it('give each row once, with nearly its score, where all are asked for', async () => {
    const reader = await open(few);
    const query = vectors.question(1);
    const found = await reader.search(query, FEW + 5, ALL);
    expect([...found.rows].sort((a, b) => a - b)).toEqual([...Array(FEW).keys()]);
    for (const [i, row] of found.rows.entries()) {
      expect(Math.abs(found.scores[i]! - product(query, rows, row))).toBeLessThan(0.005);
    }
    expect([...found.scores]).toEqual([...found.scores].sort((a, b) => b - a));
    expect(found.missing).toEqual([]);
  });

  it('give the scores of all rows that were read, and what scores of the whole index are like', async () => {
    const reader = await open(written);
    for (let i = 0; i < 10; i++) {
      // With much in common, along which rows differ less.
      const query = vectors.question(i).map((value, j) => value + (j % 3 === 0 ? i / 10 : 0));
      const found = await reader.search(query, 5, { scan: 600, groups: 20 });
      const { scored } = found;
      expect(scored.rows.length).toBeGreaterThan(100);
      expect([...scored.rows]).toEqual([...new Set(scored.rows)].sort((a, b) => a - b));
      for (const [i, row] of scored.rows.entries()) {
        expect(Math.abs(scored.scores[i]! - product(query, rows, row))).toBeLessThan(0.1);
      }
      for (const [i, row] of found.rows.entries()) {
        expect(scored.scores[scored.rows.indexOf(row)]).toBe(found.scores[i]);
      }
      expect(Math.max(...scored.scores)).toBe(found.scores[0]);
      const { mean, deviation } = statisticsOf(query);
      expect(found.mean).toBeCloseTo(mean, 4);
      expect(Math.abs(found.deviation / deviation - 1)).toBeLessThan(0.15);
    }
  });

  it('leave out what a filter leaves out, and read more where that is much', async () => {
    const query = vectors.question(4);
    const limits = { scan: ROWS, groups: 20 };
    const accepts = (row: number): boolean => row % 8 === 3;
    const bits = Uint32Array.from({ length: ROWS / 32 + 1 }, () => 0x08080808);
    const reader = await open(written);
    const found = await reader.search(query, 20, { ...limits, filter: accepts });
    expect(await reader.search(query, 20, { ...limits, filter: bits })).toEqual(found);
    expect(found.rows).toHaveLength(20);
    expect(found.rows.every(accepts) && found.scored.rows.every(accepts)).toBe(true);
    const wanted = exact(query, ROWS, ROWS).filter(accepts).slice(0, 20);
    expect(wanted.filter((row) => found.rows.includes(row)).length).toBeGreaterThan(15);
    const groupsOf = async (filter: (row: number) => boolean): Promise<number> => {
      const site = new MemorySite({ site: written.site, files: filesOf(written) });
      await (await open(site)).search(query, 10, { ...limits, filter });
      return site.asked.filter((name) => name.includes('group')).length;
    };
    expect(await groupsOf(() => true)).toBeLessThanOrEqual(20);
    expect(await groupsOf(() => false)).toBe(80);
    const none = await reader.search(query, 5, { ...limits, filter: () => false });
    expect([none.rows.length, none.scored.rows.length]).toEqual([0, 0]);
  });

  it('are better for knowing what queries have in common', async () => {
    const shifted = Float32Array.from({ length: WIDTH }, (_, i) => (i % 2 ? 0.1 : -0.1));
    const queryOf = (i: number): Float32Array =>
      vectors.question(i).map((value, j) => value + 2 * shifted[j]!);
    const errorOf = async (reader: SiteVectors): Promise<number> => {
      let sum = 0;
      for (let i = 0; i < 5; i++) {
        const query = queryOf(i);
        const found = await reader.search(query, FEW, ALL);
        for (const [j, row] of found.rows.entries()) {
          sum += (found.scores[j]! - product(query, rows, row)) ** 2;
        }
      }
      return sum;
    };
    const data = rows.subarray(0, FEW * WIDTH);
    const told = await open(await siteOf(data, { queryMean: shifted }));
    const untold = await open(await siteOf(data));
    expect(await errorOf(told)).toBeLessThan(await errorOf(untold));
  });

  it.each([0, 1, 2, 9])('may be %i', async (count) => {
    const reader = await open(await siteOf(rows.subarray(0, count * WIDTH)));
    const { rows: found, scores } = await reader.search(vectors.question(2), 10);
    expect([...found].sort()).toEqual([...Array(count).keys()]);
    const exactly = [...found].map((row) => product(vectors.question(2), rows, row));
    for (const [i, score] of scores.entries()) expect(score).toBeCloseTo(exactly[i]!, 2);
  });

  it('may be the same vector many times', async () => {
    const row = rows.subarray(0, WIDTH);
    const same = Float32Array.from({ length: 400 * WIDTH }, (_, i) => row[i % WIDTH]!);
    const reader = await open(await siteOf(same));
    const found = await reader.search(row, 3, ALL);
    expect([...found.rows]).toEqual([0, 1, 2]);
    expect(found.scores[0]).toBeCloseTo(1, 3);
  });

  it('are the same bytes for the same rows, and have another name for others', async () => {
    const again = await siteOf(rows.subarray(0, FEW * WIDTH), SMALL);
    expect(again.site).toBe(few.site);
    expect(again.files).toEqual(few.files);
    const other = await siteOf(rows.subarray(WIDTH, (FEW + 1) * WIDTH), SMALL);
    expect(other.site).not.toBe(few.site);
  });

  it('are found again, however few they are or much alike', async () => {
    const axes = (i: number): number[] => Array.from({ length: 32 }, (_, j) => (j === i ? 1 : 0));
    const row = fc.oneof(
      fc.nat(31).map(axes),
      fc.nat(3).map((i) => [...vectors.rows(i, i + 1).subarray(0, 32)]),
      fc.constant(Array<number>(32).fill(0)),
      fc.array(fc.double({ min: -0.17, max: 0.17, noNaN: true }), { minLength: 32, maxLength: 32 }),
      fc.array(fc.double({ min: -1e-30, max: 1e-30, noNaN: true }), {
        minLength: 32,
        maxLength: 32,
      }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 40 }), fc.nat(31), async (given, axis) => {
        const writer = new SiteWriter();
        await writeVectors(writer, Float32Array.from(given.flat()), 32, SMALL);
        const reader = await open(new MemorySite(await writer.finish()));
        const query = Float32Array.from(axes(axis));
        const { rows, scores } = await reader.search(query, 50, ALL);
        expect([...rows].sort((a, b) => a - b)).toEqual([...given.keys()]);
        for (const [i, row] of rows.entries()) {
          expect(Math.abs(scores[i]! - given[row]![axis]!)).toBeLessThan(0.05);
        }
      }),
      { numRuns: 100 },
    );
  });

  it.each<[string, Float32Array, number, object?]>([
    ['a width that is no multiple of 32', new Float32Array(66), 33],
    ['half a row', new Float32Array(65), 32],
    ['no numbers', new Float32Array(64).fill(NaN), 32],
    ['no unit vectors', new Float32Array(64).fill(7), 32],
    ['a mean of another width', new Float32Array(64), 32, { queryMean: new Float32Array(31) }],
    [
      'a mean of no numbers',
      new Float32Array(64),
      32,
      { queryMean: new Float32Array(32).fill(NaN) },
    ],
    ['groups of no rows', new Float32Array(64), 32, { groupRows: 0 }],
    ['half a row for each cell', new Float32Array(64), 32, { rowsPerCell: 0.5 }],
    ['no words', new Float32Array(64), 32, { rowGroups: NaN }],
    ['codes of three bits', new Float32Array(64), 32, { longLevels: 8 }],
  ])('refuse %s', async (_, rows, width, options) => {
    await expect(writeVectors(new SiteWriter(), rows, width, options)).rejects.toMatchObject({
      code: 'bad-input',
    });
  });
});

describe('files of vectors', () => {
  const query = vectors.question(3);

  it('are fetched once, however many searches want them', async () => {
    const site = new MemorySite({ site: few.site, files: filesOf(few) });
    const reader = await open(site);
    const both = await Promise.all([reader.search(query, 5), reader.search(query, 5)]);
    expect(both[0]).toEqual(both[1]);
    expect(new Set(site.asked).size).toBe(site.asked.length);
    const { traffic } = reader;
    expect(traffic.files).toBe(site.asked.length);
    await reader.search(query, 5);
    expect(reader.traffic).toEqual(traffic);
  });

  it('that are missing are named, and asked for again', async () => {
    const changed = new Map<string, undefined>();
    for (const kind of ['sector', 'group', 'rest']) {
      const [name] = few.namesOf(kind);
      changed.set(name!, undefined);
      const reader = await open(few, changed);
      const partial = await reader.search(query, FEW, ALL);
      expect(partial.missing).toEqual([name]);
      expect(partial.rows.length < FEW).toBe(kind !== 'rest');
      changed.clear();
      const whole = await reader.search(query, FEW, ALL);
      expect(whole.rows).toHaveLength(FEW);
    }
    changed.set(few.namesOf('vectors')[0]!, undefined);
    const shelf = few.shelf(changed);
    await expect(SiteVectors.open(shelf)).rejects.toMatchObject({
      code: 'download-failed',
      message: expect.stringContaining(few.namesOf('vectors')[0]!) as string,
    });
    changed.clear();
    expect((await SiteVectors.open(shelf)).rows).toBe(FEW);
  });

  it('are named and not used when they are damaged, wherever that is', async () => {
    const names = [...few.files.keys()];
    const [head] = few.namesOf('vectors');
    const damage = fc.record<Damage>({
      kind: fc.constantFrom('cut', 'flipped', 'swapped'),
      at: fc.nat(),
    });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(head!, ...names), damage, async (name, how) => {
        const changed = new Map([[name, few.damaged(name, how)]]);
        try {
          const reader = await open(few, changed);
          const found = await reader.search(query, FEW, ALL);
          expect(found.missing).toEqual([name]);
          const without = await open(few, new Map([[name, undefined]]));
          expect(await without.search(query, FEW, ALL)).toEqual(found);
        } catch (error) {
          const { code } = error as NearfieldError;
          expect(code === 'incompatible-index' || (name === head && code === 'integrity')).toBe(
            true,
          );
        }
      }),
      { numRuns: 400 },
    );
  });

  it('of another version are refused', async () => {
    const [name] = few.namesOf('group');
    const other = few.files.get(name!)!.slice();
    new Uint32Array(other.buffer)[1]!++;
    const reader = await open(few, new Map([[name!, other]]));
    await expect(reader.search(query, 3, ALL)).rejects.toMatchObject({
      code: 'incompatible-index',
    });
  });

  it('are waited for until the signal fires', async () => {
    let give: () => void = vi.fn();
    const shelf = new Shelf(few.site, async (name) => {
      if (name.includes('sector')) await new Promise<void>((resolve) => (give = resolve));
      return few.read(name);
    });
    const fired = AbortSignal.abort();
    await expect(SiteVectors.open(shelf, fired)).rejects.toMatchObject({ code: 'aborted' });
    const reader = await SiteVectors.open(shelf);
    const one = { scan: 1 };
    const already = reader.search(query, 3, { ...one, signal: fired });
    await expect(already).rejects.toMatchObject({ code: 'aborted' });
    const controller = new AbortController();
    const waiting = reader.search(query, 3, { ...one, signal: controller.signal });
    const other = reader.search(query, 3, one);
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'aborted' });
    give();
    expect((await other).rows).toHaveLength(3);
  });

  it('lie on one shelf with those of texts', async () => {
    const passages = Array.from({ length: FEW }, (_, i) => ({
      url: `/${i}`,
      title: '',
      text: `word${i}`,
    }));
    const writer = new SiteWriter();
    const numbers = await writeText(writer, passages);
    await writeVectors(writer, rows.subarray(0, FEW * WIDTH), WIDTH);
    await expect(writeText(writer, passages)).rejects.toMatchObject({ code: 'bad-input' });
    const both = new MemorySite(await writer.finish(), numbers);
    const other = new SiteWriter();
    await writeVectors(other, rows.subarray(0, FEW * WIDTH), WIDTH);
    await writeText(other, passages);
    expect((await other.finish()).site).toBe(both.site);
    const shelf = both.shelf();
    const [texts, meanings] = [await TextReader.open(shelf), await SiteVectors.open(shelf)];
    expect((await texts.search('word7')).hits[0]!.id).toBe(numbers[7]);
    expect((await meanings.search(rows.subarray(0, WIDTH), 1)).rows[0]).toBe(0);
    expect(shelf.traffic.files).toBe(both.asked.length);
  });

  it.each<[string, Float32Array, number, object?]>([
    ['no results', query, 0],
    ['another width', query.subarray(1), 3],
    ['no number', query.map(() => NaN), 3],
    ['a limit that is none', query, 3, { scan: NaN }],
    ['a limit below 0', query, 3, { rest: -1 }],
  ])('are not asked for with %s', async (_, wrong, k, options) => {
    const reader = await open(few);
    const { files } = reader.traffic;
    await expect(reader.search(wrong, k, options)).rejects.toMatchObject({ code: 'bad-input' });
    expect(reader.traffic.files).toBe(files);
  });
});

function filesOf({ files }: MemorySite): SiteFile[] {
  return Array.from(files, ([name, bytes]) => ({ name, bytes }));
}
