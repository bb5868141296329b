import { expect, test } from 'vitest';
import { opening } from './preferences.ts';

test('an address says how to open', () => {
  expect(
    opening('?q=rain%20now&in=wordnet&mode=lexical&device=wasm&model=qwen3-embedding-0.6b'),
  ).toEqual({
    model: 'qwen3-embedding-0.6b',
    device: 'wasm',
    corpus: 'wordnet',
    mode: 'lexical',
    query: 'rain now',
  });
});

test('what is missing or unknown takes its default', () => {
  const defaults = { model: 'starter', device: 'auto', corpus: 'udhr', mode: 'hybrid', query: '' };
  expect(opening('')).toEqual(defaults);
  expect(opening('?in=toString&mode=toString&device=npu&model=gpt')).toEqual(defaults);
});
