import { expect, it } from 'vitest';
import { counted, duration, size } from './words.ts';

it.each([
  [0, '1 s'],
  [0.4, '1 s'],
  [89, '89 s'],
  [100, '2 min'],
  [3600, '60 min'],
  [5400, '1 h 30 min'],
  [7190, '2 h 0 min'],
])('says %d seconds as %s', (seconds, said) => {
  expect(duration(seconds)).toBe(said);
});

it.each([
  [0, '0 bytes'],
  [999, '999 bytes'],
  [1000, '1.0 kB'],
  [74_335_673, '74 MB'],
  [5e12, '5000 GB'],
])('says %d bytes as %s', (bytes, said) => {
  expect(size(bytes)).toBe(said);
});

it('counts things', () => {
  expect([counted(1, 'page'), counted(12_345, 'page')]).toEqual(['1 page', '12,345 pages']);
});
