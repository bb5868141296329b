/**
 * Our WASM engine beside transformers.js and wllama in one run: the seeded Qwen3-Embedding-0.6B at
 * its full size (tools/bench-models writes it, in the first run) and the starter.
 * `npm run bench:engine -- [--case NAME,…] [--n ROUNDS] [--wllama-n ROUNDS] [--rivals NAME,…]
 * [--runtime native|onnxruntime] [--dry]`; `--dry` keeps no results.
 */

import { parseArgs } from 'node:util';
import { writeBenchModel } from '../tools/bench-models/index.ts';
import { chosen } from './arguments.ts';
import { browserName, serve } from './browser.ts';
import { CASES } from './engine/cases.ts';
import { measureSpeed, RIVAL_NAMES, type Plan } from './engine/speed.ts';
import { measureStart, START_CASES } from './engine/start.ts';
import { publishInto, type ResultRow } from './results.ts';

const { values: given } = parseArgs({
  options: {
    case: { type: 'string' },
    n: { type: 'string' },
    'wllama-n': { type: 'string' },
    rivals: { type: 'string', default: 'transformers.js,wllama' },
    runtime: { type: 'string', default: 'native' },
    dry: { type: 'boolean', default: false },
  },
});

const NAMES = [...CASES.map(({ name }) => name), ...START_CASES];

function count(option: 'n' | 'wllama-n'): number | undefined {
  const text = given[option];
  if (text === undefined) return undefined;
  if (/^\d+$/.test(text)) return Number(text);
  throw new Error(`--${option}: expected a number, got ${text}`);
}

async function run(plan: Plan, names: readonly string[]): Promise<void> {
  const finish = async (rows: readonly ResultRow[]): Promise<void> => {
    if (given.dry) console.table(rows);
    else publishInto('engine', browserName(), rows);
  };
  const speed = CASES.filter(({ name }) => names.includes(name));
  // Kept one by one: a run of all takes more than an hour.
  await measureSpeed(speed, plan, finish);
  for (const name of START_CASES) {
    if (names.includes(name)) await finish(await measureStart(name, plan));
  }
}

const names = given.case === undefined ? NAMES : chosen('case', given.case, NAMES);
const [rounds, wllamaRounds] = [count('n'), count('wllama-n')];
await writeBenchModel('qwen3-0.6b');
const pages = await serve('bench/pages/vite.config.ts');
try {
  const plan: Plan = {
    url: pages.url,
    rivals: chosen('rivals', given.rivals, Object.keys(RIVAL_NAMES) as Plan['rivals'][number][]),
    runtime: chosen('runtime', given.runtime, ['native', 'onnxruntime'] as const)[0]!,
    ...(rounds !== undefined && { rounds }),
    ...(wllamaRounds !== undefined && { wllamaRounds }),
  };
  await run(plan, names);
} finally {
  await pages.close();
}
