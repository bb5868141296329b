/** The forward pass of Qwen3 models, run by every thread of a crew. */

import { type Kernels, PANEL } from '../../kernels/index.ts';
import type { Crew, Steps } from './crew.ts';
import { FLOAT } from './memory.ts';
import type { PackedLinear, PackedQwen3, PackedQwen3Layer } from './packed.ts';
import {
  allQueries,
  GATE_COLUMNS,
  GATE_ROWS,
  groupsOf,
  pooledQueries,
  type PassHost,
  type PassJob,
  type Quantised,
  type Queries,
} from './pass.ts';
import { Kit, partsOf, rowsFrom, whole, type Part } from './steps.ts';
import { attentionWork } from './work.ts';

/** In fewer tokens than this, one task normalises, rotates and attends for all heads of a key head. */
const SHORT_TOKENS = 128;

/** Rows whose queries are computed: all tokens, or only the pooled ones in the last layer. */
interface QueryRows {
  x: number;
  rows: number;
  /** Row of q and of the attention's result that `x` stands for. */
  row: number;
  positions: number;
  queries: readonly Queries[];
  /** In the last layer; queries have rows of their own there. */
  pooled: boolean;
}

export function* qwen3Pass(
  crew: Crew,
  kernels: Kernels,
  model: PackedQwen3,
  job: PassJob,
  host: PassHost,
): Steps {
  const pass = new Qwen3Pass(new Kit(crew, kernels, model, job), model);
  for (const index of model.layers.keys()) {
    yield* pass.layer(index, host);
  }
  yield* pass.finish();
}

class Qwen3Pass {
  readonly #kit: Kit;
  readonly #model: PackedQwen3;
  readonly #all: QueryRows;
  readonly #last: QueryRows;

