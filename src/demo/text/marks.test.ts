import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Hit } from '../../index.ts';
import { foundWords, spansOf } from './marks.ts';

/** A snippet in which the words between brackets were found. */
function found(marked: string, via: Hit['via'] = 'both'): string[] {
  const text = marked.replaceAll(/[[\]]/g, '');
  const marks = [...marked.matchAll(/\[(.+?)\]/g)].map(({ 0: { length }, index }, i) => {
    const start = index - 2 * i;
    return [start, start + length - 2] as [number, number];
  });
  return foundWords({ snippet: { text, marks }, via });
}

function marked(words: readonly string[], text: string): string[] {
  return spansOf(words, text).map(({ start, end }) => text.slice(start, end));
}

describe('foundWords', () => {
  test('gives each word once, in lower case', () => {
    expect(found('[Rest] and [leisure], [rest] again')).toEqual(['rest', 'leisure']);
  });

  test('leaves the commonest words alone', () => {
    expect(found('[the] right [to] [rest]')).toEqual(['rest']);
    expect(found('[教育][は]、無償である。')).toEqual(['教育']);
  });

  test('gives the commonest where a text was found by nothing else', () => {
    expect(found('[prawo] [do] pracy', 'lexical')).toEqual(['prawo']);
    expect(found('prawo [do] pracy', 'lexical')).toEqual(['do']);
    expect(found('prawo [do] pracy', 'both')).toEqual([]);
  });
});

describe('spansOf', () => {
  test('finds whole words, whatever their case', () => {
    expect(marked(['art', 'free'], 'Art, article, free; freely FREE')).toEqual([
      'Art',
      'free',
      'FREE',
    ]);
    expect(marked(['homme'], 'l’homme, les hommes')).toEqual(['homme']);
  });

  test('finds words that run together, the longer one where two begin alike', () => {
    expect(marked(['教', '教育'], '初等教育は教え')).toEqual(['教育', '教']);
  });

  test('counts in UTF-16 units', () => {
    expect(spansOf(['peace'], '😀 peace')).toEqual([{ start: 3, end: 8 }]);
  });

  test('marks nothing without words', () => {
    expect(spansOf([], 'anything')).toEqual([]);
  });

  test('finds again whatever was found, in any script', () => {
    const word = fc.stringMatching(/^[\p{L}\p{N}][\p{L}\p{N}\p{M}]{0,8}$/u);
    fc.assert(
      fc.property(word, (word) => {
        const text = `(${word})`;
        const words = found(`([${word}])`, 'lexical');
        const whole = { start: 1, end: 1 + word.length };
        expect(spansOf(words, text)).toEqual([whole]);
      }),
    );
  });
});
