/**
 * Our index beside others in one run: the same seeded vectors (search/vectors.ts), each side in a
 * worker of its own, questions in turns. Recall is of the ten that float32 scores of all rows give.
 * `npm run bench:search -- [--rows 10000,100000] [--rivals NAME,…] [--dimensions 1024] [--rounds N]
 * [--dry]`; `--dry` keeps no results.
 */

import { parseArgs } from 'node:util';
import type { Page } from 'playwright';
import { nameOf, openStage } from './browser.ts';
import { median, publishInto, toRow, type ResultRow } from './results.ts';
import { NAMES, type Answers, type Built, type Name, type Way } from './search/contestant.ts';
import type {} from './search/page.ts';

const { values: given } = parseArgs({
  options: {
    rows: { type: 'string', default: '10000' },
    rivals: { type: 'string', default: 'hnswlib-wasm,Orama' },
    dimensions: { type: 'string', default: '1024' },
    rounds: { type: 'string', default: '5' },
    dry: { type: 'boolean', default: false },
  },
});

/** Questions of a round; each round asks others. */
const QUESTIONS = 20;

/** Rounds before those that count: compilers take their time. */
const WARM_UP = 5;

/** Rows that are added to a stored index. */
const APPENDED = 1000;

/** A side as it takes part: a way of ours, or a rival. */
interface Entry {
  name: Name;
  label: string;
  way: Way;
}

const OURS: readonly Entry[] = [
  { name: 'ours', label: '', way: { exact: false } },
  { name: 'ours', label: '/exact', way: { exact: true } },
  { name: 'ours/2t', label: '/2t', way: { exact: false } },
];

/** Whose answers count as right. */
const EXACT = 1;

function shortOf(rows: number): string {
  return rows >= 1e6 ? `${rows / 1e6}m` : `${rows / 1000}k`;
}

async function build(
  page: Page,
  names: readonly Name[],
  dimensions: number,
  rows: number,
): Promise<Map<Name, Built>> {
  const built = new Map<Name, Built>();
  for (const name of names) {
    const side = await page.evaluate(
      ([name, dimensions, rows]) => globalThis.build(name, dimensions, rows),
      [name, dimensions, rows] as const,
    );
    built.set(name, side);
    const size = side.bytes === undefined ? '' : `, ${Math.round(side.bytes / 1e6)} MB`;
    console.log(`${shortOf(rows)}, ${name}: built in ${Math.round(side.ms)} ms${size}`);
  }
  return built;
}

async function takeTurns(
  page: Page,
  entries: readonly Entry[],
  rounds: number,
): Promise<Answers[]> {
  const answers = entries.map((): Answers => ({ ms: [], rows: [] }));
  for (let round = -WARM_UP; round < rounds; round++) {
    for (const [i, { name, way }] of entries.entries()) {
      const from = (WARM_UP + round) * QUESTIONS;
      const { ms, rows } = await page.evaluate(
        ([name, from, to, way]) => globalThis.ask(name, from, to, way),
        [name, from, from + QUESTIONS, way] as const,
      );
      if (round < 0) continue;
      answers[i]!.ms.push(...ms);
      answers[i]!.rows.push(...rows);
    }
  }
  return answers;
}

/** Share of the exact rows that were found, question by question. */
function recalls(answers: Answers, exact: Answers): number[] {
  return answers.rows.map((rows, i) => {
    const wanted = exact.rows[i]!;
    return rows.filter((row) => wanted.includes(row)).length / wanted.length;
  });
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function percentile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(share * (values.length - 1))]!;
}

function compare(
  rows: number,
  entries: readonly Entry[],
  answers: readonly Answers[],
): ResultRow[] {
  const exact = answers[EXACT]!;
  const table = entries.map(({ name, label }, i) => ({
    side: name.startsWith('ours') ? `ours${label}` : name,
    p50: median(answers[i]!.ms).toFixed(3),
    p95: percentile(answers[i]!.ms, 0.95).toFixed(3),
    'recall@10': mean(recalls(answers[i]!, exact)).toFixed(4),
  }));
  console.table(table);
  return OURS.flatMap(({ label }, own) =>
    // Two threads beside one, as well as beside the others.
    entries.slice(label === '/2t' ? 0 : OURS.length).flatMap(({ name, label: other }) => {
      if (other === '/exact' || other === '/2t') return [];
      const theirs = answers[entries.findIndex((entry) => entry.name === name)]!;
      const shared = { case: shortOf(rows) + label, rival: name };
      return [
        toRow({ ...shared, metric: 'ms', unit: 'ms', ours: answers[own]!.ms, theirs: theirs.ms }),
        toRow({
          ...{ ...shared, metric: 'recall@10', unit: 'share', better: 'higher' },
          // Of all questions: the median of single ones would nearly always be 1.
          ours: [mean(recalls(answers[own]!, exact))],
          theirs: [mean(recalls(theirs, exact))],
        }),
      ];
    }),
  );
}

function buildRows(rows: number, built: ReadonlyMap<Name, Built>): ResultRow[] {
  const ours = built.get('ours')!.ms;
  return [...built]
    .filter(([name]) => !name.startsWith('ours'))
    .map(([rival, { ms }]) => {
      const shared = { case: shortOf(rows), metric: 'build', unit: 'ms', rival };
      return toRow({ ...shared, ours: [ours], theirs: [ms] });
    });
}

/** What the index holds in memory beside its float32 rows, and its life on the disk without the disk. */
async function storedRows(page: Page, rows: number, dimensions: number, built: Built) {
  const { open, append } = await page.evaluate((rows) => globalThis.stored(rows), APPENDED);
  const shared = { metric: 'ms', unit: 'ms', rival: 'building it anew' };
  return [
    toRow({ ...shared, case: `open-${shortOf(rows)}`, ours: [open], theirs: [built.ms] }),
    toRow({ ...shared, case: `append-${APPENDED}`, ours: [append], theirs: [built.ms] }),
    toRow({
      ...{ case: `memory-${shortOf(rows)}`, metric: 'index', unit: 'bytes', rival: 'float32 rows' },
      ours: [built.bytes!],
      theirs: [rows * dimensions * 4],
    }),
  ];
}

const rivals = given.rivals
  .split(',')
  .filter((name) => name !== '')
  .map((name) => {
    const found = NAMES.find((known) => known === name && !known.startsWith('ours'));
    if (!found) throw new Error(`--rivals: ${name} is none of ${NAMES.slice(2).join(', ')}`);
    return found;
  });
const entries = [...OURS, ...rivals.map((name): Entry => ({ name, label: '', way: {} }))];
const dimensions = Number(given.dimensions);
const stage = await openStage('bench/search/vite.config.ts');
try {
  for (const rows of given.rows.split(',').map(Number)) {
    const page = await stage.freshPage();
    page.setDefaultTimeout(0);
    await page.goto(stage.url);
    await page.waitForFunction(() => globalThis.build !== undefined);
    const built = await build(page, ['ours', 'ours/2t', ...rivals], dimensions, rows);
    const answers = await takeTurns(page, entries, Number(given.rounds));
    const results = [
      ...compare(rows, entries, answers),
      ...buildRows(rows, built),
      ...(await storedRows(page, rows, dimensions, built.get('ours')!)),
    ];
    if (given.dry) console.table(results);
    else publishInto('search', nameOf(stage.browser), results);
    await page.context().close();
  }
} finally {
  await stage.close();
}
