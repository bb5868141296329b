/**
 * Nearfield beside transformers.js, both on WASM with the starter: load, one query, documents.
 * Each as a user gets it: ours on its own kernels, the rival on ONNX Runtime. The two take turns in
 * one run, each time in a fresh profile. `npm run bench:embed`
 */

import type { Page } from 'playwright';
import type {} from './pages/contestant.ts';
import { nameOf, openStage, type Stage } from './browser.ts';
import { leastCosine, publish, toRow, type ResultRow } from './results.ts';
import { DOCUMENTS, QUERY } from './texts.ts';

const RIVAL = 'transformers.js';
const SIDES = ['ours', RIVAL] as const;
type Side = (typeof SIDES)[number];

const ROUNDS = 3;

/** Our kernels round activations to 8 bits, and ONNX Runtime none of this file's: no nearer than this. */
const SAME_VECTORS = 0.999;

interface Timings {
  'first load': number;
  'second load': number;
  query: number;
  documents: number;
  vectors: number[][];
}

async function measure(stage: Stage, side: Side, threads: number): Promise<Timings> {
  const page = await stage.freshPage();
  try {
    const first = await load(page, stage.url, side, threads);
    // Ours stores then what it has used from memory.
    await page.evaluate((side) => globalThis.contestants![side]!.close(), side);
    const second = await load(page, stage.url, side, threads);
    const work = await page.evaluate(embedAll, { side, query: QUERY, documents: DOCUMENTS });
    return { 'first load': first, 'second load': second, ...work };
  } finally {
    await page.context().close();
  }
}

/** Milliseconds from opening the page to an embedder that is ready. */
async function load(page: Page, url: string, side: Side, threads: number): Promise<number> {
  const started = performance.now();
  await page.goto(`${url}?side=${side}`);
  await page.waitForFunction((side) => globalThis.contestants?.[side] !== undefined, side);
  await page.evaluate(({ side, threads }) => globalThis.contestants![side]!.load({ threads }), {
    side,
    threads,
  });
  return performance.now() - started;
}

interface Work {
  side: Side;
  query: string;
  documents: string[];
}

/** Runs in the page: medians of several calls, after one that warms up. */
async function embedAll({ side, query, documents }: Work) {
  const contestant = globalThis.contestants![side]!;
  // No named functions in here: tsx would wrap them in a helper that the page does not have.
  const medians: number[] = [];
  const vectors: number[][] = [];
  for (const [texts, kind, times] of [
    [[query], 'query', 9],
    [documents, 'document', 3],
  ] as const) {
    vectors.push(...(await contestant.embed([...texts], kind)));
    const taken: number[] = [];
    for (let i = 0; i < times; i++) {
      const started = performance.now();
      await contestant.embed([...texts], kind);
      taken.push(performance.now() - started);
    }
    taken.sort((a, b) => a - b);
    medians.push(taken[Math.floor(times / 2)]!);
  }
  await contestant.close();
  return { query: medians[0]!, documents: medians[1]!, vectors };
}

async function compare(stage: Stage, threads: number): Promise<ResultRow[]> {
  const runs: Record<Side, Timings[]> = { ours: [], [RIVAL]: [] };
  for (let round = 0; round < ROUNDS; round++) {
    for (const side of SIDES) runs[side].push(await measure(stage, side, threads));
    const [ours, theirs] = [runs.ours.at(-1)!, runs[RIVAL].at(-1)!];
    const cosine = leastCosine(ours.vectors, theirs.vectors);
    console.log(
      `${threads} threads, round ${round + 1}: least cosine of the two ${cosine.toFixed(7)}`,
    );
    if (!(cosine >= SAME_VECTORS)) throw new Error('The two do not compute the same vectors');
  }
  const metrics = ['first load', 'second load', 'query', 'documents'] as const;
  return metrics.map((metric) =>
    toRow({
      case: `${metric === 'documents' ? '8 x 128 tokens' : metric}, ${threads} thread${threads > 1 ? 's' : ''}`,
      metric: 'time',
      unit: 'ms',
      rival: `${RIVAL} 4.3.1`,
      ours: runs.ours.map((run) => run[metric]),
      theirs: runs[RIVAL].map((run) => run[metric]),
    }),
  );
}

const stage = await openStage('bench/pages/vite.config.ts');
try {
  const rows = [...(await compare(stage, 2)), ...(await compare(stage, 1))];
  publish('embed', nameOf(stage.browser), rows);
} finally {
  await stage.close();
}
