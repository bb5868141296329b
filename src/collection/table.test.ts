import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CHUNK_ROWS, Table, type Chunk, type TableWrites } from './table.ts';

/** What the storage does with writes. */
class Disk {
  readonly vectors = new Map<number, Float32Array<ArrayBuffer>>();
  readonly owners = new Map<number, (string | null)[]>();
  rowsWritten = 0;

  write({ dropped, vectors, owners }: TableWrites): void {
    for (const first of dropped) {
      this.vectors.delete(first);
      this.owners.delete(first);
    }
    for (const chunk of vectors) {
      this.vectors.set(chunk.first, chunk.vectors);
      this.rowsWritten += chunk.vectors.length;
    }
    for (const chunk of owners) this.owners.set(chunk.first, chunk.owners);
  }

  read(): Table {
    const table = new Table(1);
    for (const first of [...this.vectors.keys()].sort((a, b) => a - b))
      table.load(this.chunk(first));
    return table;
  }

  private chunk(first: number): Chunk {
    const vectors = this.vectors.get(first) ?? new Float32Array();
    return { first, vectors, owners: this.owners.get(first) ?? [] };
  }
}

/** Every row of a document holds the same number, so that its rows tell whose they are. */
function contents(table: Table, ids: Iterable<string>): Record<string, number[]> {
  const rows: Record<string, number[]> = {};
  for (const id of ids) {
    const place = table.place(id);
    if (place) rows[id] = [...table.index.slice(place.first, place.first + place.count)];
  }
  return rows;
}

const step = fc.record({
  kind: fc.constantFrom('put', 'put', 'remove', 'write', 'reload', 'compact'),
  id: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
  rows: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 400, max: 2500 })),
});

it('equals its disk after any steps, each chunk within its size', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
      let disk = new Disk();
      let table = new Table(1);
      const model = new Map<string, number[]>();
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
        if (kind === 'compact') {
          table = table.compacted();
          expect(table.index.rows).toBe(table.index.live);
          disk = new Disk();
        }
        if (kind !== 'put' && kind !== 'remove') disk.write(table.takeWrites());
        if (kind === 'reload') table = disk.read();
      }
      disk.write(table.takeWrites());
      const stored = disk.read();
      expect(contents(stored, model.keys())).toEqual(Object.fromEntries(model));
      expect(stored.documents).toBe(model.size);
      expect(stored.index.live).toBe([...model.values()].flat().length);
      for (const vectors of disk.vectors.values()) {
        expect(vectors.length).toBeLessThanOrEqual(CHUNK_ROWS);
      }
    }),
    { numRuns: 200 },
  );
});

it('writes each row about ten times at most when rows come one by one', () => {
  const disk = new Disk();
  const table = new Table(1);
  const rows = 4 * CHUNK_ROWS;
  for (let i = 0; i < rows; i++) {
    table.append(`d${i}`, Float32Array.of(i));
    disk.write(table.takeWrites());
  }
  expect(disk.rowsWritten / rows).toBeLessThan(11);
  expect(disk.vectors.size).toBeLessThan(4 + 11);
});

it('writes no vectors when documents are only removed', () => {
  const table = new Table(1);
  table.append('a', new Float32Array(1500));
  table.append('b', new Float32Array(10));
  table.takeWrites();
  table.remove('b');
  const writes = table.takeWrites();
  expect(writes.vectors).toEqual([]);
  expect(writes.owners.map(({ first }) => first)).toEqual([1024]);
  expect(table.isWasteful).toBe(false);
  table.remove('a');
  expect(table.isWasteful).toBe(true);
});

it('refuses a chunk that is out of place, of another size or not finite', () => {
  const table = new Table(2);
  const damaged: unknown = expect.objectContaining({ code: 'storage' });
  const vectors = new Float32Array(2);
  expect(() => table.load({ first: 1, owners: ['a'], vectors })).toThrow(damaged);
  expect(() => table.load({ first: 0, owners: ['a', 'b'], vectors })).toThrow(damaged);
  vectors[1] = Number.NaN;
  expect(() => table.load({ first: 0, owners: ['a'], vectors })).toThrow(damaged);
});
