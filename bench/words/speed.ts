/** Our word index beside MiniSearch on 100,000 passages: building, memory, storing, opening, asking. */

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import MiniSearch from 'minisearch';
import { LexicalIndex } from '../../src/words/index.ts';
import { wordnetSenses } from '../../tools/recall/senses.ts';
import { toRow, type ResultRow } from '../results.ts';
import { randomOf } from '../texts.ts';

const PASSAGES = 100_000;
/** Glosses in a passage: about 90 words. */
const GLOSSES = 8;
const QUERIES = 200;
const RIVAL = 'MiniSearch 7.2.0';

interface Measured {
  build: number;
  memory: number;
  stored: number;
  open: number;
  queries: number[];
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

export async function compareSpeed(): Promise<ResultRow[]> {
  const { passages, queries } = corpus();
  const theirs = measureMiniSearch(passages, queries);
  const ours = await measureOurs(passages, queries);
  const name = '100k passages';
  const row = (metric: keyof Measured, label: string, unit: string): ResultRow =>
    toRow({
      case: name,
      metric: label,
      unit,
      rival: RIVAL,
      ours: [ours[metric]].flat(),
      theirs: [theirs[metric]].flat(),
    });
  return [
    row('build', 'build', 'ms'),
    row('memory', 'memory', 'MB'),
    row('stored', 'stored', 'MB'),
    row('open', 'open', 'ms'),
    row('queries', 'query of 3 words', 'ms'),
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

async function measureOurs(passages: string[], queries: string[]): Promise<Measured> {
  const rows = passages.map((text, row) => ({ row, text, language: 'en' }));
  const before = memory();
  let index: LexicalIndex | undefined = new LexicalIndex();
  await index.prepare(rows.slice(0, 1));
  const started = performance.now();
  // As a collection adds: some documents at a time.
  for (let at = 0; at < rows.length; at += 1000) index.add(rows.slice(at, at + 1000));
  const build = performance.now() - started;
  const held = memory() - before;
  const segments = index.segments();
  index = undefined;
  const opening = performance.now();
  const opened = LexicalIndex.from(segments);
  await opened.prepare();
  const open = performance.now() - opening;
  return {
    build,
    memory: held,
    stored: segments.reduce((sum, { length }) => sum + length, 0) / 1e6,
    open,
    queries: queries.map((query) => timed(() => opened.search(query, { language: 'en' }).top(10))),
  };
}

function measureMiniSearch(passages: string[], queries: string[]): Measured {
  const options = { fields: ['text'], searchOptions: { fuzzy: false, prefix: false } };
  const before = memory();
  let index: MiniSearch | undefined = new MiniSearch(options);
  const started = performance.now();
  index.addAll(passages.map((text, id) => ({ id, text })));
  const build = performance.now() - started;
  const held = memory() - before;
  const stored = Buffer.from(JSON.stringify(index));
  index = undefined;
  const opening = performance.now();
  const opened = MiniSearch.loadJSON(stored.toString(), options);
  const open = performance.now() - opening;
  return {
    build,
    memory: held,
    stored: stored.length / 1e6,
    open,
    queries: queries.map((query) => timed(() => opened.search(query))),
  };
}

/** Megabytes that live, buffers counted in. */
function memory(): number {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 1e6;
}

function timed(work: () => unknown): number {
  const started = performance.now();
  work();
  return performance.now() - started;
}
