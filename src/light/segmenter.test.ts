import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutVocabulary } from './cut.ts';
import { wordsOf } from './normalise.ts';
import { Segmenter } from './segmenter.ts';

const PIECES = ['▁', 'a', 'b', 'c', 'ab', 'bc', 'abc', '▁a', '▁ab', 'ca', '😀', 'é'];
const vocabularies = fc
  .array(fc.integer({ min: 1, max: 255 }), {
    minLength: PIECES.length,
    maxLength: PIECES.length,
  })
  .map((costs) => ({ pieces: PIECES, costs: Uint8Array.from(costs) }));
const texts = fc.string({
  unit: fc.constantFrom('a', 'b', 'c', ' ', 'é', '😀', 'x'),
  maxLength: 12,
});

/** Least cost of a word over all ways to cut it; 400 for a unit that no piece covers. */
function leastCost(word: string, costs: ReadonlyMap<string, number>): number {
  if (word === '') return 0;
  let least = 400 + leastCost(word.slice(1), costs);
  for (let end = 1; end <= word.length; end++) {
    const cost = costs.get(word.slice(0, end));
    if (cost !== undefined) least = Math.min(least, cost + leastCost(word.slice(end), costs));
  }
  return least;
}

describe('Segmenter', () => {
  it('takes the cheapest row of pieces', () => {
    fc.assert(
      fc.property(vocabularies, texts, (vocabulary, text) => {
        const { pieces, costs } = vocabulary;
        const numbers = new Segmenter(vocabulary).segment(text);
        const words = wordsOf(text);
        const covered = numbers.reduce((sum, number) => sum + pieces[number]!.length, 0);
        const paid =
          numbers.reduce((sum, number) => sum + costs[number]!, 0) +
          400 * (words.join('').length - covered);
        const table = new Map(pieces.map((piece, i) => [piece, costs[i]!]));
        expect(paid).toBe(words.reduce((sum, word) => sum + leastCost(word, table), 0));
      }),
    );
  });

  it('passes over what no piece covers, and folds what searchers do not tell apart', () => {
    const vocabulary = { pieces: ['▁', '▁caf', 'é', '😀'], costs: Uint8Array.of(9, 9, 9, 9) };
    const segmenter = new Segmenter(vocabulary);
    expect(segmenter.segment('')).toEqual([]);
    expect(segmenter.segment('日本')).toEqual([0]);
    expect(segmenter.segment('CAFE\u0301\u200b')).toEqual([1, 2]);
    expect(segmenter.segment('z😀z')).toEqual([0, 3]);
  });

  it('cuts texts alike with a whole vocabulary and with what they use of it', () => {
    fc.assert(
      fc.property(vocabularies, fc.array(texts, { maxLength: 8 }), (vocabulary, list) => {
        const cut = cutVocabulary(vocabulary, list);
        const segmenter = new Segmenter(cut.vocabulary);
        expect(list.map((text) => segmenter.segment(text))).toEqual(cut.texts);
        expect([...cut.vocabulary.pieces].sort()).toEqual(cut.vocabulary.pieces);
        expect(new Set(cut.texts.flat()).size).toBe(cut.vocabulary.pieces.length);
      }),
    );
  });
});
