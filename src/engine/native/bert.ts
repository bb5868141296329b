/** The forward pass of BERT-like models, run by every thread of a crew. */

import { PANEL, type Kernels } from '../../kernels/index.ts';
import type { Crew, Steps } from './crew.ts';
import { FLOAT } from './memory.ts';
import type { PackedBert, PackedBertLayer, PackedNorm } from './packed.ts';
import {
  allQueries,
  groupsOf,
  pooledQueries,
  pooledRow,
  type PassJob,
  type Queries,
} from './pass.ts';
import { Kit, partsOf, whole } from './steps.ts';

export function* bertPass(crew: Crew, kernels: Kernels, model: PackedBert, job: PassJob): Steps {
  const pass = new BertPass(new Kit(crew, kernels, model, job), model);
  for (const index of model.layers.keys()) {
    yield* pass.layer(index);
  }
  yield* pass.finish();
}

/** Rows of a layer's second half: all tokens, or only the pooled ones in the last layer. */
interface StateRows {
  x: number;
  y: number;
  rows: number;
  queries: readonly Queries[];
}

/**
 * Each normalisation reads one area and writes the other, so that threads may do it each for
 * itself. What is normalised before a layer is the residual after it: `x` and `y` take turns.
 */
class BertPass {
  readonly #kit: Kit;
  readonly #model: PackedBert;
  readonly #all: StateRows;
  readonly #last: StateRows;

  constructor(kit: Kit, model: PackedBert) {
    this.#kit = kit;
    this.#model = model;
    const { job } = kit;
    const { x, y, pooled, out } = job.areas;
    this.#all = { x, y, rows: job.rows, queries: allQueries(job) };
    this.#last =
      job.pooling === 'mean'
        ? this.#all
        : { x: out, y: pooled, rows: job.sequences.length, queries: pooledInPlace(job) };
  }

  *layer(index: number): Steps {
    const { layers, embeddingNorm } = this.#model;
    const layer = layers[index]!;
    const set = index === layers.length - 1 ? this.#last : this.#all;
    const { x, y } = this.#all;
    const before = layers[index - 1]?.outputNorm ?? embeddingNorm;
    yield* this.#project(layer, before, x, y);
    if (set !== this.#all) yield* this.#kit.gatherPooled(y, set.y);
    yield* this.#kit.attend(set.queries, 0);
    yield* this.#output(layer, set);
    yield* this.#feedForward(layer, set);
  }

  /** The last normalisation, and one row a text. */
  *finish(): Steps {
    const { crew, kernels, job } = this.#kit;
    const { hidden, layers } = this.#model;
    const { x } = this.#last;
    // Pooled rows lie where the result belongs.
    const normed = this.#kit.layerNormed(x, layers.at(-1)!.outputNorm, x);
    yield* crew.share(job.sequences.length, (text) => {
      if (job.pooling === 'mean') {
        const { row, length } = job.sequences[text]!;
        const at = normed(row, length);
        kernels.meanRows(at, hidden, length, hidden, job.areas.out + text * hidden * FLOAT);
      } else normed(text, 1);
    });
  }

  /** Normalises `x` into `y`, and makes queries, keys and values of that. */
  *#project({ qkv }: PackedBertLayer, before: PackedNorm, x: number, y: number): Steps {
    const kit = this.#kit;
    const { hidden } = this.#model;
    const { rows, areas } = kit.job;
    for (const [from, count] of groupsOf(0, rows)) {
      const offset = from * hidden * FLOAT;
      const input = yield* kit.quantised(
        count,
        qkv[0]!,
        kit.layerNormed(x + offset, before, y + offset),
      );
      const target = (index: number, area: number) => ({
        ...{ from: index * hidden, to: (index + 1) * hidden, stride: hidden, out: area + offset },
      });
      const { q, k, v } = areas;
      yield* kit.multiply(input, count, partsOf(qkv, [target(0, q), target(1, k), target(2, v)]));
    }
  }

  /** y += out(attention) */
  *#output({ out }: PackedBertLayer, { y, rows }: StateRows): Steps {
    const kit = this.#kit;
    const { hidden } = this.#model;
    const { attention } = kit.job.areas;
    for (const [from, count] of groupsOf(0, rows)) {
      const at = attention + from * hidden * FLOAT;
      const input = yield* kit.quantised(count, out, (row) => at + row * hidden * FLOAT);
      const into = y + from * hidden * FLOAT;
      yield* kit.multiply(input, count, [whole(out, into, hidden, 1)]);
    }
  }

  /** x = attentionNorm(y); x += down(gelu(up(x))) */
  *#feedForward({ attentionNorm, up, down }: PackedBertLayer, { x, y, rows }: StateRows): Steps {
    const kit = this.#kit;
    const { hidden, ffn } = this.#model;
    const { active } = kit.job.areas;
    const part = whole(up, active, ffn, 0);
    for (const [from, count] of groupsOf(0, rows)) {
      const offset = from * hidden * FLOAT;
      const input = yield* kit.quantised(
        count,
        up,
        kit.layerNormed(y + offset, attentionNorm, x + offset),
      );
      yield* kit.columns(ffn, count, hidden, (panelFrom, panelTo) => {
        kit.product(input, count, part, panelFrom, panelTo);
        const column = panelFrom * PANEL;
        const width = Math.min(ffn, panelTo * PANEL) - column;
        kit.kernels.gelu(active + column * FLOAT, ffn, count, width);
      });
      const ready = yield* kit.quantised(count, down, (row) => active + row * ffn * FLOAT);
      yield* kit.multiply(ready, count, [whole(down, x + offset, hidden, 1)]);
    }
  }
}

/** Queries lie where they were made; only their results go through the rest of the last layer. */
function pooledInPlace(job: PassJob): Queries[] {
  return pooledQueries(job).map((query, text) => ({ ...query, row: pooledRow(job, text) }));
}
