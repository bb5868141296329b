import { describe, expect, it } from 'vitest';
import { toHit } from './hits.ts';
import type { DocumentRecord } from './schema.ts';

const record: DocumentRecord = {
  id: 'a',
  text: 'one two',
  spans: Uint32Array.of(0, 3, 4, 7),
  stamp: 5,
};
const place = { first: 10, count: 2 };

function finding(mode: 'vector' | 'lexical' | 'hybrid') {
  return { mode, forms: new Map([['two', 1]]), explain: () => ({ mode }) };
}

describe('toHit', () => {
  it('gives the passage, a score within bounds, and nothing of the record besides', () => {
    const found = { row: 11, score: 1.0000001, similarity: 1.0000001 };
    expect(toHit({ id: 'a', rows: [found] }, record, place, finding('vector'), false)).toEqual({
      id: 'a',
      text: 'one two',
      score: 1,
      similarity: 1,
      passage: { text: 'two', start: 4, end: 7 },
      snippet: { text: 'two', marks: [[0, 3]] },
      via: 'vector',
    });
  });

  it('says what found it, how, and what else of the document was found', () => {
    const rows = [
      { row: 11, score: 12.5, similarity: 0.4, bm25: 3 },
      { row: 10, score: 2, similarity: 0.3, bm25: 0 },
    ] as const;
    const hit = toHit({ id: 'a', rows }, record, place, finding('hybrid'), true);
    expect(hit).toMatchObject({ score: 12.5, via: 'both', explanation: { mode: 'hybrid' } });
    expect(hit.more).toEqual([
      {
        score: 2,
        similarity: 0.3,
        passage: { text: 'one', start: 0, end: 3 },
        snippet: { text: 'one', marks: [] },
        explanation: { mode: 'hybrid' },
      },
    ]);
    const byMeaning = { id: 'a', rows: [rows[1]] } as const;
    expect(toHit(byMeaning, record, place, finding('hybrid'), false).via).toBe('vector');
    expect(toHit(byMeaning, record, place, finding('lexical'), false).via).toBe('lexical');
  });

  it('says that a record is damaged', () => {
    const beyond = { id: 'a', rows: [{ row: 12, score: 1 }] } as const;
    const damaged: unknown = expect.objectContaining({ code: 'storage' });
    expect(() => toHit(beyond, record, place, finding('vector'), false)).toThrow(damaged);
  });
});
