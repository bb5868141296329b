/** A corpus with its vectors as two files whose names carry their content's hash. */

import { createHash } from 'node:crypto';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import type { ModelSpec } from '../../src/contract/index.ts';
import { toFloat16 } from './float16.ts';
import type { Corpus } from './types.ts';

const FOLDER = new URL('../../public/samples/', import.meta.url);

/** What the page must know before it fetches anything. */
export interface SampleFiles {
  documents: string;
  vectors: string;
  rows: number;
  /** Of both files. */
  bytes: number;
  /** BCP 47 tags of the documents' languages. */
  languages: readonly string[];
}

export function writeCorpus(corpus: Corpus, spec: ModelSpec, data: Float32Array): SampleFiles {
  removeOld(corpus.id);
  const halves = toFloat16(data);
  const binary = Buffer.from(halves.buffer);
  const vectors = `${corpus.id}-${digest(binary).slice(0, 10)}.f16`;
  const { documents, ...about } = corpus;
  const json = JSON.stringify({
    ...about,
    model: spec.id,
    revision: spec.revision,
    dimensions: spec.dimensions,
    rows: documents.length,
    vectors: { file: vectors, format: 'float16, little endian', sha256: digest(binary) },
    documents,
  });
  const name = `${corpus.id}-${digest(json).slice(0, 10)}.json`;
  writeFileSync(new URL(vectors, FOLDER), binary);
  writeFileSync(new URL(name, FOLDER), json);
  return {
    documents: `samples/${name}`,
    vectors: `samples/${vectors}`,
    rows: documents.length,
    bytes: binary.byteLength + Buffer.byteLength(json),
    languages: languagesOf(corpus),
  };
}

function languagesOf({ documents }: Corpus): string[] {
  const tags = documents.map(({ metadata }) => String(metadata?.['language'] ?? ''));
  return [...new Set(tags)].filter((tag) => tag !== '');
}

function removeOld(id: string): void {
  for (const file of readdirSync(FOLDER)) {
    if (file.startsWith(`${id}-`)) rmSync(new URL(file, FOLDER));
  }
}

function digest(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
