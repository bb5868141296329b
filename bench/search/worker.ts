/** One side of the benchmark in a worker; its name says which. */

import { expose } from 'comlink';
import { serveScans } from '../../src/vectors/index.ts';
import type { Contestant, Name, Open, Side } from './contestant.ts';
import { openVectors, type Vectors, type WordnetList } from './corpora.ts';

/** Name of a worker that is the second thread of another. */
const SCAN = 'scan';

function spawnScan(): Worker {
  return new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: SCAN });
}

/** Loaded when asked for: a side must not pay for another's script. */
const OPEN: Record<Name, () => Promise<Open>> = {
  ours: async () => (await import('./contestants/ours.ts')).openOurs(),
  'ours/2t': async () => (await import('./contestants/ours.ts')).openOurs(spawnScan()),
  'ours/gpu': async () => (await import('./contestants/ours-gpu.ts')).openOnGpu,
  'hnswlib-wasm': async () => (await import('./contestants/hnswlib.ts')).openHnswlib,
  Orama: async () => (await import('./contestants/orama.ts')).openOrama,
  EdgeVec: async () => (await import('./contestants/edgevec.ts')).openEdgeVec,
  'client-vector-search': async () =>
    (await import('./contestants/client-vector-search.ts')).openClientVectorSearch,
  'sqlite-vec': async () => (await import('./contestants/sqlite-vec.ts')).openSqliteVec,
};

/** Rows that are made at a time. */
const PIECE = 1000;

/** Hits that are asked for. */
const K = 10;

let vectors: Vectors;
let contestant: Contestant;

/** From the server of the benchmark (wordnet.ts). */
async function fetchList(list: WordnetList): Promise<Float32Array<ArrayBuffer>> {
  const response = await fetch(`/wordnet/${list}`);
  if (!response.ok) throw new Error(await response.text());
  return new Float32Array(await response.arrayBuffer());
}

const side: Side = {
  async build(corpus) {
    const { dimensions, rows } = corpus;
    vectors = await openVectors(corpus, fetchList);
    contestant = await (await OPEN[self.name as Name]())(dimensions, rows);
    let ms = 0;
    for (let row = 0; row < rows; row += PIECE) {
      const end = Math.min(rows, row + PIECE);
      const piece = vectors.rows(row, end);
      const start = performance.now();
      await contestant.add(piece, end - row);
      ms += performance.now() - start;
    }
    const bytes = contestant.bytes?.();
    const settled = await contestant.settle?.();
    return { ms, ...(bytes !== undefined && { bytes }), ...(settled !== undefined && { settled }) };
  },

  async ask(from, to, way) {
    const ms: number[] = [];
    const rows: number[][] = [];
    for (let number = from; number < to; number++) {
      const question = vectors.question(number);
      const start = performance.now();
      const found = await contestant.search(question, K, way);
      ms.push(performance.now() - start);
      rows.push(Array.from(found));
    }
    return { ms, rows };
  },

  async stored(count) {
    const bytes = contestant.save!();
    const start = performance.now();
    const reopened = contestant.reopened!(bytes);
    const open = performance.now() - start;
    const rows = vectors.rows(2 ** 29, 2 ** 29 + count);
    const middle = performance.now();
    await reopened.add(rows, count);
    return { open, append: performance.now() - middle };
  },
};

if (self.name === SCAN) serveScans(self);
else expose(side);
