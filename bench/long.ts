/**
 * Long texts in Chromium on our kernels: time, memory of the renderer, how often progress is told and
 * how soon an abort is over. On the seeded Qwen3-Embedding-0.6B at its full size, and where all of its
 * 28 layers would take some twenty minutes, on a sibling of two (tools/bench-models writes both).
 * `npm run bench:long -- [--case NAME,…] [--dry]`; `--dry` keeps no results.
 */

import { parseArgs } from 'node:util';
import { writeBenchModel } from '../tools/bench-models/index.ts';
import { chosen } from './arguments.ts';
import { browserName, serve } from './browser.ts';
import { Side } from './engine/side.ts';
import type { ModelName } from './pages/models.ts';
import { ownRow, publishInto, type OwnRow } from './results.ts';
import { wordsOf } from './texts.ts';

interface LongCase {
  name: string;
  model: Exclude<ModelName, 'starter'>;
  tokens: number;
  /** Runs to the end; the longest take minutes. */
  rounds: number;
  /** Share of the text after which a run is aborted. */
  abortAt: number;
}

const FULL = 'qwen3-0.6b';
const CASES: readonly LongCase[] = [
  { name: '2048', model: FULL, tokens: 2048, rounds: 3, abortAt: 0.1 },
  { name: '8192', model: FULL, tokens: 8192, rounds: 1, abortAt: 0.02 },
  { name: '32768', model: FULL, tokens: 32_768, rounds: 0, abortAt: 0.005 },
  {
    name: '32768/2-layers',
    model: 'qwen3-0.6b-2-layers',
    tokens: 32_768,
    rounds: 1,
    abortAt: 0.05,
  },
];
const ABORTS = 3;
const THREADS = 2;
const SECOND = 1e3;
const MEGABYTE = 1e6;

async function measure(row: LongCase, url: string): Promise<OwnRow[]> {
  // In a browser of its own, whose peak of memory is this case's.
  const side = await Side.open('ours', url);
  try {
    const { runsOn } = await side.load({ model: row.model, threads: THREADS, runtime: 'native' });
    console.log(`${row.name}: ${row.model} on ${runsOn}`);
    const text = wordsOf(row.tokens, 1);
    const aborted: number[] = [];
    for (let i = 0; i < ABORTS; i++) {
      const { outcome, milliseconds } = await side.follow(text, row.abortAt);
      if (!('stopped' in outcome)) throw new Error(`${row.name}: ended before it was aborted`);
      console.log(`${row.name}: aborted after ${milliseconds} ms, settled in ${outcome.stopped}`);
      aborted.push(outcome.stopped);
    }
    const rows = [
      ownRow({ case: row.name, metric: 'abort to settled', unit: 'ms', ours: aborted }),
      ...(await measureWhole(row, side, text)),
    ];
    const peak = (await side.peakMemory()) / MEGABYTE;
    return [
      ...rows,
      ownRow({ case: row.name, metric: 'renderer, peak', unit: 'MB', ours: [peak] }),
    ];
  } finally {
    await side.close();
  }
}

async function measureWhole(row: LongCase, side: Side, text: string): Promise<OwnRow[]> {
  const seconds: number[] = [];
  const perSecond: number[] = [];
  const silences: number[] = [];
  for (let round = 0; round < row.rounds; round++) {
    const { milliseconds, reports, silence, outcome } = await side.follow(text);
    if (!('tokens' in outcome) || outcome.tokens !== row.tokens) {
      throw new Error(`${row.name}: expected ${row.tokens} tokens, got ${JSON.stringify(outcome)}`);
    }
    console.log(`${row.name}: ${milliseconds} ms, ${reports} reports, ${silence} ms without one`);
    seconds.push(milliseconds / SECOND);
    perSecond.push(reports / (milliseconds / SECOND));
    silences.push(silence);
  }
  if (row.rounds === 0) return [];
  const speeds = seconds.map((time) => row.tokens / time);
  return [
    ownRow({ case: row.name, metric: 'time', unit: 's', ours: seconds }),
    ownRow({ case: row.name, metric: 'speed', unit: 'tokens/s', ours: speeds }),
    ownRow({ case: row.name, metric: 'reports', unit: '1/s', ours: perSecond }),
    ownRow({ case: row.name, metric: 'longest without a report', unit: 'ms', ours: silences }),
  ];
}

const { values: given } = parseArgs({
  options: { case: { type: 'string' }, dry: { type: 'boolean', default: false } },
});
const known = CASES.map(({ name }) => name);
const names = given.case === undefined ? known : chosen('case', given.case, known);
const cases = CASES.filter(({ name }) => names.includes(name));
for (const model of new Set(cases.map((row) => row.model))) await writeBenchModel(model);
const pages = await serve('bench/pages/vite.config.ts');
try {
  for (const row of cases) {
    const rows = await measure(row, pages.url);
    if (given.dry) console.table(rows);
    else publishInto('long', browserName(), rows);
  }
} finally {
  await pages.close();
}
