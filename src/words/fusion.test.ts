import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fuse, type DenseScores, type LexicalScores } from './fusion.ts';
import { LexicalIndex } from './lexical-index.ts';
import { TopK } from '../vectors/top-k.ts';

type Top = LexicalScores['top'];

function topOf(scores: readonly number[], least: number): Top {
  return (limit, filter) => {
    const best = new TopK(Math.min(limit, scores.length));
    for (const [row, score] of scores.entries()) {
      const passes = !filter || (filter[row >>> 5]! & (1 << (row & 31))) !== 0;
      if (passes && score > least) best.offer(Math.fround(score), row);
    }
    return best.drain();
  };
}

function dense(scores: readonly number[]): DenseScores {
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  const squares = scores.reduce((sum, score) => sum + (score - mean) ** 2, 0);
  return {
    mean,
    deviation: Math.sqrt(squares / scores.length),
    top: topOf(scores, -Infinity),
    of: (rows) => Float32Array.from(rows, (row) => scores[row]!),
  };
}

function lexical(scores: readonly number[]): LexicalScores {
  return {
    top: topOf(scores, 0),
    of: (rows) => Float32Array.from(rows, (row) => scores[row]!),
    coverageOf: (rows) => Float32Array.from(rows, (row) => scores[row]! / 20),
  };
}

const score = fc.double({ min: 0, max: 20, noNaN: true });
const both = fc.array(fc.tuple(fc.double({ min: -1, max: 1, noNaN: true }), score), {
  minLength: 1,
  maxLength: 60,
});

describe('fuse', () => {
  it('ranks all rows by the sum where all are candidates, within the filter', async () => {
    await fc.assert(
      fc.asyncProperty(
        both,
        fc.integer({ min: 1, max: 70 }),
        fc.option(fc.integer()),
        async (rows, limit, bits) => {
          const byMeaning = dense(rows.map(([cosine]) => cosine));
          const filter = bits === null ? undefined : Uint32Array.of(bits, ~bits);
          const byWords = lexical(rows.map(([, words]) => words));
          const got = await fuse(byMeaning, byWords, { limit, filter });
          const { mean, deviation } = byMeaning;
          const expected = rows
            .map(([cosine, words], row) => ({
              row,
              score:
                (deviation > 0 ? (Math.fround(cosine) - mean) / deviation : 0) +
                Math.min(0.25 * words, 160 * (words / 20) ** 2),
            }))
            .filter(({ row }) => !filter || (filter[row >>> 5]! & (1 << (row & 31))) !== 0)
            .sort((a, b) => b.score - a.score)
            .slice(0, limit);
          expect(got).toHaveLength(expected.length);
          for (const [i, { row, score, words, dense }] of got.entries()) {
            expect(score).toBeCloseTo(expected[i]!.score, 3);
            expect(words).toBe(Math.fround(rows[row]![1]));
            expect(dense).toBe(Math.fround(rows[row]![0]));
          }
        },
      ),
    );
  });

  it('finds rows that only one side has among its candidates, with the scores of both', async () => {
    const meaning = dense([0.9, 0.1, 0.2, 0.3]);
    const words = lexical([0, 12, 0, 0]);
    const got = await fuse(meaning, words, { limit: 4, candidates: 1 });
    expect(got.map(({ row }) => row).sort()).toEqual([0, 1]);
    expect(got.find(({ row }) => row === 1)).toMatchObject({ words: 12, dense: Math.fround(0.1) });
  });

  it('by ranks is reciprocal rank fusion', async () => {
    const got = await fuse(dense([0.9, 0.8, 0.7]), lexical([0, 2, 3]), { limit: 3, by: 'ranks' });
    expect(got.map(({ row }) => row)).toEqual([2, 1, 0]);
    expect(got[0]!.score).toBeCloseTo(1 / 61 + 1 / 63, 6);
    expect(got[2]!.score).toBeCloseTo(1 / 61, 6);
  });

  it('is by words alone where all rows are alike by meaning, and gives nothing of nothing', async () => {
    const rows = await fuse(dense([0.5, 0.5, 0.5]), lexical([1, 3, 2]), { limit: 2 });
    expect(rows.map(({ row }) => row)).toEqual([1, 2]);
    const none: DenseScores = { ...dense([0]), top: () => new TopK(0).drain() };
    expect(await fuse(none, new LexicalIndex().search('word'), { limit: 5 })).toEqual([]);
  });
});
