import { readFileSync } from 'node:fs';
import { embeddedText } from '../tools/samples/text.ts';
import type { DocumentInput } from '../src/contract/index.ts';
import { SAMPLE_FILES } from '../src/demo/corpora/files.ts';
import { fromFloat16 } from '../src/demo/corpora/float16.ts';
import { cosine } from './support/agreement.ts';
import { openConsole } from './support/console.ts';
import { expect, test } from './support/fixtures.ts';

test.use({ serviceWorkers: 'block' });

const SPREAD = 24;

/** Samples are of float32 activations, as are WebGPU and `exact`; our own kernels round them. */
const LEAST_COSINE = { exact: 0.9999, auto: 0.9995 } as const;

for (const [id, files] of Object.entries(SAMPLE_FILES)) {
  for (const precision of ['auto', 'exact'] as const) {
    test(`${id}: sample vectors are those that this browser makes (${precision})`, async ({
      page,
    }) => {
      const documents = spread(documentsOf(files.documents));
      const texts = documents.map(embeddedText);
      await openConsole(page);
      const made = await page.evaluate(embedAndAdd, { documents, texts, precision });
      expect(made.runtime).toBe(precision === 'auto' ? 'native' : 'onnxruntime');
      const all = rowsOf(files.vectors, made.dimensions);
      const kept = spread(all);
      expect(kept).toHaveLength(SPREAD);
      kept.forEach((row, i) => {
        const own = made.rows[i] ?? [];
        const cosines = all.map((other) => cosine(other, own));
        expect(cosine(row, own)).toBeGreaterThan(LEAST_COSINE[precision]);
        // Of the whole corpus it is nearest to its own.
        expect(Math.max(...cosines)).toBe(cosine(row, own));
      });
      // The collection asked for nothing that was not embedded before: it embeds these very texts.
      expect(made.textsForCollection).toBe(0);
    });
  }
}

/** Runs in the page. */
async function embedAndAdd(given: {
  documents: DocumentInput[];
  texts: string[];
  precision: 'auto' | 'exact';
}) {
  const embedder = await nearfield.createEmbedder({
    model: 'starter',
    device: 'wasm',
    precision: given.precision,
    cache: 'memory',
  });
  const { data, dimensions } = await embedder.embed(given.texts);
  const before = embedder.info.counts.texts;
  const collection = await nearfield.openCollection('sample-check', { embedder });
  await collection.add(given.documents);
  const textsForCollection = embedder.info.counts.texts - before;
  const { runtime } = embedder.info;
  await collection.close();
  await embedder.close();
  const rows = given.texts.map((_, i) => [...data.subarray(i * dimensions, (i + 1) * dimensions)]);
  return { rows, dimensions, runtime, textsForCollection };
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
