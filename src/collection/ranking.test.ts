import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rankDocuments, toHit } from './ranking.ts';
import type { DocumentRecord } from './schema.ts';
import { Table } from './table.ts';

/** Width 1 and query 1: a row's value is its score. */
const QUERY = Float32Array.of(1);

describe('rankDocuments', () => {
  const score = fc.integer({ min: -20, max: 20 });
  const passages = fc.array(score, { minLength: 1, maxLength: 60 });

  it('gives each document once, by its best passage, as sorting everything does', () => {
    const corpus = fc.array(passages, { maxLength: 12 });
    const limits = fc.integer({ min: 1, max: 15 });
    fc.assert(
      fc.property(corpus, limits, fc.option(score, { nil: undefined }), (documents, limit, min) => {
        const table = new Table(1);
        for (const [i, scores] of documents.entries()) {
          table.append(`d${i}`, Float32Array.from(scores));
        }
        const wanted = documents
          .map((scores, i) => ({ id: `d${i}`, score: Math.max(...scores), scores }))
          .filter((document) => document.score >= (min ?? Number.NEGATIVE_INFINITY))
          .sort((a, b) => b.score - a.score)
          .slice(0, limit)
          .map(({ id, score, scores }) => ({ id, score, passage: scores.indexOf(score) }));
        expect(rankDocuments(table, QUERY, limit, min)).toEqual(wanted);
      }),
      { numRuns: 300 },
    );
  });

  it('looks past a document that fills all the first places', () => {
    const table = new Table(1);
    table.append('long', new Float32Array(5000).fill(0.9));
    table.append('short', Float32Array.of(0.1));
    const found = rankDocuments(table, QUERY, 2).map(({ id }) => id);
    expect(found).toEqual(['long', 'short']);
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
