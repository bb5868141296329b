/** One batch as a job for all threads: which rows there are, and where everything lies. */

import { attentionScratchBytes, MATMUL_SCRATCH_BYTES, tiledRows } from '../../kernels/index.ts';
import type { Pooling } from '../../contract/index.ts';
import { FLOAT, Layout } from './memory.ts';
import type { PackedModel } from './packed.ts';

/** Rows whose intermediates of the feed-forward part exist at a time. */
export const GROUP_ROWS = 512;
/**
 * Rows that one task makes ready for a product: whole tiles (src/kernels). So few in all are made
 * ready by each thread for itself, which costs less than waiting for each other.
 */
export const TASK_ROWS = 16;

/**
 * Of what one thread gates at a time: few enough for its nearest cache, whole panels, and as many rows
 * as `matmul` (src/kernels) takes together.
 */
export const GATE_ROWS = 64;
export const GATE_COLUMNS = 64;

/** Fewest inputs that share a scale of the activations. */
const LEAST_BLOCK = 16;

/**
 * Tokens of one text that this pass computes: rows [row, row + length). Where it `sees` the prefix,
 * that comes before its own first token.
 */
export interface Sequence {
  row: number;
  length: number;
  sees: boolean;
}

/**
 * Rows are tokens, end to end. The shared prefix, if any, is rows [0, prefix); it is computed where
 * `first` is 0, else its keys and values are copied in and rows start at `first`.
 */
export interface PassJob {
  kind: 'pass';
  pooling: Pooling;
  rows: number;
  first: number;
  prefix: number;
  /** Of the batch, in its order. */
  sequences: readonly Sequence[];
  areas: Areas;
}

/** Pointers to float32 unless said otherwise. */
export interface Areas {
  /** rows x hidden; `y` only where a layer normalises from one to the other */
  x: number;
  y: number;
  /** rows x (heads x headDim) */
  q: number;
  attention: number;
  /** rows x (kvHeads x headDim) */
  k: number;
  v: number;
  /** int32, of every row, and of the pooled rows */
  positions: number;
  pooledPositions: number;
  /** sequences x hidden: the pooled rows in the last layer, and the result */
  pooled: number;
  out: number;
  /** group x ffn */
  active: number;
  /** int8 rows of a group, ready for a product */
  quantised: Quantised;
  /** What each thread has for itself. */
  own: readonly OwnArea[];
}

/** Rows of int8 in tiles, with a scale and a start for each block: what `quantizeRows` (src/kernels) writes. */
export interface Quantised {
  q: number;
  scales: number;
  starts: number;
}

export interface OwnArea {
  quantised: Quantised;
  /** a task's rows x hidden */
  normed: number;
  /** GATE_ROWS x 2 GATE_COLUMNS: some gates, and what they gate */
  gated: number;
  /** of `attention` and of `matmul` (src/kernels) */
  scratch: number;
  totals: number;
}

/** Queries of one sequence: rows at `row` of q, their results at `outRow`, and the keys they see. */
export interface Queries {
  row: number;
  outRow: number;
  count: number;
  /** Number of the first among the sequence's own keys. */
  first: number;
  keyRow: number;
  keys: number;
  sees: boolean;
}

/** How a batch's memory is laid out from `start` on. Gives the areas and where they end. */
export function layOut(
  model: PackedModel,
  { rows, texts, threads }: { rows: number; texts: number; threads: number },
  start: number,
): { areas: Areas; end: number } {
  const { hidden, heads, kvHeads, headDim, ffn } = model;
  const layout = new Layout(start);
  const floats = (count: number): number => layout.place(count * FLOAT);
  const group = Math.min(GROUP_ROWS, rows);
  const widest = Math.max(hidden, heads * headDim, ffn);
  const quantised = (count: number): Quantised => ({
    q: layout.place(tiledRows(count) * widest),
    scales: floats((tiledRows(count) * widest) / LEAST_BLOCK),
    starts: floats((tiledRows(count) * widest) / LEAST_BLOCK),
  });
  const areas: Areas = {
    x: floats(rows * hidden),
    y: model.family === 'bert' ? floats(rows * hidden) : 0,
    q: floats(rows * heads * headDim),
    attention: floats(rows * heads * headDim),
    k: floats(rows * kvHeads * headDim),
    v: floats(rows * kvHeads * headDim),
    positions: floats(rows),
    pooledPositions: floats(texts),
    pooled: floats(texts * hidden),
    out: floats(texts * hidden),
    active: floats(group * ffn),
    quantised: quantised(group),
    own: Array.from({ length: threads }, () => ({
      quantised: quantised(TASK_ROWS),
      normed: floats(TASK_ROWS * hidden),
      gated: model.family === 'qwen3' ? floats(GATE_ROWS * 2 * GATE_COLUMNS) : 0,
      scratch: layout.place(attentionScratchBytes(headDim)),
      totals: layout.place(MATMUL_SCRATCH_BYTES),
    })),
  };
  return { areas, end: layout.end };
}

/** What thread 0 does beside the others' work. */
export interface PassHost {
  /** Moves the keys and values of a prefix that is kept. */
  prefix?: { fill(layer: number): void; save(layer: number): void } | undefined;
}

/** Rows of a pass in groups of like size. */
export function* groupsOf(from: number, to: number): Generator<[from: number, rows: number]> {
  const groups = Math.ceil((to - from) / GROUP_ROWS);
  for (let group = 0; group < groups; group++) {
    const start = from + Math.floor(((to - from) * group) / groups);
    const end = from + Math.floor(((to - from) * (group + 1)) / groups);
    yield [start, end - start];
  }
}

/** The token whose state is a text's vector, where only one is. */
export function pooledRow({ sequences, pooling }: PassJob, text: number): number {
  const { row, length } = sequences[text]!;
  return pooling === 'last' ? row + length - 1 : row;
}

/** Those of all tokens that a pass computes, each in its own row. */
export function allQueries({ first, prefix, sequences }: PassJob): Queries[] {
  const queries = sequences.map(ownQueries);
  if (prefix === 0 || first > 0) return queries;
  return [ownQueries({ row: 0, length: prefix, sees: false }), ...queries];
}

function ownQueries({ row, length, sees }: Sequence): Queries {
  return { row, outRow: row, count: length, first: 0, keyRow: row, keys: length, sees };
}

/** Those of the pooled tokens alone, in rows side by side. */
export function pooledQueries(job: PassJob): Queries[] {
  return job.sequences.map(({ row, length, sees }, text) => ({
    ...{ row: text, outRow: text, count: 1, first: pooledRow(job, text) - row },
    ...{ keyRow: row, keys: length, sees },
  }));
}