  constructor(kit: Kit, model: PackedQwen3) {
    this.#kit = kit;
    this.#model = model;
    const { areas, first, rows, pooling } = kit.job;
    this.#all = {
      x: areas.x + first * model.hidden * FLOAT,
      rows: rows - first,
      row: first,
      positions: areas.positions + first * FLOAT,
      queries: allQueries(kit.job),
      pooled: false,
    };
    const pooled = pooledQueries(kit.job);
    this.#last =
      pooling === 'mean'
        ? this.#all
        : {
            x: areas.pooled,
            rows: pooled.length,
            row: 0,
            positions: areas.pooledPositions,
            queries: pooled,
            pooled: true,
          };
  }

  *layer(index: number, { prefix }: PassHost): Steps {
    const { layers } = this.#model;
    const layer = layers[index]!;
    const set = index === layers.length - 1 ? this.#last : this.#all;
    // Nobody looks at keys and values before the next step or after `#attend`.
    prefix?.fill(index);
    yield* this.#project(layer, set);
    yield* this.#attend(layer, set);
    prefix?.save(index);
    yield* this.#output(layer, set);
    yield* this.#feedForward(layer, set);
  }

  /** The final norm, and one row a text. */
  *finish(): Steps {
    const { crew, kernels, job } = this.#kit;
    const { hidden, finalNorm } = this.#model;
    const { x, out } = job.areas;
    const norm = (at: number, rows: number, into: number): void => {
      kernels.rmsNorm(at, hidden, rows, hidden, finalNorm.weight, finalNorm.eps, into, hidden);
    };
    yield* crew.share(job.sequences.length, (text) => {
      const offset = text * hidden * FLOAT;
      if (this.#last.pooled) return norm(this.#last.x + offset, 1, out + offset);
      const { row, length } = job.sequences[text]!;
      const at = x + row * hidden * FLOAT;
      norm(at, length, at);
      kernels.meanRows(at, hidden, length, hidden, out + offset);
    });
  }

  /** Keys and values of every token; queries of all, or of the pooled ones. */
  *#project(layer: PackedQwen3Layer, set: QueryRows): Steps {
    const kit = this.#kit;
    const { first, rows, areas } = kit.job;
    for (const [from, count] of groupsOf(first, rows)) {
      const at = areas.x + from * this.#model.hidden * FLOAT;
      const input = yield* kit.quantised(count, layer.qkv[0]!, kit.normed(at, layer.inputNorm));
      yield* kit.multiply(input, count, this.#qkv(layer, from, !set.pooled, true));
    }
    if (!set.pooled) return;
    yield* kit.gatherPooled(areas.x, areas.pooled);
    for (const [from, count] of groupsOf(0, set.rows)) {
      const at = set.x + from * this.#model.hidden * FLOAT;
      const input = yield* kit.quantised(count, layer.qkv[0]!, kit.normed(at, layer.inputNorm));
      yield* kit.multiply(input, count, this.#qkv(layer, from, true, false));
    }
  }

  #qkv({ qkv }: PackedQwen3Layer, row: number, queries: boolean, keys: boolean): Part[] {
    const { heads, kvHeads, headDim } = this.#model;
    const [wide, narrow] = [heads * headDim, kvHeads * headDim];
    const { q, k, v } = this.#kit.job.areas;
    const target = (from: number, stride: number, area: number) => ({
      ...{ from, to: from + stride, stride, out: area + row * stride * FLOAT },
    });
    return partsOf(qkv, [
      ...(queries ? [target(0, wide, q)] : []),
      ...(keys ? [target(wide, narrow, k), target(wide + narrow, narrow, v)] : []),
    ]);
  }

  *#attend(layer: PackedQwen3Layer, set: QueryRows): Steps {
    const { crew, job } = this.#kit;
    const { heads, kvHeads } = this.#model;
    // Whoever sees a prefix of this very pass must wait until it is rotated.
    const alone = job.prefix === 0 || job.first > 0;
    if (!alone || set.queries.some(({ keys }) => keys > SHORT_TOKENS)) {
      yield* this.#rotateAll(layer, set);
      return yield* this.#kit.attend(set.queries, 1);
    }
    const group = heads / kvHeads;
    const work = (task: number): void => {
      const queries = set.queries[Math.floor(task / kvHeads)]!;
      const kvHead = task % kvHeads;
      this.#rotateKeys(layer, queries.keyRow, queries.keys, kvHead, 1);
      this.#rotateQueries(layer, set, queries.row, queries.count, kvHead * group, group);
      for (let i = 0; i < group; i++) this.#kit.attention(queries, kvHead * group + i, 1);
    };
    const cost = attentionWork(this.#model, job.prefix, set.queries, 1);
    yield* crew.share(set.queries.length * kvHeads, work, cost);
  }

  *#rotateAll(layer: PackedQwen3Layer, set: QueryRows): Steps {
    const { first, rows } = this.#kit.job;
    const { heads, kvHeads } = this.#model;
    yield* this.#kit.rows(rows - first, (from, count) => {
      this.#rotateKeys(layer, first + from, count, 0, kvHeads);
      if (!set.pooled) this.#rotateQueries(layer, set, first + from, count, 0, heads);
    });
    if (!set.pooled) return;
    yield* this.#kit.rows(set.rows, (from, count) => {
      this.#rotateQueries(layer, set, from, count, 0, heads);
    });
  }

  #rotateKeys(
    layer: PackedQwen3Layer,
    row: number,
    rows: number,
    head: number,
    heads: number,
  ): void {
    const { kvHeads, headDim, rope } = this.#model;
    const { k, positions } = this.#kit.job.areas;
    const stride = kvHeads * headDim;
    this.#kit.kernels.headNormRope(
      ...([k + (row * stride + head * headDim) * FLOAT, stride, rows, heads, headDim] as const),
      ...([layer.kNorm.weight, layer.kNorm.eps, rope.cos, rope.sin] as const),
      positions + row * FLOAT,
    );
  }

  #rotateQueries(
    layer: PackedQwen3Layer,
    set: QueryRows,
    row: number,
    rows: number,
    head: number,
    count: number,
  ): void {
    const { heads, headDim, rope } = this.#model;
    const stride = heads * headDim;
    const at = this.#kit.job.areas.q + (row * stride + head * headDim) * FLOAT;
    this.#kit.kernels.headNormRope(
      ...([at, stride, rows, count, headDim, layer.qNorm.weight, layer.qNorm.eps] as const),
      ...([rope.cos, rope.sin, set.positions + (row - set.row) * FLOAT] as const),
    );
  }

  *#output({ out }: PackedQwen3Layer, set: QueryRows): Steps {
    const kit = this.#kit;
    const { hidden } = this.#model;
    for (const [from, count] of groupsOf(0, set.rows)) {
      const at = kit.job.areas.attention + (set.row + from) * out.inputs * FLOAT;
      const input = yield* kit.quantised(count, out, (row) => at + row * out.inputs * FLOAT);
      const into = set.x + from * hidden * FLOAT;
      yield* kit.multiply(input, count, [whole(out, into, hidden, 1)]);
    }
  }

  *#feedForward({ postNorm, gateUp, down }: PackedQwen3Layer, set: QueryRows): Steps {
    const kit = this.#kit;
    const { hidden, ffn } = this.#model;
    const { active } = kit.job.areas;
    for (const [from, count] of groupsOf(0, set.rows)) {
      const at = set.x + from * hidden * FLOAT;
      const input = yield* kit.quantised(count, gateUp[0]!, kit.normed(at, postNorm));
      yield* kit.columns(ffn, count, 2 * hidden, (panelFrom, panelTo) => {
        this.#gated(gateUp, input, count, panelFrom, panelTo);
      });
      const ready = yield* kit.quantised(count, down, (row) => active + row * ffn * FLOAT);
      yield* kit.multiply(ready, count, [whole(down, at, hidden, 1)]);
    }
  }

  /** Some columns of gate and of what it gates, for all rows of a group. */
  #gated(
    gateUp: readonly PackedLinear[],
    input: Quantised,
    rows: number,
    panelFrom: number,
    panelTo: number,
  ): void {
    const end = Math.min(this.#model.ffn, panelTo * PANEL);
    for (let column = panelFrom * PANEL; column < end; column += GATE_COLUMNS) {
      const width = Math.min(GATE_COLUMNS, end - column);
      for (let row = 0; row < rows; row += GATE_ROWS) {
        this.#gate(gateUp, input, row, Math.min(GATE_ROWS, rows - row), column, width);
      }
    }
  }

  /** Gate and what it gates side by side, in this thread's own area; then one from the two. */
  #gate(
    gateUp: readonly PackedLinear[],
    input: Quantised,
    row: number,
    rows: number,
    column: number,
    width: number,
  ): void {
    const kit = this.#kit;
    const { ffn } = this.#model;
    const { gated } = kit.own;
    const stride = 2 * width;
    const parts = partsOf(gateUp, [
      { from: column, to: column + width, out: gated, stride },
      { from: ffn + column, to: ffn + column + width, out: gated + width * FLOAT, stride },
    ]);
    for (const part of parts) {
      kit.product(rowsFrom(input, row, part.linear), rows, part, part.panelFrom, part.panelTo);
    }
    const out = kit.job.areas.active + (row * ffn + column) * FLOAT;
    kit.kernels.swiglu(gated, stride, rows, width, out, ffn);
  }
}
