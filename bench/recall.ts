/**
 * What rounding activations to 8 bits costs in search: recall of the starter on our kernels beside
 * the same file on ONNX Runtime, which rounds none. Documents and queries are each side's own.
 * `npm run bench:recall` takes some ten minutes. ONNX Runtime's vectors are kept in .cache/recall for
 * the next run, ours never are.
 */

import { env } from 'onnxruntime-node';
import { CATALOGUE, type Prompts } from '../src/contract/index.ts';
import { cosine } from '../src/engine/self-test.ts';
import { chooseSimd, type Simd } from '../src/kernels/index.ts';
import { openModel } from '../src/node/index.ts';
import { ranksOf, recallAt } from '../tools/recall/ranks.ts';
import { declarationTask, wordnetTasks, type RecallTask } from '../tools/recall/tasks.ts';
import { openStarter } from '../tools/samples/starter.ts';
import { keptVectors } from './recall/kept.ts';
import { keep, type Row } from './results.ts';

const STARTER = CATALOGUE['starter']!;
const RIVAL = `ONNX Runtime ${env.versions.node}, activations in float32`;
const THREADS = 2;

type Embed = (texts: readonly string[], kind: keyof Prompts) => Promise<Float32Array>;

interface TaskVectors {
  documents: Float32Array;
  queries: Float32Array;
}

/** `n` counts queries. */
interface RecallRow extends Row {
  rival: string;
  theirs: number;
  /** Ours less the rival's. */
  difference: number;
  documents: number;
  /** Queries that count for one side only. */
  oursAlone: number;
  theirsAlone: number;
  /** Of all vectors of documents and queries, ours to the rival's. */
  leastCosine: number;
  meanCosine: number;
}

async function vectorsOf({ documents, queries }: RecallTask, embed: Embed): Promise<TaskVectors> {
  return {
    documents: await embed(documents, 'document'),
    queries: await embed(
      queries.map(({ text }) => text),
      'query',
    ),
  };
}

function compare(
  task: RecallTask,
  simd: Simd,
  ours: TaskVectors,
  theirs: TaskVectors,
): RecallRow[] {
  const ranks = [ours, theirs].map(({ documents, queries }) =>
    ranksOf(task, documents, queries, STARTER.dimensions),
  );
  const cosines = [
    ...cosinesOf(ours.documents, theirs.documents),
    ...cosinesOf(ours.queries, theirs.queries),
  ];
  return [1, 10].map((k) => {
    const [own, other] = ranks.map((each) => recallAt(k, each));
    const alone = (a: number[][], b: number[][]): number =>
      a.filter(([rank], i) => rank! < k && b[i]![0]! >= k).length;
    return {
      case: `${task.name}/${simd}`,
      metric: `recall@${k}`,
      unit: 'share of queries',
      ours: rounded(own!),
      rival: RIVAL,
      theirs: rounded(other!),
      difference: rounded(own! - other!),
      n: task.queries.length,
      documents: task.documents.length,
      oursAlone: alone(ranks[0]!, ranks[1]!),
      theirsAlone: alone(ranks[1]!, ranks[0]!),
      leastCosine: rounded(Math.min(...cosines)),
      meanCosine: rounded(cosines.reduce((sum, value) => sum + value, 0) / cosines.length),
    };
  });
}

function cosinesOf(a: Float32Array, b: Float32Array): number[] {
  const { dimensions } = STARTER;
  return Array.from({ length: a.length / dimensions }, (_, row) => {
    const [from, to] = [row * dimensions, (row + 1) * dimensions];
    return cosine(a.subarray(from, to), b.subarray(from, to));
  });
}

function rounded(value: number): number {
  return Number(value.toFixed(6));
}

const tasks = [...wordnetTasks(), declarationTask()];
const exact = await openStarter();
const embedExactly: Embed = (texts, kind) =>
  keptVectors([RIVAL, STARTER.revision, kind, texts], () => exact.embed(texts, kind));
const theirs: TaskVectors[] = [];
for (const task of tasks) theirs.push(await vectorsOf(task, embedExactly));
const rows: RecallRow[] = [];
for (const simd of (['relaxed', 'simd128'] as const).filter(chooseSimd)) {
  const native = await openModel('starter', { cacheDir: '.cache', simd, threads: THREADS });
  for (const [i, task] of tasks.entries()) {
    const ours = await vectorsOf(task, (texts, kind) => native.embed(texts, kind));
    rows.push(...compare(task, simd, ours, theirs[i]!));
    console.table(rows.slice(-2));
  }
  await native.close();
}
keep('recall', `Node ${process.versions.node}, model ${STARTER.revision}`, rows);
