/** The steps that passes of all families are made of. */

import {
  activationBlock,
  panelCount,
  PANEL,
  QUERY_TILE,
  type Kernels,
} from '../../kernels/index.ts';
import type { Crew, Steps } from './crew.ts';
import { FLOAT } from './memory.ts';
import type { PackedLinear, PackedModel, PackedNorm } from './packed.ts';
import {
  pooledRow,
  TASK_ROWS,
  type OwnArea,
  type PassJob,
  type Quantised,
  type Queries,
} from './pass.ts';
import { attentionWork } from './work.ts';

/** Operations of one task of a product: 30 microseconds at least, so that claiming costs nothing. */
const LEAST_TASK = 4e6;
/** At most, so that an abort is heard soon even without relaxed SIMD. */
const MOST_TASK = 6e7;
/** Tasks of a step for each thread, where that makes none too small: a slow core takes fewer. */
const TASKS_PER_THREAD = 8;

/** Panels of a linear whose outputs go to one place. */
export interface Part {
  linear: PackedLinear;
  panelFrom: number;
  panelTo: number;
  /** Outputs of the linear up to which they are written. */
  outputs: number;
  /** float32, where output 0 of the linear would go; rows are `stride` apart. */
  out: number;
  stride: number;
  accumulate: 0 | 1;
}

/** Where outputs [from, to) of linears that lie side by side go. */
export interface Target {
  from: number;
  to: number;
  out: number;
  stride: number;
}

/** One thread's tools for one pass. */
export class Kit {
  readonly crew: Crew;
  readonly kernels: Kernels;
  readonly job: PassJob;
  readonly own: OwnArea;
  readonly #model: PackedModel;

  constructor(crew: Crew, kernels: Kernels, model: PackedModel, job: PassJob) {
    this.crew = crew;
    this.kernels = kernels;
    this.job = job;
    this.own = job.areas.own[crew.index]!;
    this.#model = model;
  }

  /** Shares out rows [0, rows) in runs. */
  *rows(rows: number, work: (from: number, count: number) => void): Steps {
    yield* this.crew.share(Math.ceil(rows / TASK_ROWS), (task) => {
      const from = task * TASK_ROWS;
      work(from, Math.min(TASK_ROWS, rows - from));
    });
  }

  /**
   * Rows as int8. `floats` gives where rows [from, from + count), at most TASK_ROWS, lie. So few rows
   * in all are done by each thread for itself: `floats` must come to the same on all of them.
   */
  *quantised(
    rows: number,
    linear: PackedLinear,
    floats: (from: number, count: number) => number,
  ): Generator<void, Quantised, void> {
    const { inputs } = linear;
    const block = activationBlock(linear.block);
    const into = rows <= TASK_ROWS ? this.own.quantised : this.job.areas.quantised;
    const work = (from: number, count: number): void => {
      const at = floats(from, count);
      const { q, scales, starts } = rowsFrom(into, from, linear);
      this.kernels.quantizeRows(at, inputs, count, inputs, block, q, scales, starts);
    };
    if (rows <= TASK_ROWS) work(0, rows);
    else yield* this.rows(rows, work);
    return into;
  }

  /** RMSNorm of rows at `x`, in this thread's own area. */
  normed(x: number, norm: PackedNorm): (from: number, count: number) => number {
    const { hidden } = this.#model;
    const { normed } = this.own;
    return (from, count) => {
      const at = x + from * hidden * FLOAT;
      this.kernels.rmsNorm(at, hidden, count, hidden, norm.weight, norm.eps, normed, hidden);
      return normed;
    };
  }

  /** Layer normalisation of rows at `x` into those at `out`. */
  layerNormed(x: number, norm: PackedNorm, out: number): (from: number, count: number) => number {
    const { hidden } = this.#model;
    return (from, count) => {
      const offset = from * hidden * FLOAT;
      const { weight, bias, eps } = norm;
      this.kernels.layerNorm(
        ...([x + offset, hidden, count, hidden, weight, bias, eps] as const),
        ...([out + offset, hidden] as const),
      );
      return out + offset;
    };
  }

  /** Copies the pooled rows of those at `from`, where only one of a text is, side by side. */
  *gatherPooled(from: number, into: number): Steps {
    const { hidden } = this.#model;
    yield* this.crew.share(this.job.sequences.length, (text) => {
      const at = from + pooledRow(this.job, text) * hidden * FLOAT;
      // The mean of one row is a copy of it.
      this.kernels.meanRows(at, hidden, 1, hidden, into + text * hidden * FLOAT);
    });
  }

  /** Products of the same rows, all parts in one step. */
  *multiply(input: Quantised, rows: number, parts: readonly Part[]): Steps {
    const tasks = parts.flatMap((part) => {
      const ranges = this.#ranges(part.panelTo - part.panelFrom, rows, part.linear.inputs);
      return ranges.map(([from, to]) => ({
        part,
        from: part.panelFrom + from,
        to: part.panelFrom + to,
      }));
    });
    const work = (task: number): void => {
      const { part, from, to } = tasks[task]!;
      this.product(input, rows, part, from, to);
    };
    const values = parts.reduce((sum, { linear, panelFrom, outputs }) => {
      return sum + linear.inputs * (outputs - panelFrom * PANEL);
    }, 0);
    yield* this.crew.share(tasks.length, work, 2 * rows * values);
  }

