/**
 * Our index beside others in one run: the same vectors, seeded (search/vectors.ts) or the starter's of
 * WordNet (`npm run bench:wordnet` first), each side in a worker of its own, questions in turns. Recall
 * is of the ten that float32 scores of all rows give.
 * `npm run bench:search -- [--case 10k,100k/2t,…] [--rivals NAME,…] [--dimensions 1024] [--rounds N]
 * [--dry] [--gpu [--software]]`; no rivals: `--rivals none`; `--dry` keeps no results; `--gpu` measures
 * the cases `100k/gpu` and `1m/gpu` alone, on the adapter that the browser gives, which is printed;
 * `--software` takes SwiftShader, to see that it runs.
 */

import { parseArgs } from 'node:util';
import type { Page } from 'playwright';
import { WEBGPU_FLAGS } from '../tools/browser.ts';
import { chosen } from './arguments.ts';
import { nameOf, openStage, type Stage } from './browser.ts';
import { median, ownRow, publishInto, toRow, type ResultRow, type Row } from './results.ts';
import { NAMES, type Built, type Name } from './search/contestant.ts';
import { structured, WORDNET, type Corpus } from './search/corpora.ts';
import { readRates } from './search/rates.ts';
import { recallOf, takeTurns, type Answered, type Entry } from './search/turns.ts';

const [, , , ...RIVALS] = NAMES;

/** Cases by the number of seeded rows that they are measured with, and those of real rows. */
const CASES = {
  10_000: ['10k', '10k/exact', '10k/2t'],
  100_000: ['100k', '100k/exact', '100k/2t', 'open-100k', 'append-1000', 'memory-100k'],
  1_000_000: ['1m'],
} as const;
const WORDNET_CASES = ['wordnet', 'wordnet/exact', 'wordnet/2t'] as const;
const GPU_CASES = {
  100_000: ['100k/gpu'],
  1_000_000: ['1m/gpu'],
} as const;
const READ = 'read';

const { values: given } = parseArgs({
  options: {
    case: { type: 'string' },
    rivals: { type: 'string', default: RIVALS.join(',') },
    dimensions: { type: 'string', default: '1024' },
    rounds: { type: 'string', default: '5' },
    dry: { type: 'boolean', default: false },
    gpu: { type: 'boolean', default: false },
    software: { type: 'boolean', default: false },
  },
});
const structuredCases: Record<string, readonly string[]> = given.gpu ? GPU_CASES : CASES;
const corpora: (readonly [Corpus, readonly string[]])[] = Object.entries(structuredCases).map(
  ([rows, names]) => [structured(Number(rows), Number(given.dimensions)), names] as const,
);
if (!given.gpu) corpora.push([WORDNET, WORDNET_CASES]);
const caseNames = [...corpora.flatMap(([, names]) => names), ...(given.gpu ? [] : [READ])];

/** Linux gives no adapter without these. */
const GPU_FLAGS = ['--enable-unsafe-webgpu', '--enable-features=Vulkan'];

/** Rows that are added to a stored index. */
const APPENDED = 1000;

/** From here on ours is alone: its scan of all int8 values is the rival. */
const ALONE = 1_000_000;

/** They score every row in plain JavaScript or in SQL. */
const SLOW: readonly Name[] = ['Orama', 'client-vector-search', 'sqlite-vec'];

const QUICK: Entry = { name: 'ours', label: '', way: { exact: false }, isSlow: false };
const EXACT: Entry = { name: 'ours', label: '/exact', way: { exact: true }, isSlow: false };
const ON_GPU: Entry = { name: 'ours/gpu', label: '/gpu', way: { exact: false }, isSlow: false };
const SHARED: Entry = { name: 'ours/2t', label: '/2t', way: { exact: false }, isSlow: false };

/** Whose answers count as right, in every list of entries. */
const RIGHT = 1;

function nameOfCorpus({ name, rows }: Corpus): string {
  if (name === 'wordnet') return name;
  return rows >= 1e6 ? `${rows / 1e6}m` : `${rows / 1000}k`;
}

async function build(
  page: Page,
  names: readonly Name[],
  corpus: Corpus,
): Promise<Map<Name, Built>> {
  const built = new Map<Name, Built>();
  for (const name of names) {
    const side = await page.evaluate(([name, corpus]) => globalThis.build(name, corpus), [
      name,
      corpus,
    ] as const);
    built.set(name, side);
    const size = side.bytes === undefined ? '' : `, ${Math.round(side.bytes / 1e6)} MB`;
    const settled = side.settled === undefined ? '' : `; ${side.settled}`;
    const time = `built in ${Math.round(side.ms)} ms`;
    console.log(`${nameOfCorpus(corpus)}, ${name}: ${time}${size}${settled}`);
  }
  return built;
}

function percentile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(share * (values.length - 1))]!;
}

function printTable(entries: readonly Entry[], answers: readonly Answered[]): void {
  const table = entries.map(({ name, label }, i) => ({
    side: name.startsWith('ours') ? `ours${label}` : name,
    p50: median(answers[i]!.ms).toFixed(3),
    p95: percentile(answers[i]!.ms, 0.95).toFixed(3),
    'recall@10': recallOf(answers[i]!, answers[RIGHT]!).toFixed(4),
    questions: answers[i]!.ms.length,
  }));
  console.table(table);
}

