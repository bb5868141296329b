/** What it takes to have the model: time to load it, memory of the page that holds it. */

import { wordsOf } from '../texts.ts';
import type { Setup } from '../pages/contestant.ts';
import { toRow, type ResultRow } from '../results.ts';
import { Side, type SideName } from './side.ts';
import { RIVAL_NAMES, type Plan } from './speed.ts';

const ROUNDS = 3;
const THREADS = 2;
const MEGABYTE = 1e6;

const METRICS = {
  'peak-memory': ['renderer after loading and one query'],
  load: ['first load', 'second load'],
} as const;

export type StartCase = keyof typeof METRICS;
export const START_CASES = Object.keys(METRICS) as readonly StartCase[];

/** Each measurement in a profile of its own. */
export async function measureStart(name: StartCase, plan: Plan): Promise<ResultRow[]> {
  const rows: ResultRow[] = [];
  const variants = variantsOf(plan);
  const samples = new Map<string, number[][]>();
  for (let round = 0; round < (plan.rounds ?? ROUNDS); round++) {
    for (const { label, side, setup } of [...variants, ...rivalsOf(plan)]) {
      const values = await measureOnce(name, side, setup, plan.url);
      console.log(`${name}, ${label}: ${values.map(Math.round).join(', ')}`);
      samples.set(label, [...(samples.get(label) ?? []), values]);
    }
  }
  for (const { label } of variants) {
    for (const rival of plan.rivals) {
      METRICS[name].forEach((metric, i) => {
        const valuesOf = (label: string) => (samples.get(label) ?? []).map((values) => values[i]!);
        rows.push(
          toRow({
            case: name,
            metric: `${metric}, ${label}`,
            unit: name === 'load' ? 'ms' : 'MB',
            rival: RIVAL_NAMES[rival],
            ours: valuesOf(label),
            theirs: valuesOf(rival),
          }),
        );
      });
    }
  }
  return rows;
}

interface Entrant {
  label: string;
  side: SideName;
  setup: Setup;
}

function variantsOf({ runtime }: Plan): Entrant[] {
  // The rivals' own weights; and for our own engine the smaller file, which it may take as well.
  const dtypes = runtime === 'native' ? (['q4', 'q4f16'] as const) : (['q4'] as const);
  return dtypes.map((dtype) => ({
    label: `ours on ${dtype}`,
    side: 'ours',
    setup: { model: 'qwen3-0.6b', threads: THREADS, dtype, runtime },
  }));
}

function rivalsOf({ rivals }: Plan): Entrant[] {
  return rivals.map((side) => ({
    label: side,
    side,
    setup: { model: 'qwen3-0.6b', threads: THREADS },
  }));
}

async function measureOnce(
  name: StartCase,
  sideName: SideName,
  setup: Setup,
  url: string,
): Promise<number[]> {
  const side = await Side.open(sideName, url);
  try {
    const first = await side.load(setup);
    if (name === 'load') return [first.milliseconds, (await side.load(setup)).milliseconds];
    await side.embed({ texts: [wordsOf(16, 1)], kind: 'document' });
    return [(await side.peakMemory()) / MEGABYTE];
  } finally {
    await side.close();
  }
}
