import { describe, expect, it } from 'vitest';
import { udhrCorpus } from '../../tools/samples/udhr.ts';
import { Stemmers, stemmedLanguage } from './stemmers.ts';
import { tokensOf } from './tokens.ts';

const LANGUAGES = [
  ...new Set(udhrCorpus().documents.map(({ metadata }) => String(metadata?.['language']))),
];
const STEMMED = LANGUAGES.filter((tag) => stemmedLanguage(tag) !== undefined);

function wordsOf(language: string): string[] {
  const texts = udhrCorpus()
    .documents.filter(({ metadata }) => metadata?.['language'] === language)
    .map(({ text }) => text);
  return [...new Set(texts.flatMap((text) => [...tokensOf(text)].map(({ word }) => word)))];
}

describe('stemmers', () => {
  it('are found by any tag of their language', () => {
    const tags = ['en', 'en-GB', 'EN_us', 'nb', 'nn-NO', 'pt-BR', 'ja', 'constructor', ''];
    expect(tags.map(stemmedLanguage)).toEqual([
      ...['en', 'en', 'en', 'no', 'no', 'pt'],
      ...[undefined, undefined, undefined],
    ]);
  });

  it.each(STEMMED)(
    '%s: gives a word one stem, whatever came before, and joins some',
    async (tag) => {
      const stemmers = new Stemmers();
      const language = stemmedLanguage(tag)!;
      await stemmers.load([language]);
      const stem = stemmers.of(language);
      const words = wordsOf(tag).map((word) => word.toLowerCase());
      const stems = words.map(stem);
      expect(words.toReversed().map(stem).toReversed()).toEqual(stems);
      expect(new Set(stems).size).toBeLessThan(new Set(words).size);
      expect(stems.every((stem) => typeof stem === 'string')).toBe(true);
    },
  );

  it('say when they are not loaded', () => {
    expect(() => new Stemmers().of('en')).toThrow(expect.objectContaining({ code: 'internal' }));
  });
});
