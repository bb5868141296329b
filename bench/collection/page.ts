/** A collection of seeded vectors and words, filled, opened, asked and added to as the runner says. */

import { HashingEmbedder } from '../../src/collection/hashing-embedder.ts';
import {
  deleteCollection,
  openCollection,
  type Collection,
  type DocumentInput,
  type Embeddings,
  type SearchMode,
} from '../../src/index.ts';
import { StructuredVectors } from '../search/vectors.ts';

declare global {
  // `var` is how a global is declared.
  var fill: (rows: number, dimensions: number) => Promise<number>;
  /** Milliseconds until it is open, and from then until the first answer by both. */
  var openStored: (rows: number, dimensions: number) => Promise<{ open: number; first: number }>;
  var answers: (mode: SearchMode, times: number) => Promise<number[]>;
  /** Share of the ten nearest that it finds of so many questions; throws for a wrong similarity. */
  var recall: (times: number) => Promise<number>;
  var append: (count: number, times: number) => Promise<number[]>;
}

const NAME = 'bench';
const SLICE = 1000;
const VOCABULARY = 20_000;
const WORDS = 30;
const MADE = { model: 'hashing', revision: '1', pooling: 'mean' } as const;

let vectors: StructuredVectors;
let collection: Collection;
let asked = 0;
let added = 0;

/** Gives the seeded questions, whatever the text: how long a model takes is not the question here. */
class Questions extends HashingEmbedder {
  override async embed(): Promise<Embeddings> {
    const data = vectors.question(asked);
    return {
      ...{ data, rows: 1, dimensions: data.length, tokens: Uint32Array.of(1), truncated: [false] },
      row: () => data,
    };
  }
}

/** Words as frequent as in a language: the n-th in proportion to 1 / n. */
function textOf(number: number): string {
  return Array.from({ length: WORDS }, (_, i) => {
    const uniform = fraction(number * WORDS + i);
    return `w${Math.floor(VOCABULARY ** uniform).toString(36)}`;
  }).join(' ');
}

/** From 0 to 1, by Knuth's multiplicative hash. */
function fraction(number: number): number {
  const hash = Math.imul(number + 1, 2654435761) >>> 0;
  return (Math.imul(hash ^ (hash >>> 15), 2246822519) >>> 0) / 2 ** 32;
}

function begin(rows: number, dimensions: number): () => Promise<Collection> {
  vectors = new StructuredVectors(dimensions, rows);
  added = rows;
  const embedder = new Questions({ ...MADE, dimensions });
  return () => openCollection(NAME, { embedder });
}

async function add(from: number, to: number): Promise<number> {
  const documents = Array.from({ length: to - from }, (_, i): DocumentInput => {
    return { id: `d${from + i}`, text: textOf(from + i) };
  });
  const data = vectors.rows(from, to);
  const start = performance.now();
  await collection.addEmbedded(documents, { data, ...MADE, dimensions: vectors.dimensions });
  return performance.now() - start;
}

globalThis.fill = async (rows, dimensions) => {
  await deleteCollection(NAME);
  collection = await begin(rows, dimensions)();
  let taken = 0;
  for (let from = 0; from < rows; from += SLICE) taken += await add(from, from + SLICE);
  await collection.close();
  return taken;
};

globalThis.openStored = async (rows, dimensions) => {
  const open = begin(rows, dimensions);
  const start = performance.now();
  collection = await open();
  const opened = performance.now();
  await collection.search(textOf(rows), { limit: 10 });
  return { open: opened - start, first: performance.now() - opened };
};

globalThis.answers = async (mode, times) => {
  const taken: number[] = [];
  for (let i = 0; i < times; i++) {
    asked++;
    const query = textOf(1e6 + asked)
      .split(' ')
      .slice(0, 3)
      .join(' ');
    const start = performance.now();
    await collection.search(query, { mode, limit: 10 });
    taken.push(performance.now() - start);
  }
  return taken;
};

globalThis.recall = async (times) => {
  let found = 0;
  for (let i = 0; i < times; i++) {
    asked++;
    const [hits, exact] = [
      await collection.search('?', { mode: 'vector', limit: 10 }),
      await collection.search('?', { mode: 'vector', limit: 10, exact: true }),
    ];
    const nearest = new Set(exact.map(({ id }) => id));
    found += hits.filter(({ id }) => nearest.has(id)).length;
    const question = vectors.question(asked);
    for (const { id, similarity = 2 } of [...hits, ...exact]) {
      const number = Number(id.slice(1));
      const row = vectors.rows(number, number + 1);
      const cosine = row.reduce((sum, value, j) => sum + value * question[j]!, 0);
      if (Math.abs(cosine - similarity) < 1e-5) continue;
      throw new Error(`${id} has a cosine of ${cosine}, and was told to have ${similarity}.`);
    }
  }
  return found / (10 * times);
};

globalThis.append = async (count, times) => {
  const taken: number[] = [];
  for (let i = 0; i < times; i++) {
    taken.push(await add(added, added + count));
    added += count;
  }
  return taken;
};
