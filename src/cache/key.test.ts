import fc from 'fast-check';
import { expect, it } from 'vitest';
import { keyMaker } from './key.ts';

const key = (identity: string, prefix: string, text: string): string =>
  keyMaker(identity, prefix)(text);

it('is the SHA-256 of the lengths and the UTF-16 of all three', async () => {
  const text = 'id' + 'pr' + 'é😀';
  const utf16 = Uint16Array.from({ length: text.length }, (_, i) => text.charCodeAt(i));
  const bytes = new Uint8Array(8 + utf16.byteLength);
  bytes.set(new Uint8Array(Uint32Array.of(2, 2).buffer));
  bytes.set(new Uint8Array(utf16.buffer), 8);
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  expect(key('id', 'pr', 'é😀')).toBe(btoa(String.fromCharCode(...digest)));
});

it('tells any two different triples apart, wherever their borders lie', () => {
  const part = fc.string({ unit: 'binary', maxLength: 4 });
  const triple = fc.tuple(part, part, part);
  fc.assert(
    fc.property(triple, triple, (a, b) => {
      const same = a.every((value, i) => value === b[i]);
      expect(key(...a) === key(...b)).toBe(same);
    }),
  );
  expect(key('ab', 'c', 'd')).not.toBe(key('a', 'bc', 'd'));
  expect(key('ab', 'c', 'd')).not.toBe(key('ab', '', 'cd'));
});

it('tells lone surrogates apart', () => {
  expect(key('m', '', '\ud800')).not.toBe(key('m', '', '\ud801'));
});

it('gives the same key for every text of one maker, in any order', () => {
  const make = keyMaker('m', 'p');
  const first = make('x');
  make('y');
  expect(make('x')).toBe(first);
});
