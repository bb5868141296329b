import { describe, expect, it } from 'vitest';
import { sensesOf, SPLIT_NAMES } from './splits.ts';
import { LISTS, textsOf } from './texts.ts';

describe('splits of WordNet', () => {
  it('share no sense', () => {
    const ids = SPLIT_NAMES.flatMap(sensesOf).map(({ id }) => id);
    expect(ids).toHaveLength(13_000);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('lie one after the other in every list but the glosses, and leave no text empty', () => {
    for (const list of LISTS.filter((name) => name !== 'glosses')) {
      const { senses, textOf, splits } = textsOf(list);
      expect(senses.filter((sense) => textOf(sense).trim() === '')).toEqual([]);
      for (const split of SPLIT_NAMES) {
        const [start, end] = splits![split]!;
        const ids = sensesOf(split).map(({ id }) => id);
        expect(senses.slice(start, end).map(({ id }) => id)).toEqual(ids);
      }
    }
  });
});
