/**
 * A query encoder of a few megabytes beside the model whose vectors it was fitted to: WordNet's 4,000
 * held-out senses, searched by meaning alone and together with words, documents always as the model has
 * them. `npm run bench:light -- [--split train] [--passages 60000] [--queries 10000] [--epochs 2] [--dry]`;
 * after `npm run bench:wordnet`. What was tuned was tuned on `--split train`, which keeps no results;
 * neither do other numbers of passages, queries or epochs.
 */

import { parseArgs } from 'node:util';
import { CATALOGUE } from '../src/contract/index.ts';
import { fitLight, LightEncoder, vocabularyOf } from '../src/light/index.ts';
import { lightTasks, passagesToFit, queriesToFit, starterTokenizer } from './light/corpus.ts';
import { ownRow, publishInto, toRow, type Row } from './results.ts';
import { WIDTH } from './wordnet/vectors.ts';
import { measure, type Way } from './words/quality.ts';
import type { Task } from './words/tasks.ts';

const { values: given } = parseArgs({
  options: {
    split: { type: 'string', default: 'test' },
    passages: { type: 'string', default: '60000' },
    queries: { type: 'string', default: '10000' },
    epochs: { type: 'string' },
    dry: { type: 'boolean', default: false },
  },
});

/** Ways of searching, by what their cases are called. */
const CASES: Readonly<Record<string, Way>> = {
  light: 'meaning',
  'light+words': 'fused',
  'light+words (z + 0.2 BM25)': 'z + 0.2 BM25',
};

async function fitted(): Promise<{ bytes: Uint8Array<ArrayBuffer>; seconds: number }> {
  const { id: model, revision, pooling, dimensions } = CATALOGUE['starter']!;
  const passages = passagesToFit(Number(given.passages));
  const all = queriesToFit();
  const count = Number(given.queries);
  // Some of both kinds.
  const chosen = all.texts.map((_, i) => i).filter((i) => (i % 5000) * 2 < count);
  const queries = {
    texts: chosen.map((i) => all.texts[i]!),
    vectors: Float32Array.from(
      chosen.flatMap((i) => [...all.vectors.subarray(i * WIDTH, (i + 1) * WIDTH)]),
    ),
  };
  const start = performance.now();
  let told = 0;
  const bytes = await fitLight({
    model: { model, revision: revision!, pooling, dimensions },
    vocabulary: vocabularyOf(starterTokenizer()),
    passages,
    ...(count > 0 && { queries }),
    ...(given.epochs !== undefined && { epochs: Number(given.epochs) }),
    onProgress: (share) => {
      if (share - told < 0.1) return;
      told = share;
      console.log(
        `${(share * 100).toFixed(0)} %, ${((performance.now() - start) / 1000).toFixed(0)} s`,
      );
    },
  });
  return { bytes, seconds: (performance.now() - start) / 1000 };
}

/** The task with queries as the encoder sees them, and milliseconds for each. */
function encoded(task: Task, encoder: LightEncoder): { task: Task; times: number[] } {
  const times: number[] = [];
  const queryVectors = new Float32Array(task.queryVectors.length);
  for (const [i, { text }] of task.queries.entries()) {
    const start = performance.now();
    const vector = encoder.encode(text);
    times.push(performance.now() - start);
    if (!vector) throw new Error(`No piece of this query is known: ${text}`);
    queryVectors.set(vector, i * WIDTH);
  }
  return { task: { ...task, queryVectors }, times };
}

async function quality(encoder: LightEncoder): Promise<Row[]> {
  const rows: Row[] = [];
  const times: number[] = [];
  for (const task of lightTasks(given.split === 'train' ? 'train' : 'test')) {
    const light = encoded(task, encoder);
    const [ours, theirs] = [await measure(light.task), await measure(task)];
    times.push(...light.times);
    for (const [name, way] of Object.entries(CASES)) {
      const figures = { ours: [ours[way]['recall@10']], theirs: [theirs[way]['recall@10']] };
      const said = { case: `${name}/${task.name}@10`, metric: 'recall@10', unit: 'share' };
      const row = toRow({ ...said, rival: 'the model', ...figures, better: 'higher' });
      rows.push({ ...row, n: task.queries.length });
    }
  }
  const each = { case: 'light/query', metric: 'time', unit: 'ms' };
  return [...rows, ownRow({ ...each, ours: times })];
}

const { bytes, seconds } = await fitted();
const opening = performance.now();
const encoder = LightEncoder.from(bytes);
const opened = performance.now() - opening;
const rows: Row[] = [
  ...(await quality(encoder)),
  ownRow({ case: 'light/fit-60k-seconds', metric: 'time', unit: 's', ours: [seconds] }),
  ownRow({ case: 'light/size', metric: 'bytes', unit: 'bytes', ours: [bytes.length] }),
  ownRow({ case: 'light/open', metric: 'time', unit: 'ms', ours: [opened] }),
];
const isOther =
  given.dry ||
  given.split === 'train' ||
  given.epochs !== undefined ||
  given.passages !== '60000' ||
  given.queries !== '10000';
if (isOther) console.table(rows);
else publishInto('site', `Node ${process.version}`, rows);
