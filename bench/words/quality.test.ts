import { describe, expect, it } from 'vitest';
import { GOLDEN_SENSES, headOf, readGolden } from './golden.ts';
import { measure, qualityOf } from './quality.ts';
import { articleTasks, senseTasks, type Task } from './tasks.ts';

const [revDocuments, revQueries, exDocuments, exQueries] = readGolden(4) as [
  Float32Array,
  Float32Array,
  Float32Array,
  Float32Array,
];
const [rev, ex] = senseTasks('test');
const articles = articleTasks('test').filter(({ name }) => name !== 'articles-own');

const TASKS: readonly Task[] = [
  headOf({ ...rev!, documentVectors: revDocuments, queryVectors: revQueries }),
  headOf({ ...ex!, documentVectors: exDocuments, queryVectors: exQueries }),
  ...articles,
];

describe('fusion', () => {
  it.each(TASKS)('on $name is as good as the better side, or better', async (task) => {
    const { meaning, words, fused } = await measure(task);
    const better = Math.max(meaning['nDCG@10'], words['nDCG@10']);
    expect(fused['nDCG@10']).toBeGreaterThanOrEqual(better - 0.01);
    // Neither side is there for show.
    expect(meaning['nDCG@10']).toBeGreaterThan(0.4);
    expect(words['nDCG@10']).toBeGreaterThan(0.05);
  });

  it('gains where both sides know something, and beats ranks where one side knows little', async () => {
    const [rev, ex, , articles] = await Promise.all(TASKS.map(measure));
    const better = Math.max(ex!.meaning['nDCG@10'], ex!.words['nDCG@10']);
    expect(ex!.fused['nDCG@10']).toBeGreaterThan(better);
    expect(TASKS[1]!.queries).toHaveLength(GOLDEN_SENSES);
    for (const { fused, ...others } of [rev!, articles!]) {
      expect(fused['nDCG@10']).toBeGreaterThan(others['fused by ranks']['nDCG@10'] + 0.03);
    }
  });
});

describe('qualityOf', () => {
  it('discounts by rank and compares with the best there could be', () => {
    const relevant = new Set([7, 8]);
    expect(qualityOf([7, 8, 1], relevant)).toEqual({ 'nDCG@10': 1, 'recall@1': 1, 'recall@10': 1 });
    const second = 1 / Math.log2(3);
    expect(qualityOf([1, 8], relevant)).toEqual({
      'nDCG@10': second / (1 + second),
      'recall@1': 0,
      'recall@10': 0.5,
    });
    expect(qualityOf([], relevant)['nDCG@10']).toBe(0);
  });
});
