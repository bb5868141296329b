import { describe, expect, it } from 'vitest';
import { chooseThreads } from './threads.ts';

describe('chooseThreads', () => {
  it.each([
    [1, 1],
    [2, 2],
    [4, 4],
    [6, 4],
    [8, 4],
    [12, 6],
    [64, 8],
    [0, 1],
    [Number.NaN, 1],
  ])('of %d cores takes %d threads', (cores, threads) => {
    expect(chooseThreads({ cores, isolated: true })).toBe(threads);
  });

  it('has one thread without isolation, whatever was asked for', () => {
    expect(chooseThreads({ cores: 16, isolated: false })).toBe(1);
    expect(chooseThreads({ cores: 16, isolated: false }, 4)).toBe(1);
  });

  it('takes what was asked for, within reason', () => {
    expect(chooseThreads({ cores: 2, isolated: true }, 3)).toBe(3);
    for (const wanted of [0, -1, 1.5, 65, Number.NaN, Infinity]) {
      expect(() => chooseThreads({ cores: 2, isolated: true }, wanted)).toThrow(
        expect.objectContaining({
          code: 'bad-input',
          message: expect.stringContaining(String(wanted)) as string,
        }) as Error,
      );
    }
  });
});
