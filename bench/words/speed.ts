/**
 * Our word index beside MiniSearch on 100,000 passages: building, memory, storing, opening, asking.
 * Ours stems English, MiniSearch as it comes does not; neither looks for beginnings or typos.
 */

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import MiniSearch from 'minisearch';
import { LexicalIndex } from '../../src/words/index.ts';
import { wordnetSenses } from '../../tools/recall/senses.ts';
import { toRow, type Comparison, type ResultRow } from '../results.ts';
import { randomOf } from '../../src/light/random.ts';

const PASSAGES = 100_000;
/** Glosses in a passage: about 80 words. */
const GLOSSES = 8;
const QUERIES = 200;
const OPENINGS = 3;
const RIVAL = 'MiniSearch 7.2.0';
const OPTIONS = { fields: ['text'], searchOptions: { fuzzy: false, prefix: false } };
/** Documents that a collection adds at once. */
const BATCH = 1000;

interface Built<T> {
  /** Milliseconds. */
  build: number;
  /** Megabytes. */
  memory: number;
  stored: T;
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

export async function compareSpeed(): Promise<ResultRow[]> {
  const { passages, queries } = corpus();
  const theirs = buildTheirs(passages);
  const ours = await buildOurs(passages);
  const openings = { ours: [] as number[], theirs: [] as number[] };
  let [index, rival] = [new LexicalIndex(), new MiniSearch(OPTIONS)];
  for (let round = 0; round < OPENINGS; round++) {
    [index, rival] = [new LexicalIndex(), new MiniSearch(OPTIONS)];
    collectGarbage();
    let started = performance.now();
    index = LexicalIndex.from(ours.stored);
    await index.prepare();
    openings.ours.push(performance.now() - started);
    started = performance.now();
    rival = MiniSearch.loadJSON(theirs.stored.toString(), OPTIONS);
    openings.theirs.push(performance.now() - started);
  }
  const row = (rest: Pick<Comparison, 'metric' | 'unit' | 'ours' | 'theirs'>): ResultRow =>
    toRow({ case: '100k passages', rival: RIVAL, ...rest });
  return [
    row({ metric: 'build', unit: 'ms', ours: [ours.build], theirs: [theirs.build] }),
    row({ metric: 'memory', unit: 'MB', ours: [ours.memory], theirs: [theirs.memory] }),
    row({
      metric: 'stored',
      unit: 'MB',
      ours: [ours.stored.reduce((sum, { length }) => sum + length, 0) / 1e6],
      theirs: [theirs.stored.length / 1e6],
    }),
    row({ metric: 'open', unit: 'ms', ...openings }),
    row({ metric: 'query of 3 words', unit: 'ms', ...askBoth(index, rival, queries) }),
  ];
}

function corpus(): { passages: string[]; queries: string[] } {
  const glosses = wordnetSenses().map(({ definition }) => definition);
  const random = randomOf(7);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const passages = Array.from({ length: PASSAGES }, () =>
    Array.from({ length: GLOSSES }, () => pick(glosses)).join('. '),
  );
  const queries = Array.from({ length: QUERIES }, () => {
    const words = pick(passages).match(/[a-z]{4,}/g) ?? [];
    return `${Array.from({ length: 3 }, () => pick(words)).join(' ')} `;
  });
  return { passages, queries };
}

async function buildOurs(passages: readonly string[]): Promise<Built<Uint8Array[]>> {
  const rows = passages.map((text, row) => ({ row, text, language: 'en' }));
  const before = memory();
  const index = new LexicalIndex();
  await index.prepare(rows.slice(0, 1));
  const started = performance.now();
  for (let at = 0; at < rows.length; at += BATCH) index.add(rows.slice(at, at + BATCH));
  const build = performance.now() - started;
  return { build, memory: memory() - before, stored: index.segments() };
}

function buildTheirs(passages: readonly string[]): Built<Buffer> {
  const rows = passages.map((text, id) => ({ id, text }));
  const before = memory();
  const index = new MiniSearch(OPTIONS);
  const started = performance.now();
  for (let at = 0; at < rows.length; at += BATCH) index.addAll(rows.slice(at, at + BATCH));
  const build = performance.now() - started;
  return { build, memory: memory() - before, stored: Buffer.from(JSON.stringify(index)) };
}

/** In turns; the ten best of ours, all of theirs, which has no limit. */
function askBoth(
  index: LexicalIndex,
  rival: MiniSearch,
  queries: readonly string[],
): Pick<Comparison, 'ours' | 'theirs'> {
  const times = { ours: [] as number[], theirs: [] as number[] };
  for (const query of queries) {
    let started = performance.now();
    const found = index.search(query, { language: 'en' }).top(10).rows.length;
    times.ours.push(performance.now() - started);
    started = performance.now();
    const theirs = rival.search(query).length;
    times.theirs.push(performance.now() - started);
    if (found === 0 || theirs === 0) throw new Error(`Nobody finds "${query}"`);
  }
  return times;
}

/** Megabytes that live, buffers counted in. */
function memory(): number {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 1e6;
}
