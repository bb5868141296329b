import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadSearchModule } from '../vectors/index.ts';
import { PageBox } from './page-box.ts';
import { rankDocuments, type FoundRows } from './ranking.ts';
import { Table } from './table.ts';

// Node 20 has relaxed SIMD behind a flag only.
const kernels = await loadSearchModule('simd128', false, (url) => readFile(url));

/** Width 1 and query 1: a row's value is its score. */
const QUERY = Float32Array.of(1);

function byMeaning(table: Table, minScore?: number): (count: number) => Promise<FoundRows> {
  return async (count) => {
    const options = minScore === undefined ? {} : { minScore };
    const { rows, scores } = await table.index.search(QUERY, count, options);
    const found = Array.from(rows, (row, i) => ({ row, score: scores[i]! }));
    return { rows: found, isAll: found.length < count };
  };
}

describe('rankDocuments', () => {
  const score = fc.integer({ min: -20, max: 20 });
  const passages = fc.array(score, { minLength: 1, maxLength: 60 });

  it('gives each document once, by its best passage, as sorting everything does', async () => {
    const corpus = fc.array(passages, { maxLength: 12 });
    const limits = fc.integer({ min: 1, max: 15 });
    const least = fc.option(score, { nil: undefined });
    await fc.assert(
      fc.asyncProperty(corpus, limits, least, async (documents, limit, min) => {
        const box = new PageBox();
        const table = new Table(kernels, 1, box.files());
        for (const [i, scores] of documents.entries()) {
          table.append(`d${i}`, Float32Array.from(scores));
        }
        await box.keep(table);
        const wanted = documents
          .map((scores, i) => ({ id: `d${i}`, score: Math.max(...scores), scores }))
          .filter((document) => document.score >= (min ?? Number.NEGATIVE_INFINITY))
          .sort((a, b) => b.score - a.score)
          .slice(0, limit)
          .map(({ id, score, scores }) => ({ id, score, passage: scores.indexOf(score) }));
        const found = await rankDocuments(table, byMeaning(table, min), {
          limit,
          passages: 1,
          documents: () => 99,
        });
        expect(
          found.map(({ id, rows: [{ row, score }] }) => {
            return { id, score, passage: row - table.place(id)!.first };
          }),
        ).toEqual(wanted);
      }),
      { numRuns: 300 },
    );
  });

  it('looks past a document that fills all the first places', async () => {
    const box = new PageBox();
    const table = new Table(kernels, 1, box.files());
    table.append('long', new Float32Array(5000).fill(0.9));
    table.append('short', Float32Array.of(0.1));
    await box.keep(table);
    const found = await rankDocuments(table, byMeaning(table), {
      limit: 2,
      passages: 1,
      documents: () => 99,
    });
    expect(found.map(({ id }) => id)).toEqual(['long', 'short']);
  });

  it('gives the best rows of each document, as many as are wanted', async () => {
    const box = new PageBox();
    const table = new Table(kernels, 1, box.files());
    table.append('a', Float32Array.of(5, 9, 7));
    table.append('b', Float32Array.of(8, 6));
    await box.keep(table);
    const found = await rankDocuments(table, byMeaning(table), {
      limit: 2,
      passages: 2,
      documents: () => 99,
    });
    expect(found.map(({ id, rows }) => [id, ...rows.map(({ score }) => score)])).toEqual([
      ['a', 9, 7],
      ['b', 8, 6],
    ]);
  });

  it('leaves out documents that are nearly a better one, and looks further for others', async () => {
    const box = new PageBox();
    const table = new Table(kernels, 2, box.files());
    const turned = (angle: number): number[] => [Math.cos(angle), Math.sin(angle)];
    for (let i = 0; i < 40; i++) table.append(`same${i}`, Float32Array.from(turned(0.001 * i)));
    table.append('other', Float32Array.from(turned(1)));
    await box.keep(table);
    const query = Float32Array.of(1, 0);
    const find = async (count: number): Promise<FoundRows> => {
      const { rows, scores } = await table.index.search(query, count);
      const found = Array.from(rows, (row, i) => ({ row, score: scores[i]! }));
      return { rows: found, isAll: found.length < count };
    };
    const options = { limit: 2, passages: 1, documents: () => 99, distinct: 0.97 };
    const found = await rankDocuments(table, find, options);
    expect(found.map(({ id }) => id)).toEqual(['same0', 'other']);
  });

  it('asks for no more rows once every document is found', async () => {
    const box = new PageBox();
    const table = new Table(kernels, 1, box.files());
    table.append(
      'book',
      Float32Array.from({ length: 5000 }, (_, i) => i),
    );
    await box.keep(table);
    const asked: number[] = [];
    const find = byMeaning(table);
    const found = await rankDocuments(
      table,
      (count) => {
        asked.push(count);
        return find(count);
      },
      { limit: 10, passages: 1, documents: () => 1 },
    );
    expect(found.map(({ id }) => id)).toEqual(['book']);
    expect(asked).toEqual([40]);
  });
});
