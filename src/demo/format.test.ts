import { expect, test } from 'vitest';
import { bytes, count, languageNames, milliseconds, plural } from './format.ts';

test('bytes in decimal units', () => {
  expect([0, 999, 1000, 83_116_085, 925_800_000, 1_500_000_000].map(bytes)).toEqual([
    '0 B',
    '999 B',
    '1 kB',
    '83.1 MB',
    '926 MB',
    '1.5 GB',
  ]);
});

test('times, counts and plurals', () => {
  expect([0.2, 41.6, 1234].map(milliseconds)).toEqual(['< 1 ms', '42 ms', '1.2 s']);
  expect(count(2240)).toBe('2,240');
  expect([0, 1, 2].map((value) => plural(value, 'hit'))).toEqual(['0 hits', '1 hit', '2 hits']);
});

test('a language in itself and in English', () => {
  expect(languageNames('ja')).toEqual({ own: '日本語', english: 'Japanese' });
});
