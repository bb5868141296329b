import { describe, expect, test } from 'vitest';
import { matchingSpans } from './match.ts';

function marked(text: string, query: string, language?: string): string[] {
  return matchingSpans(text, query, language).map(({ start, end }) => text.slice(start, end));
}

describe('matchingSpans', () => {
  test('marks the words of the question, whatever their case and accents', () => {
    expect(marked('Holidays with PAY. A résumé.', 'paid holidays, resume')).toEqual([
      'Holidays',
      'résumé',
    ]);
  });

  test('marks other endings of a word, not other words', () => {
    expect(marked('freely, freedom, free, freelance', 'free')).toEqual([
      'freely',
      'freedom',
      'free',
    ]);
    expect(marked('art, article, artisan', 'art')).toEqual(['art']);
  });

  test('leaves the commonest words alone', () => {
    expect(marked('the right to rest and leisure', 'what is the right to rest')).toEqual([
      'right',
      'rest',
    ]);
    expect(marked('子に与える教育は、無償である。', '教育は無料ですか', 'ja')).toEqual(['教育']);
  });

  test('gives nothing for an empty question, and for one without words', () => {
    expect(marked('anything', '')).toEqual([]);
    expect(marked('any?thing', '?! …')).toEqual([]);
  });

  test('counts in UTF-16 units', () => {
    expect(matchingSpans('😀 peace', 'peace')).toEqual([{ start: 3, end: 8 }]);
  });
});
