import { describe, expect, it } from 'vitest';
import { checkDimensions, cutRows } from './width.ts';

function badInput(message: RegExp): Error {
  return expect.objectContaining({
    code: 'bad-input',
    message: expect.stringMatching(message) as string,
  }) as Error;
}

describe('checkDimensions', () => {
  const matryoshka = { id: 'm', dimensions: 64, minDimensions: 32 };
  const fixed = { id: 'f', dimensions: 64, minDimensions: 64 };

  it('gives the full width, or one that the model was trained for', () => {
    expect(checkDimensions(matryoshka, undefined)).toBe(64);
    expect(checkDimensions(matryoshka, 32)).toBe(32);
    expect(checkDimensions(fixed, 64)).toBe(64);
  });

  it.each([31, 65, 0, -1, 32.5, Number.NaN, '32'])('refuses %j', (wanted) => {
    const expected = badInput(/dimensions: expected 32 to 64; got /);
    expect(() => checkDimensions(matryoshka, wanted as number)).toThrow(expected);
  });

  it('cuts no vectors of a model that was not trained for it', () => {
    expect(() => checkDimensions(fixed, 32)).toThrow(badInput(/expected 64, as f was not trained/));
  });
});

describe('cutRows', () => {
  it('keeps the first values of each row, at length 1', () => {
    const rows = Float32Array.of(3, 4, 12, 0, -2, 1);
    expect([...cutRows(rows, 3, 2)]).toEqual([0.6, 0.8, 0, -1].map(Math.fround));
  });

  it('refuses a row of which nothing is left', () => {
    expect(() => cutRows(Float32Array.of(1, 0, 0, 1), 2, 1)).toThrow(
      expect.objectContaining({ code: 'bad-vector', index: 1 }),
    );
  });
});
