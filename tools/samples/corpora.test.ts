import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { CATALOGUE } from '../../src/contract/index.ts';
import { SAMPLE_FILES } from '../../src/demo/corpora/files.ts';
import { embeddedText } from './text.ts';
import { udhrCorpus } from './udhr.ts';
import { wordnetCorpus } from './wordnet.ts';

const PUBLIC = new URL('../../public/', import.meta.url);

test.each([udhrCorpus(), wordnetCorpus()])(
  '$id: what is committed is what the packages give',
  (corpus) => {
    const files = Object.entries(SAMPLE_FILES).find(([id]) => id === corpus.id)?.[1];
    if (!files) throw new Error(`No files of ${corpus.id}; run npm run samples.`);
    const kept = JSON.parse(readFileSync(new URL(files.documents, PUBLIC), 'utf8')) as Record<
      string,
      unknown
    >;
    expect(kept['documents']).toEqual(corpus.documents);
    expect(kept['revision']).toBe(CATALOGUE['starter']?.revision);
    expect(files.rows).toBe(corpus.documents.length);
    const { length } = readFileSync(new URL(files.vectors, PUBLIC));
    expect(length).toBe(files.rows * (CATALOGUE['starter']?.dimensions ?? 0) * 2);
  },
);

test('every article in 36 languages, every id once, every text one passage', () => {
  const { documents } = udhrCorpus();
  expect(documents).toHaveLength(36 * 30);
  expect(new Set(documents.map(({ id }) => id)).size).toBe(documents.length);
  for (const document of [...documents, ...wordnetCorpus().documents]) {
    expect(embeddedText(document)).toContain(document.text);
  }
});

test('nothing is left behind by earlier runs, and all of it is small', () => {
  const listed = Object.values(SAMPLE_FILES).flatMap(({ documents, vectors }) => [
    documents,
    vectors,
  ]);
  const there = readdirSync(new URL('samples/', PUBLIC)).filter((name) => !name.endsWith('.txt'));
  expect(there.map((name) => `samples/${name}`).sort()).toEqual([...listed].sort());
  const total = Object.values(SAMPLE_FILES).reduce((sum, { bytes }) => sum + bytes, 0);
  expect(total).toBeLessThan(4_000_000);
});