  /** Shares out `columns` outputs in runs of whole panels, for products of `inputs` values each. */
  *columns(
    columns: number,
    rows: number,
    inputs: number,
    work: (panelFrom: number, panelTo: number) => void,
  ): Steps {
    const ranges = this.#ranges(panelCount(columns), rows, inputs);
    const run = (task: number): void => {
      work(...ranges[task]!);
    };
    yield* this.crew.share(ranges.length, run, 2 * rows * inputs * columns);
  }

  product(input: Quantised, rows: number, part: Part, panelFrom: number, panelTo: number): void {
    const { bits, inputs, block, weights, scales, zeros, bias } = part.linear;
    this.kernels.matmul(
      ...([bits, input.q, input.scales, input.starts, rows, inputs, block, weights] as const),
      ...([scales, zeros, bias, part.outputs, part.out, part.stride, part.accumulate] as const),
      ...([panelFrom, panelTo, this.own.totals] as const),
    );
  }

  /**
   * Attention of some queries over the keys and values of this pass, without waiting in between. A
   * task is a tile of one head, since each tile copies the keys that it sees.
   */
  *attend(queries: readonly Queries[], causal: 0 | 1): Steps {
    const { heads } = this.#model;
    const tasks = queries.flatMap((each) => {
      const chunks = Math.ceil(each.count / QUERY_TILE);
      return Array.from({ length: chunks }, (_, chunk) => {
        const from = chunk * QUERY_TILE;
        return { each, from, count: Math.min(QUERY_TILE, each.count - from) };
      });
    });
    // The longest first, so that none is left over when the others are done.
    tasks.sort((a, b) => costOf(b) - costOf(a));
    const work = (task: number): void => {
      const { each, from, count } = tasks[Math.floor(task / heads)]!;
      this.attention(each, task % heads, causal, from, count);
    };
    const cost = attentionWork(this.#model, this.job.prefix, queries, causal);
    yield* this.crew.share(tasks.length * heads, work, cost);
  }

  /** Attention of one head for queries [from, from + count). */
  attention(queries: Queries, head: number, causal: 0 | 1, from = 0, count = queries.count): void {
    const { heads, kvHeads, headDim } = this.#model;
    const { q, attention, k, v } = this.job.areas;
    const [qStride, kvStride] = [heads * headDim, kvHeads * headDim];
    const at = (row: number): number => ((row + from) * qStride + head * headDim) * FLOAT;
    const column = Math.floor((head * kvHeads) / heads) * headDim * FLOAT;
    const row = queries.keyRow * kvStride * FLOAT + column;
    this.kernels.attention(
      ...([q + at(queries.row), qStride, count, queries.first + from] as const),
      ...([k + column, v + column, kvStride, queries.sees ? this.job.prefix : 0] as const),
      ...([k + row, v + row, kvStride, queries.keys, headDim, 1 / Math.sqrt(headDim)] as const),
      ...([causal, attention + at(queries.outRow), qStride, this.own.scratch] as const),
    );
  }

  /** Panels [0, panels) in ranges of a task each. */
  #ranges(panels: number, rows: number, inputs: number): [from: number, to: number][] {
    const each = 2 * rows * inputs * PANEL;
    const fair = Math.floor(panels / (this.crew.count * TASKS_PER_THREAD));
    const step = Math.max(1, Math.min(MOST_TASK / each, Math.max(LEAST_TASK / each, fair)));
    const size = Math.ceil(step);
    return Array.from({ length: Math.ceil(panels / size) }, (_, i) => [
      i * size,
      Math.min(panels, (i + 1) * size),
    ]);
  }
}

function costOf({ each, from, count }: { each: Queries; from: number; count: number }): number {
  return count * Math.min(each.keys, each.first + from + count);
}

/** The same from a row on that begins a tile. */
export function rowsFrom(
  { q, scales, starts }: Quantised,
  row: number,
  linear: PackedLinear,
): Quantised {
  const { inputs, block } = linear;
  const blocks = (row * inputs) / activationBlock(block);
  return { q: q + row * inputs, scales: scales + blocks * FLOAT, starts: starts + blocks * FLOAT };
}

/** All of a linear into rows of its own. */
export function whole(linear: PackedLinear, out: number, stride: number, accumulate: 0 | 1): Part {
  const panelTo = panelCount(linear.outputs);
  return { linear, panelFrom: 0, panelTo, outputs: linear.outputs, out, stride, accumulate };
}

/**
 * Linears side by side, cut at the targets' borders. Where a border lies inside a linear it is one of
 * panels: see `whyUnfit`.
 */
export function partsOf(linears: readonly PackedLinear[], targets: readonly Target[]): Part[] {
  const parts: Part[] = [];
  let start = 0;
  for (const linear of linears) {
    for (const { from, to, out, stride } of targets) {
      const [low, high] = [Math.max(from - start, 0), Math.min(to - start, linear.outputs)];
      if (low >= high) continue;
      const range = { panelFrom: low / PANEL, panelTo: Math.ceil(high / PANEL), outputs: high };
      parts.push({ linear, ...range, out: out + (start - from) * FLOAT, stride, accumulate: 0 });
    }
    start += linear.outputs;
  }
  return parts;
}
