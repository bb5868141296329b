import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tokensOf } from './tokens.ts';

const wordsOf = (text: string): string[] => [...tokensOf(text)].map(({ word }) => word);

describe('tokensOf', () => {
  it.each([
    ['l’homme d’État, e-mail', ['l', 'homme', 'd', 'État', 'e', 'mail']],
    ["John's 3.14 x_y", ['John', 's', '3', '14', 'x', 'y']],
    ['العربية والإنجليزية', ['العربية', 'والإنجليزية']],
    ['हिन्दी भाषा', ['हिन्दी', 'भाषा']],
    ['인권은 보편적', ['인권은', '보편적']],
    ['基本的人権の尊重', ['基本', '的', '人権', 'の', '尊重']],
    ['iPhone手机', ['iPhone', '手机']],
    ['ทุกคนมีสิทธิ', ['ทุก', 'คน', 'มี', 'สิทธิ']],
    ['ສິດທິມະນຸດ', ['ສິດທິ', 'ມະນຸດ']],
    ['cafe\u0301 au lait', ['cafe\u0301', 'au', 'lait']],
    ['', []],
    ['…!? 🙂', []],
  ])('%s', (text, words) => {
    expect(wordsOf(text)).toEqual(words);
  });

  it('parts Khmer and Burmese, which write no blanks', () => {
    expect(wordsOf('មនុស្សទាំងអស់').length).toBeGreaterThan(1);
    expect(wordsOf('လူတိုင်းသည်').length).toBeGreaterThan(1);
  });

  it('leaves out what is too long to be a word', () => {
    expect(wordsOf(`a ${'b'.repeat(65)} ${'c'.repeat(64)}`)).toEqual(['a', 'c'.repeat(64)]);
  });

  it('parts a long stretch as it does a short one', () => {
    // A hundred times what the segmenter is given at once.
    const phrase = 'คนมีสิทธิ';
    const words = wordsOf(phrase.repeat(11_378));
    expect(words.join('')).toBe(phrase.repeat(11_378));
    const kinds = new Set(wordsOf(phrase.repeat(3)));
    expect(words.every((word) => kinds.has(word))).toBe(true);
  });

  it('gives words in order, where they stand, whatever the text', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.string({
        unit: fc.constantFrom('a', 'é', ' ', '人', '権', 'の', 'ทุ', 'ก', '한', '.', '\ud800'),
        maxLength: 40,
      }),
    );
    fc.assert(
      fc.property(text, (text) => {
        let before = 0;
        for (const { word, start, end } of tokensOf(text)) {
          expect(start).toBeGreaterThanOrEqual(before);
          expect(word.length).toBeGreaterThan(0);
          expect(text.slice(start, end)).toBe(word);
          before = end;
        }
      }),
    );
  });
});
