import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadSearchModule, type Shape } from '../vectors/index.ts';
import { PageBox } from './page-box.ts';
import type { Edition } from './row-files.ts';
import { Table } from './table.ts';

// Node 20 has relaxed SIMD behind a flag only.
const kernels = await loadSearchModule('simd128', false, (url) => readFile(url));

interface Committed {
  box: PageBox;
  shape?: Shape;
  edition?: Edition | undefined;
}

async function commit(table: Table, { box }: Committed): Promise<Committed> {
  await box.keep(table);
  return { box, shape: table.index.shape, edition: table.files.edition };
}

function reload({ box, shape, edition }: Committed, width = 1): Promise<Table> {
  const segments = [...box.segments.values()].sort((a, b) => a.first - b.first);
  const empty = new Table(kernels, width, box.files()).index.shape;
  return Table.load(kernels, width, box.files(edition), shape ?? empty, segments);
}

/** Every row of a document holds the same number, so that its rows tell whose they are. */
async function contents(table: Table, ids: Iterable<string>): Promise<Record<string, number[]>> {
  const rows: Record<string, number[]> = {};
  for (const id of ids) {
    const place = table.place(id);
    if (place) rows[id] = [...(await table.vectorsOf(place))];
  }
  return rows;
}

const step = fc.record({
  kind: fc.constantFrom('put', 'put', 'put', 'remove', 'commit', 'die', 'compact'),
  id: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
  rows: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 400, max: 2500 })),
});

it('is after any steps what was committed last, and what came since while it lives', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      let disk: Committed = { box: new PageBox() };
      let table = await reload(disk);
      let stored = new Map<string, number[]>();
      let model = new Map<string, number[]>();
      let value = 0;
      for (const { kind, id, rows } of steps) {
        if (kind === 'put' || kind === 'remove') {
          expect(table.remove(id)).toBe(model.has(id));
          model.delete(id);
        }
        if (kind === 'put') {
          const row = new Array<number>(rows).fill(++value);
          model.set(id, row);
          table.append(id, Float32Array.from(row));
        }
        if (kind === 'commit' || kind === 'compact') {
          disk = await commit(table, disk);
          stored = new Map(model);
        }
        if (kind === 'compact') {
          const box = new PageBox();
          table = await table.compacted(kernels, box.files());
          expect(table.index.rows).toBe(table.index.live);
          disk = await commit(table, { box });
        }
        if (kind === 'die') {
          // The rows reached the files, their commit did not come.
          await table.takeWrites();
          table = await reload(disk);
          model = new Map(stored);
        }
        expect(table.documents).toBe(model.size);
        expect(table.index.live).toBe([...model.values()].flat().length);
      }
      const read = await reload(disk);
      expect(await contents(read, stored.keys())).toEqual(Object.fromEntries(stored));
      expect(read.documents).toBe(stored.size);
      for (let row = 0; row < read.index.rows; row++) {
        const owner = read.owner(row);
        expect(owner === null || stored.has(owner)).toBe(true);
      }
    }),
    { numRuns: 150 },
  );
});

describe('what is written', () => {
  it('is the rows and one segment when a few are added to many', async () => {
    const disk: Committed = { box: new PageBox() };
    const table = await reload(disk);
    table.append('many', new Float32Array(100_000).fill(1));
    await commit(table, disk);
    table.append('few', new Float32Array(3).fill(1));
    const { segments, pages } = await table.takeWrites();
    expect(segments.map(({ first, owners }) => [first, owners.length])).toEqual([[99_328, 675]]);
    expect(pages.length).toBeLessThanOrEqual(3);
  });

  it('is owners alone when documents are only removed', async () => {
    const disk: Committed = { box: new PageBox() };
    const table = await reload(disk);
    table.append('a', new Float32Array(1500));
    table.append('b', new Float32Array(10));
    await commit(table, disk);
    table.remove('b');
    const { segments, pages } = await table.takeWrites();
    expect(segments.map(({ first }) => first)).toEqual([1024]);
    expect(pages).toEqual([]);
    expect(table.isWasteful).toBe(false);
    table.remove('a');
    expect(table.isWasteful).toBe(true);
  });
});

it('reads any rows, near and far', async () => {
  const disk: Committed = { box: new PageBox() };
  const table = await reload(disk, 100);
  const values = Float32Array.from({ length: 5000 * 100 }, (_, i) => Math.sin(i));
  table.append('a', values);
  await commit(table, disk);
  const query = Float32Array.from({ length: 100 }, () => 1);
  const numbers = fc.uniqueArray(fc.nat(4999), { minLength: 1, maxLength: 300 });
  await fc.assert(
    fc.asyncProperty(numbers, async (unsorted) => {
      const rows = Uint32Array.from(unsorted).sort();
      const scores = await table.index.scores(query, rows);
      for (const [i, row] of rows.entries()) {
        const wanted = values.subarray(row * 100, row * 100 + 100).reduce((sum, v) => sum + v, 0);
        expect(scores[i]).toBeCloseTo(wanted, 3);
      }
    }),
    { numRuns: 50 },
  );
});

it('learns its mean over many visits', async () => {
  let disk: Committed = { box: new PageBox() };
  for (let visit = 0; visit < 4; visit++) {
    const table = await reload(disk, 2);
    const rows = Array.from({ length: 300 }, (_, i) => [1, Math.sin(i) / 10]);
    table.append(`visit${visit}`, Float32Array.from(rows.flat()));
    disk = await commit(table, disk);
  }
  const { frames } = disk.shape!;
  expect(frames).toHaveLength(2);
  expect(frames[1]!.mean[0]).toBeCloseTo(1, 5);
});

describe('what is damaged', () => {
  async function stored(): Promise<Committed> {
    const disk: Committed = { box: new PageBox() };
    const table = await reload(disk, 2);
    table.append(
      'a',
      Float32Array.from({ length: 4000 }, (_, i) => Math.sin(i)),
    );
    return commit(table, disk);
  }

  it('is found by the checksum of its segment', async () => {
    const disk = await stored();
    disk.box.spoil(`${disk.edition!.id}.codes`, 300_000 % (256 * 1024));
    await expect(reload(disk, 2)).rejects.toMatchObject({ code: 'integrity' });
  });

  it('is found where owners and rows differ, or rows are missing', async () => {
    const short = await stored();
    short.box.segments.delete(1024);
    await expect(reload(short, 2)).rejects.toMatchObject({ code: 'storage' });
    const long = await stored();
    long.box.segments.get(1024)!.owners.push('b');
    await expect(reload(long, 2)).rejects.toMatchObject({ code: 'storage' });
    const absent = await stored();
    absent.edition = { id: 'other', disk: 'pages' };
    await expect(reload(absent, 2)).rejects.toMatchObject({ code: 'storage' });
  });

  it('is a shape that no index has', async () => {
    const disk = await stored();
    const [frame] = disk.shape!.frames;
    const wrong = [
      { frames: [] },
      { frames: [{ ...frame!, start: 5 }] },
      { frames: [{ ...frame!, radius: Number.NaN }] },
      { sums: { ...disk.shape!.sums, windowRows: -1 } },
      { sums: { ...disk.shape!.sums, total: new Float64Array(3) } },
    ];
    for (const change of wrong) {
      const shape = { ...disk.shape!, ...change };
      await expect(reload({ ...disk, shape }, 2)).rejects.toMatchObject({ code: 'integrity' });
    }
  });
});
