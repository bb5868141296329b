import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fold } from './fold.ts';

it.each([
  ['Straße', 'strasse'],
  ['CAFÉ', 'cafe'],
  ['cafe\u0301', 'cafe'],
  ['İstanbul', 'istanbul'],
  ['ISPARTA', 'isparta'],
  ['Kırık', 'kirik'],
  ['Łódź', 'lodz'],
  ['smörgåsbord', 'smorgasbord'],
  ['Việt', 'viet'],
  ['Δικαιώματα', 'δικαιωματα'],
  ['ἄνθρωπος', 'ανθρωποσ'],
  ['ΆΝΘΡΩΠΟΣ', 'ανθρωποσ'],
  ['ещё', 'еще'],
  ['за́мок', 'замок'],
  ['שָׁלוֹם', 'שלום'],
  ['مُحَمَّد', 'محمد'],
  ['أحمد', 'احمد'],
  ['ﬁne', 'fine'],
  ['ＡＢＣ１２３', 'abc123'],
])('%s is searched as %s', (word, folded) => {
  expect(fold(word)).toBe(folded);
});

it.each(['мой', 'їжак', 'が', 'ガ', 'हिन्दी', 'भाषाएँ', 'ภาษาที่', 'ភាសា', 'தமிழ்'])(
  '%s keeps its marks, which are letters',
  (word) => {
    expect(fold(word)).toBe(word.normalize('NFKC'));
    expect(fold(word.normalize('NFD'))).toBe(fold(word));
  },
);

it('folds what is folded to itself, and every spelling of one word alike', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 12 }), (word) => {
      expect(fold(fold(word))).toBe(fold(word));
      expect(fold(word.normalize('NFD'))).toBe(fold(word.normalize('NFC')));
    }),
    { numRuns: 2000 },
  );
});
