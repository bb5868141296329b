import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadSearchModule } from '../vectors/index.ts';
import { PageBox } from './page-box.ts';
import { rankDocuments, toHit } from './ranking.ts';
import type { DocumentRecord } from './schema.ts';
import { Table } from './table.ts';

// Node 20 has relaxed SIMD behind a flag only.
const kernels = await loadSearchModule('simd128', false, (url) => readFile(url));

/** Width 1 and query 1: a row's value is its score. */
const QUERY = Float32Array.of(1);

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
        expect(await rankDocuments(table, QUERY, limit, min)).toEqual(wanted);
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
    const found = await rankDocuments(table, QUERY, 2);
    expect(found.map(({ id }) => id)).toEqual(['long', 'short']);
  });
});

describe('toHit', () => {
  const record: DocumentRecord = {
    id: 'a',
    text: 'one two',
    spans: Uint32Array.of(0, 3, 4, 7),
    stamp: 5,
  };

  it('gives the passage, a score within bounds, and nothing of the record besides', () => {
    expect(toHit({ id: 'a', score: 1.0000001, passage: 1 }, record)).toEqual({
      id: 'a',
      text: 'one two',
      score: 1,
      passage: { text: 'two', start: 4, end: 7 },
      via: 'vector',
    });
  });

  it('says that a record is damaged', () => {
    const damaged: unknown = expect.objectContaining({ code: 'storage' });
    expect(() => toHit({ id: 'a', score: 1, passage: 2 }, record)).toThrow(damaged);
    expect(() => toHit({ id: 'a', score: 1, passage: 0 }, undefined)).toThrow(damaged);
  });
});
