import { describe, expect, it } from 'vitest';
import type { WordRow } from '../words/index.ts';
import { WordTable, type StoredWords } from './word-table.ts';

const TEXTS = ['green tea', 'black tea', 'black coffee'];
const ROWS = TEXTS.map((text, row): WordRow => ({ row, text }));

async function stored(): Promise<StoredWords> {
  const words = new WordTable();
  await words.add(ROWS);
  const segments = words.takeWrites().put.map(([, segment]) => segment);
  return { segments, removed: () => [], rows: () => Promise.resolve(ROWS) };
}

function rowsOf(words: WordTable, query: string): number[] {
  return [...words.index.search(query).top(9).rows].sort();
}

function damaged(segment: Uint8Array): Uint8Array {
  const changed = segment.slice();
  changed[60]! ^= 1;
  return changed;
}

it('writes nothing of what it has only looked into, and then only what is new', async () => {
  const words = new WordTable(await stored());
  expect(words.takeWrites()).toEqual({ put: [], count: 1 });
  await words.open();
  expect(words.takeWrites()).toEqual({ put: [], count: 1 });
  await words.add([{ row: 3, text: 'white tea' }]);
  expect(words.takeWrites()).toMatchObject({ put: [[1, expect.any(Uint8Array)]], count: 2 });
  expect(rowsOf(words, 'tea')).toEqual([0, 1, 3]);
});

it('knows rows that were removed before and after it looked', async () => {
  const removed = new Set([1]);
  const words = new WordTable({ ...(await stored()), removed: () => removed });
  removed.add(2);
  words.remove([2]);
  expect(rowsOf(words, 'black')).toEqual([]);
  words.remove([0]);
  expect(rowsOf(words, 'tea')).toEqual([]);
});

describe('a damaged segment', () => {
  async function source(): Promise<StoredWords> {
    const sound = await stored();
    return { ...sound, segments: sound.segments.map(damaged) };
  }

  it('is left to who needs it', async () => {
    const words = new WordTable(await source());
    words.openIfSound();
    expect(() => words.index).toThrow(expect.objectContaining({ code: 'storage' }));
    expect(words.takeWrites()).toEqual({ put: [], count: 1 });
  });

  it('is made anew, and written with the next write', async () => {
    const words = new WordTable(await source());
    await words.open();
    expect(rowsOf(words, 'black')).toEqual([1, 2]);
    const { put, count } = words.takeWrites();
    const segments = put.map(([, segment]) => segment);
    expect(count).toBe(segments.length);
    const again = new WordTable({ ...(await source()), segments });
    expect(rowsOf(again, 'tea')).toEqual([0, 1]);
  });

  it('is asked for again after the documents could not be read', async () => {
    const failure = new Error('no disk');
    let rows = (): Promise<WordRow[]> => Promise.reject(failure);
    const words = new WordTable({ ...(await source()), rows: () => rows() });
    await expect(words.open()).rejects.toBe(failure);
    rows = () => Promise.resolve(ROWS);
    await words.open();
    expect(rowsOf(words, 'coffee')).toEqual([2]);
  });
});