/** Each way of ours beside each rival; beside our quick way, too, what is not that. */
function compare(
  corpus: Corpus,
  entries: readonly Entry[],
  answers: readonly Answered[],
): ResultRow[] {
  const right = answers[RIGHT]!;
  return entries.flatMap((own, i) => {
    if (!own.name.startsWith('ours')) return [];
    return entries.flatMap((other, j) => {
      const rival = rivalName(own, other, corpus.rows);
      if (rival === undefined) return [];
      const shared = { case: nameOfCorpus(corpus) + own.label, rival };
      return [
        toRow({
          ...shared,
          ...{ metric: 'ms', unit: 'ms', ours: answers[i]!.ms, theirs: answers[j]!.ms },
        }),
        toRow({
          ...shared,
          ...{ metric: 'recall@10', unit: 'share', better: 'higher' as const },
          // Of all questions: the median of single ones would nearly always be 1.
          ours: [recallOf(answers[i]!, right)],
          theirs: [recallOf(answers[j]!, right)],
        }),
      ];
    });
  });
}

function rivalName(own: Entry, other: Entry, rows: number): string | undefined {
  if (!other.name.startsWith('ours')) return other.name;
  if (own === SHARED && other === QUICK) return 'ours, 1 thread';
  if (own === ON_GPU && other === QUICK) return 'ours, WASM';
  if (own === QUICK && other === EXACT && rows >= ALONE) return 'ours, all int8 values';
  return undefined;
}

function buildRows(corpus: Corpus, built: ReadonlyMap<Name, Built>): ResultRow[] {
  const ours = built.get('ours')!.ms;
  return [...built]
    .filter(([name]) => !name.startsWith('ours'))
    .map(([rival, { ms }]) => {
      const shared = { case: nameOfCorpus(corpus), metric: 'build', unit: 'ms', rival };
      return toRow({ ...shared, ours: [ours], theirs: [ms] });
    });
}

/** What the index holds in memory beside its float32 rows, and its life on the disk without the disk. */
async function storedRows(page: Page, corpus: Corpus, built: Built): Promise<ResultRow[]> {
  const { rows, dimensions } = corpus;
  const { open, append } = await page.evaluate((rows) => globalThis.stored(rows), APPENDED);
  const shared = { metric: 'ms', unit: 'ms', rival: 'building it anew' };
  return [
    toRow({ ...shared, case: `open-${nameOfCorpus(corpus)}`, ours: [open], theirs: [built.ms] }),
    toRow({ ...shared, case: `append-${APPENDED}`, ours: [append], theirs: [built.ms] }),
    toRow({
      ...{
        case: `memory-${nameOfCorpus(corpus)}`,
        metric: 'index',
        unit: 'bytes',
        rival: 'float32 rows',
      },
      ours: [built.bytes!],
      theirs: [rows * dimensions * 4],
    }),
  ];
}

async function measure(stage: Stage, corpus: Corpus, rivals: readonly Name[]): Promise<Row[]> {
  const isAlone = corpus.rows >= ALONE;
  const others = isAlone || given.gpu ? [] : rivals;
  const entries = [
    ...[QUICK, EXACT, ...(given.gpu ? [ON_GPU] : isAlone ? [] : [SHARED])],
    ...others.map((name) => ({ name, label: '', way: {}, isSlow: SLOW.includes(name) })),
  ];
  const page = await freshPage(stage);
  const names = [...new Set(entries.map(({ name }) => name))];
  const built = await build(page, names, corpus);
  const answers = await takeTurns(page, entries, Number(given.rounds), isAlone);
  printTable(entries, answers);
  const ours = built.get('ours')!;
  const results = [
    ...compare(corpus, entries, answers),
    ...buildRows(corpus, built),
    ...(isAlone
      ? [ownRow({ case: nameOfCorpus(corpus), metric: 'build', unit: 'ms', ours: [ours.ms] })]
      : []),
    ...(corpus.name === 'structured' && !isAlone ? await storedRows(page, corpus, ours) : []),
  ];
  await page.context().close();
  return results;
}

async function freshPage(stage: Stage): Promise<Page> {
  const page = await stage.freshPage();
  page.setDefaultTimeout(0);
  await page.goto(stage.url);
  await page.waitForFunction(() => globalThis.build !== undefined);
  return page;
}

const rivals = given.rivals === 'none' ? [] : chosen('rivals', given.rivals, RIVALS);
const wanted = given.case === undefined ? caseNames : chosen('case', given.case, caseNames);
const flags = given.gpu ? (given.software ? WEBGPU_FLAGS : GPU_FLAGS) : [];
const stage = await openStage('bench/search/vite.config.ts', flags);
const publishChosen = (results: readonly Row[]): void => {
  if (given.dry) console.table(results);
  else publishInto('search', nameOf(stage.browser), results);
};
try {
  if (wanted.includes(READ)) {
    const page = await freshPage(stage);
    publishChosen(await readRates(page));
    await page.context().close();
  }
  for (const [corpus, names] of corpora) {
    if (!names.some((name) => wanted.includes(name))) continue;
    const results = await measure(stage, corpus, rivals);
    publishChosen(results.filter(({ case: name }) => wanted.includes(name)));
  }
} finally {
  await stage.close();
}
