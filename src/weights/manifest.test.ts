import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { own, parseManifest } from './manifest.ts';

const hash = 'a'.repeat(64);
const sound = {
  revision: '2',
  pooling: 'last',
  prompts: { query: 'q: ', document: '' },
  defaultTask: 'find',
  dimensions: 64,
  matryoshka: { min: 32 },
  maxTokens: 1024,
  sha256: { 'onnx/model.onnx': hash },
  selfTest: { text: 'hello', vector: [0.6, 0.8], minCosine: 0.99 },
};

describe('parseManifest', () => {
  it('takes a sound one, any part of it, and none at all', () => {
    expect(parseManifest(sound)).toEqual(sound);
    for (const [field, value] of Object.entries(sound)) {
      expect(parseManifest({ [field]: value })).toEqual({ [field]: value });
    }
    const cosines = { texts: ['a', 'b'], cosines: [{ a: 0, b: 1, value: 0.5 }], tolerance: 0.1 };
    expect(parseManifest({ selfTest: cosines })).toEqual({ selfTest: cosines });
    expect(parseManifest(undefined)).toEqual({});
    expect(parseManifest({})).toEqual({});
  });

  it('drops fields it does not know', () => {
    const value: unknown = JSON.parse(
      '{"__proto__": {"pooling": "cls"}, "extra": 1, "dimensions": 8}',
    );
    const parsed = parseManifest(value);
    expect(Object.keys(parsed)).toEqual(['dimensions']);
    expect(parsed.pooling).toBeUndefined();
  });

  it.each([null, 7, 'text', true, []].map((value) => [value]))('refuses %j as a whole', (value) => {
    expect(() => parseManifest(value)).toThrow(
      expect.objectContaining({
        code: 'bad-model',
        message: expect.stringContaining('nearfield.json: expected an object') as string,
      }) as Error,
    );
  });

  it.each([
    ['revision', 7],
    ['revision', ''],
    ['pooling', 'max'],
    ['pooling', ['mean']],
    ['prompts', 'query: '],
    ['prompts', { query: 'q' }],
    ['prompts', { query: 'q', document: 7 }],
    ['prompts', JSON.parse('{"__proto__": {"query": "q", "document": "d"}}')],
    ['defaultTask', {}],
    ['dimensions', 0],
    ['dimensions', 1.5],
    ['dimensions', '64'],
    ['dimensions', 1e300],
    ['dimensions', null],
    ['matryoshka', { min: -1 }],
    ['matryoshka', 32],
    ['matryoshka', [32]],
    ['maxTokens', -8],
    ['maxTokens', 2 ** 60],
    ['sha256', { a: 'abc' }],
    ['sha256', { a: hash.toUpperCase() }],
    ['sha256', { a: null }],
    ['sha256', [hash]],
    ['selfTest', {}],
    ['selfTest', { text: 7, vector: [1], minCosine: 0.9 }],
    ['selfTest', { text: 'a', vector: ['1'], minCosine: 0.9 }],
    ['selfTest', { text: 'a', vector: [1], minCosine: '0.9' }],
    ['selfTest', { texts: ['a'], cosines: [{ a: 0, b: 1, value: 1 }], tolerance: 0.1 }],
    ['selfTest', { texts: ['a', 'b'], cosines: [{ a: 0, b: 1 }], tolerance: 0.1 }],
    ['selfTest', { texts: ['a', 7], cosines: [], tolerance: 0.1 }],
  ])('refuses %s: %j, and names the field', (field, value: unknown) => {
    expect(() => parseManifest({ ...sound, [field]: value })).toThrow(
      expect.objectContaining({
        code: 'bad-model',
        message: expect.stringContaining(`nearfield.json: ${field}: expected`) as string,
      }) as Error,
    );
  });

  it('keeps its message short, whatever came', () => {
    const huge = { pooling: 'x'.repeat(1e6) };
    const short = expect.objectContaining({
      message: expect.stringMatching(/^.{1,160}$/) as string,
    }) as Error;
    expect(() => parseManifest(huge)).toThrow(short);
  });

  it('gives checked fields or a coded error for any JSON', () => {
    const fields = fc.dictionary(fc.constantFrom(...Object.keys(sound)), fc.jsonValue());
    fc.assert(
      fc.property(fields, (value) => {
        try {
          expect(parseManifest(value)).toEqual(value);
        } catch (error) {
          expect(error).toMatchObject({ code: 'bad-model' });
        }
      }),
    );
  });
});

it('own reads what an object itself has, and nothing else', () => {
  expect(own({ a: 1 }, 'a')).toBe(1);
  for (const key of ['toString', '__proto__', 'constructor']) expect(own({}, key)).toBeUndefined();
  for (const value of [null, 'text', [1], 7]) expect(own(value, 'length')).toBeUndefined();
});
