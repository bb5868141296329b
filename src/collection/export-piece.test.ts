import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { loadSearchModule } from '../vectors/index.ts';
import { readPiece } from './export-piece.ts';
import { PageBox } from './page-box.ts';
import type { DocumentRecord } from './schema.ts';
import { Table } from './table.ts';

// Node 20 has relaxed SIMD behind a flag only.
const kernels = await loadSearchModule('simd128', false, (url) => readFile(url));

/** A table of width 1 whose rows hold their document's number, and its documents. */
async function filled(rows: readonly number[], removed: ReadonlySet<number>, text = 'x') {
  const box = new PageBox();
  const table = new Table(kernels, 1, box.files());
  const records = new Map<string, DocumentRecord>();
  for (const [i, count] of rows.entries()) {
    const id = `d${i}`;
    table.append(id, new Float32Array(count).fill(i));
    const spans = Uint32Array.from({ length: 2 * count }, () => 0);
    records.set(id, { id, text, spans, stamp: 1 });
  }
  for (const i of removed) table.remove(`d${i}`);
  await box.keep(table);
  const read = (ids: readonly string[]) => Promise.resolve(ids.map((id) => records.get(id)));
  return { table, read };
}

async function* pieces({ table, read }: Awaited<ReturnType<typeof filled>>) {
  for (let row: number | undefined = 0; row !== undefined;) {
    const piece = await readPiece(table, row, read);
    if (!piece) throw new Error('Another generation is stored.');
    yield piece;
    row = piece.next;
  }
}

it('gives every document once, in the order of rows, with its own rows', async () => {
  const counts = fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 700 });
  await fc.assert(
    fc.asyncProperty(counts, fc.array(fc.nat(700)), async (rows, gone) => {
      const removed = new Set(gone.filter((i) => i < rows.length));
      const expected = rows.flatMap((count, i) => (removed.has(i) ? [] : [{ i, count }]));
      const ids: string[] = [];
      const values: number[] = [];
      for await (const { documents, vectors } of pieces(await filled(rows, removed))) {
        expect(documents.length).toBeLessThanOrEqual(256);
        ids.push(...documents.map(({ document }) => document.id));
        values.push(...vectors);
      }
      expect(ids).toEqual(expected.map(({ i }) => `d${i}`));
      expect(values).toEqual(expected.flatMap(({ i, count }) => Array<number>(count).fill(i)));
    }),
    { numRuns: 25 },
  );
});

it('takes few long documents at once', async () => {
  const long = await filled(Array<number>(80).fill(1), new Set(), 'x'.repeat(1024 * 1024));
  const sizes: number[] = [];
  for await (const { documents } of pieces(long)) sizes.push(documents.length);
  expect(sizes).toEqual([16, 16, 16, 16, 16]);
});

it('gives nothing of another generation, and says what is damaged', async () => {
  const { table } = await filled([1, 1], new Set());
  expect(await readPiece(table, 0, () => Promise.resolve(undefined))).toBeUndefined();
  const missing = readPiece(table, 0, (ids) => Promise.resolve(ids.map(() => undefined)));
  await expect(missing).rejects.toMatchObject({ code: 'storage' });
});
