import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cosine } from '../../src/engine/self-test.ts';
import { openModel, type NodeModel } from '../../src/node/index.ts';
import { openStarter, type Starter } from '../samples/starter.ts';
import { ranksOf, recallAt } from './ranks.ts';
import { translationsTask, wordnetTasks, type RecallTask } from './tasks.ts';

/** What rounded activations may cost; `npm run bench:recall` measures it on far more texts. */
const MOST_LOST = 0.005;
const LEAST_COSINE = 0.9995;
/** 100 synsets of WordNet, so that the gate does not wait long. */
const STEP = 1178;
/** Some whose first sentences are short. */
const ARTICLES = [3, 15, 20, 26];

let exact: Starter;
let native: NodeModel;

beforeAll(async () => {
  exact = await openStarter();
  native = await openModel('starter', { cacheDir: '.cache', simd: 'simd128', threads: 2 });
}, 60_000);

afterAll(() => native.close());

type Recall = (ranks: number[][]) => number;

interface Texts {
  documents: Float32Array;
  queries: Float32Array;
}

function expectSameRecall(task: RecallTask, recall: Recall, ours: Texts, theirs: Texts): void {
  const { dimensions } = exact.spec;
  const of = ({ documents, queries }: Texts): number =>
    recall(ranksOf(task, documents, queries, dimensions));
  const [own, other] = [of(ours), of(theirs)];
  // Neither so easy nor so hard that nothing could be lost.
  expect(other).toBeGreaterThan(0.3);
  expect(other).toBeLessThan(0.9);
  expect(Math.abs(own - other)).toBeLessThanOrEqual(MOST_LOST);
}

function expectNear(ours: Float32Array, theirs: Float32Array): void {
  const { dimensions } = exact.spec;
  expect(ours).toHaveLength(theirs.length);
  for (let at = 0; at < theirs.length; at += dimensions) {
    const [a, b] = [ours, theirs].map((data) => data.subarray(at, at + dimensions));
    expect(cosine(a!, b!)).toBeGreaterThan(LEAST_COSINE);
  }
}

describe('search on our kernels finds what it finds on ONNX Runtime, which rounds nothing:', () => {
  it('the words of a definition in WordNet', async () => {
    const [task] = wordnetTasks(STEP);
    const texts = task!.queries.map(({ text }) => text);
    const embedAll = async (starter: Pick<Starter, 'embed'>): Promise<Texts> => ({
      documents: await starter.embed(task!.documents, 'document'),
      queries: await starter.embed(texts, 'query'),
    });
    const [ours, theirs] = [await embedAll(native), await embedAll(exact)];
    expectNear(ours.documents, theirs.documents);
    expectNear(ours.queries, theirs.queries);
    // Of so few queries chance moves one or two across any rank, so several are taken together.
    const firstTwenty = Array.from({ length: 20 }, (_, i) => i + 1);
    const recall: Recall = (ranks) =>
      firstTwenty.reduce((sum, k) => sum + recallAt(k, ranks), 0) / firstTwenty.length;
    expectSameRecall(task!, recall, ours, theirs);
  }, 60_000);

  it('an article of the Declaration in all of its languages', async () => {
    const task = translationsTask(ARTICLES);
    const ours = await native.embed(task.documents, 'query');
    const theirs = await exact.embed(task.documents, 'query');
    expectNear(ours, theirs);
    const languages = task.queries[0]!.answers.length;
    expect(languages).toBe(36);
    const same = (data: Float32Array): Texts => ({ documents: data, queries: data });
    const recall: Recall = (ranks) => recallAt(languages, ranks);
    expectSameRecall(task, recall, same(ours), same(theirs));
  }, 60_000);
});
