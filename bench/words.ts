/**
 * Search by words and its fusion with meaning, in Node: quality on labelled queries with the
 * starter's vectors, the word index beside MiniSearch, filters beside a scan.
 * `npm run bench:words -- [--only quality|speed|filters|golden] [--split train] [--dry]`; the
 * first run on a split embeds 16,000 short texts (five minutes) and keeps them in .cache. What was tuned was
 * tuned on `--split train`, which keeps no results. `--only golden` writes the vectors that the
 * gate's test of quality reads.
 */

import { parseArgs } from 'node:util';
import { publishInto, type ResultRow } from './results.ts';
import { headOf, writeGolden } from './words/golden.ts';
import { compareFilters } from './words/filters.ts';
import { measure, toRows } from './words/quality.ts';
import { compareSpeed } from './words/speed.ts';
import { loadTasks } from './words/tasks.ts';

const { values: given } = parseArgs({
  options: {
    only: { type: 'string' },
    split: { type: 'string', default: 'test' },
    dry: { type: 'boolean', default: false },
  },
});

async function quality(): Promise<ResultRow[]> {
  const rows: ResultRow[] = [];
  for (const task of await loadTasks(given.split === 'train' ? 'train' : 'test')) {
    const found = await measure(task);
    console.log(task.name);
    console.table(found);
    rows.push(...toRows(task.name, task.queries.length, found));
  }
  return rows;
}

const PARTS: Readonly<Record<string, () => Promise<ResultRow[]>>> = {
  quality,
  speed: compareSpeed,
  filters: async () => compareFilters(),
};

if (given.only === 'golden') {
  const [rev, ex] = (await loadTasks('test')).map(headOf);
  if (!rev || !ex) throw new Error('No tasks');
  writeGolden([rev.documentVectors, rev.queryVectors, ex.documentVectors, ex.queryVectors]);
  process.exit();
}
const names = given.only === undefined ? Object.keys(PARTS) : [given.only];
for (const name of names) {
  const part = PARTS[name];
  if (!part) throw new Error(`--only: ${name} is none of ${Object.keys(PARTS).join(', ')}`);
  const rows = await part();
  if (given.dry || given.split === 'train') console.table(rows);
  else publishInto('words', `Node ${process.version}`, rows);
}
// Threads of the native runtime keep a process alive.
process.exit();
