import { readFileSync } from 'node:fs';
import { embeddedText } from '../tools/samples/text.ts';
import type { DocumentInput } from '../src/contract/index.ts';
import { SAMPLE_FILES } from '../src/demo/corpora/files.ts';
import { fromFloat16 } from '../src/demo/corpora/float16.ts';
import { openConsole } from './support/console.ts';
import { expect, test } from './support/fixtures.ts';

test.use({ serviceWorkers: 'block' });

const SPREAD = 24;

for (const [id, files] of Object.entries(SAMPLE_FILES)) {
  test(`${id}: sample vectors are those that this browser makes`, async ({ page }) => {
    const documents = spread(documentsOf(files.documents));
    const texts = documents.map(embeddedText);
    await openConsole(page);
    const made = await page.evaluate(embedAndAdd, { documents, texts });
    const kept = spread(rowsOf(files.vectors, made.dimensions));
    const cosines = kept.map((row, i) => cosine(row, made.rows[i] ?? []));
    expect(cosines).toHaveLength(SPREAD);
    for (const value of cosines) expect(value).toBeGreaterThan(0.9999);
    // The collection asked for nothing that was not embedded before: it embeds these very texts.
    expect(made.textsForCollection).toBe(0);
  });
}

/** Runs in the page. */
async function embedAndAdd(given: { documents: DocumentInput[]; texts: string[] }) {
  const embedder = await nearfield.createEmbedder({
    model: 'starter',
    device: 'wasm',
    cache: 'memory',
  });
  const { data, dimensions } = await embedder.embed(given.texts);
  const before = embedder.info.counts.texts;
  const collection = await nearfield.openCollection('sample-check', { embedder });
  await collection.add(given.documents);
  const textsForCollection = embedder.info.counts.texts - before;
  await collection.close();
  await embedder.close();
  const rows = given.texts.map((_, i) => [...data.subarray(i * dimensions, (i + 1) * dimensions)]);
  return { rows, dimensions, textsForCollection };
}

function documentsOf(path: string): DocumentInput[] {
  const { documents } = JSON.parse(readFileSync(`public/${path}`, 'utf8')) as {
    documents: DocumentInput[];
  };
  return documents;
}

function rowsOf(path: string, dimensions: number): number[][] {
  const bytes = readFileSync(`public/${path}`);
  const data = fromFloat16(new Uint16Array(new Uint8Array(bytes).buffer));
  return Array.from({ length: data.length / dimensions }, (_, i) => [
    ...data.subarray(i * dimensions, (i + 1) * dimensions),
  ]);
}

function spread<T>(all: readonly T[]): T[] {
  const step = all.length / SPREAD;
  return all.filter((_, i) => Math.floor(i / step) !== Math.floor((i - 1) / step)).slice(0, SPREAD);
}

function cosine(a: readonly number[], b: readonly number[]): number {
  const dot = (x: readonly number[], y: readonly number[]): number =>
    x.reduce((sum, value, i) => sum + value * (y[i] ?? 0), 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}
