/** Tiny BERT graphs in the layouts that exporters and optimisers write. */

import { TinyGraph } from './graph.ts';
import { linear, lookup, type TableForm, type WeightForm } from './weights.ts';

export interface TinyBert {
  seed: number;
  weights: WeightForm;
  table: TableForm;
  norm: 'node' | 'skip' | 'spelled';
  activation: 'node' | 'erf' | 'erf-half-first' | 'bias-gelu' | 'tanh';
  /** `sdpa`: queries and keys each take half of the scale, calculated from their shape. */
  attention: 'scaled-queries' | 'divided-scores' | 'sdpa' | 'node';
  positions: 'slice' | 'buffer' | 'counted';
  types: 'none' | 'input' | 'zeros' | 'constant';
  /** Reshapes by numbers, or by what Shape says, as torch's exporter does. */
  shapes: 'constant' | 'dynamic';
}

export const TINY_BERT: TinyBert = {
  seed: 1,
  weights: { kind: 'dense' },
  table: { kind: 'dense' },
  norm: 'node',
  activation: 'erf',
  attention: 'divided-scores',
  positions: 'buffer',
  types: 'input',
  shapes: 'dynamic',
};

const HIDDEN = 64;
const HEADS = 4;
const HEAD = HIDDEN / HEADS;
const FFN = 128;
const VOCABULARY = 160;
const POSITIONS = 40;
const LAYERS = 2;
/** XLM-R's: positions begin after it. */
const PADDING = 1;
const EPSILON = { float: 1e-5 };

export function tinyBert(options: Partial<TinyBert> = {}): Uint8Array<ArrayBuffer> {
  return new Builder({ ...TINY_BERT, ...options }).build();
}

class Builder {
  readonly #graph: TinyGraph;
  readonly #options: TinyBert;

  constructor(options: TinyBert) {
    this.#options = options;
    this.#graph = new TinyGraph(options.seed);
  }

  build(): Uint8Array<ArrayBuffer> {
    const mask = this.#mask();
    let x = this.#embeddings();
    for (let n = 0; n < LAYERS; n++) {
      x = this.#norm(x, this.#attention(x, mask));
      x = this.#norm(x, this.#feedForward(x));
    }
    const tokens = ['batch', 'sequence'];
    const types = this.#options.types === 'input' ? { token_type_ids: tokens } : {};
    const inputs = { input_ids: tokens, attention_mask: tokens, ...types };
    return this.#graph.toBytes(inputs, x, HIDDEN);
  }

  #linear(x: string, inputs: number, outputs: number, bias = true): string {
    return linear(this.#graph, x, this.#options.weights, { inputs, outputs, bias });
  }

  #length(): string {
    const shape = this.#graph.add('Shape', ['input_ids']);
    return this.#graph.add('Gather', [shape, this.#graph.ints(1)], { axis: 0 });
  }

  #mask(): string {
    const graph = this.#graph;
    const wide = graph.add('Unsqueeze', ['attention_mask', graph.ints([1, 2])]);
    const floats = graph.add('Cast', [wide], { to: 1 });
    const hidden = graph.add('Sub', [graph.scalar(1), floats]);
    return graph.add('Mul', [hidden, graph.scalar(-3.4028234663852886e38)]);
  }

  #embeddings(): string {
    const graph = this.#graph;
    const words = lookup(graph, 'input_ids', this.#options.table, {
      rows: VOCABULARY,
      width: HIDDEN,
    });
    const types = this.#types();
    const both = types ? graph.add('Add', [words, types]) : words;
    return this.#norm(both, this.#positions());
  }

  #types(): string | undefined {
    const graph = this.#graph;
    const table = { rows: 2, width: HIDDEN };
    switch (this.#options.types) {
      case 'none':
        return undefined;
      case 'input':
        return lookup(graph, 'token_type_ids', { kind: 'dense' }, table);
      case 'constant':
        return graph.floats([HIDDEN], graph.random(HIDDEN, 1));
      case 'zeros': {
        const shape = graph.add('Shape', ['input_ids']);
        const zeros = graph.add('Expand', [graph.ints([0]), shape]);
        return lookup(graph, zeros, { kind: 'dense' }, table);
      }
    }
  }

  #positions(): string {
    const graph = this.#graph;
    const table = graph.floats([POSITIONS, HIDDEN], graph.random(POSITIONS * HIDDEN, 1));
    if (this.#options.positions === 'counted') return this.#counted(table);
    const end = graph.add('Unsqueeze', [this.#length(), graph.ints([0])]);
    if (this.#options.positions === 'slice') {
      return graph.add('Slice', [table, graph.ints([0]), end, graph.ints([0])]);
    }
    const all = graph.ints(Array.from({ length: POSITIONS }, (_, i) => i));
    const buffer = graph.add('Unsqueeze', [all, graph.ints([0])]);
    const inputs = [buffer, graph.ints([0]), end, graph.ints([1]), graph.ints([1])];
    return graph.add('Gather', [table, graph.add('Slice', inputs)]);
  }

  /** From the tokens that are no padding, as XLM-R does. */
  #counted(table: string): string {
    const graph = this.#graph;
    const padding = graph.add('Equal', ['input_ids', graph.ints(PADDING)]);
    const real = graph.add('Cast', [graph.add('Not', [padding])], { to: 6 });
    const count = graph.add('CumSum', [real, graph.ints(1)]);
    const kept = graph.add('Cast', [graph.add('Mul', [count, real])], { to: 7 });
    return graph.add('Gather', [table, graph.add('Add', [kept, graph.ints(PADDING)])]);
  }

  #norm(x: string, added: string): string {
    const graph = this.#graph;
    const weight = graph.floats([HIDDEN], graph.random(HIDDEN, 0.5, 1));
    const bias = graph.floats([HIDDEN], graph.random(HIDDEN, 0.5));
    // A norm that adds wants both of one shape, which positions are not.
    const alike = x !== 'input_ids' && graph.nodes.at(-1)!.opType !== 'Slice';
    if (this.#options.norm === 'skip' && alike && !this.#isTable(added)) {
      const op = 'SkipLayerNormalization@com.microsoft';
      return graph.add(op, [added, x, weight, bias], { epsilon: EPSILON });
    }
    const sum = graph.add('Add', [added, x]);
    if (this.#options.norm !== 'spelled') {
      return graph.add('LayerNormalization', [sum, weight, bias], { axis: -1, epsilon: EPSILON });
    }
    const mean = graph.add('ReduceMean', [sum, graph.ints([-1])]);
    const centred = graph.add('Sub', [sum, mean]);
    const square = graph.add('Pow', [centred, graph.scalar(2)]);
    const variance = graph.add('ReduceMean', [square, graph.ints([-1])]);
    const guarded = graph.add('Add', [variance, graph.scalar(EPSILON.float)]);
    const unit = graph.add('Div', [centred, graph.add('Sqrt', [guarded])]);
    return graph.add('Add', [graph.add('Mul', [unit, weight]), bias]);
  }

  #isTable(name: string): boolean {
    const node = this.#graph.nodes.find(({ outputs }) => outputs[0] === name);
    return node?.opType === 'Gather' || node?.opType === 'Slice';
  }

  /** [batch, tokens, …sizes], the first two as they are. */
  #reshape(x: string, sizes: readonly number[]): string {
    const graph = this.#graph;
    if (this.#options.shapes === 'constant') {
      return graph.add('Reshape', [x, graph.ints([0, 0, ...sizes])]);
    }
    const shape = graph.add('Shape', [x]);
    const own = [0, 1].map((axis) => {
      const size = graph.add('Gather', [shape, graph.ints(axis)], { axis: 0 });
      return graph.add('Unsqueeze', [size, graph.ints([0])]);
    });
    return graph.add('Reshape', [x, graph.add('Concat', [...own, graph.ints(sizes)], { axis: 0 })]);
  }

  #attention(x: string, mask: string): string {
    const graph = this.#graph;
    const { attention } = this.#options;
    const parts = [0, 1, 2].map(() => this.#linear(x, HIDDEN, HIDDEN));
    if (attention === 'node') {
      const settings = { num_heads: HEADS };
      const output = graph.add('MultiHeadAttention@com.microsoft', parts, settings);
      return this.#linear(output, HIDDEN, HIDDEN);
    }
    const apart = (part: number, ...perm: number[]) =>
      graph.add('Transpose', [this.#reshape(parts[part]!, [HEADS, HEAD])], {
        perm: { ints: perm },
      });
    const [q, k, v] = [apart(0, 0, 2, 1, 3), apart(1, 0, 2, 3, 1), apart(2, 0, 2, 1, 3)];
    const scores = this.#scores(q, k);
    const weights = graph.add('Softmax', [graph.add('Add', [scores, mask])], { axis: -1 });
    const mixed = graph.add('MatMul', [weights, v]);
    const together = graph.add('Transpose', [mixed], { perm: { ints: [0, 2, 1, 3] } });
    return this.#linear(this.#reshape(together, [HIDDEN]), HIDDEN, HIDDEN);
  }

  #scores(q: string, k: string): string {
    const graph = this.#graph;
    const root = graph.scalar(Math.sqrt(HEAD));
    switch (this.#options.attention) {
      case 'scaled-queries':
        return graph.add('MatMul', [graph.add('Mul', [q, graph.scalar(1 / Math.sqrt(HEAD))]), k]);
      case 'sdpa': {
        const size = graph.add('Slice', [
          graph.add('Shape', [q]),
          graph.ints([-1]),
          graph.ints([9]),
        ]);
        const width = graph.add('Sqrt', [graph.add('Cast', [size], { to: 1 })]);
        const half = graph.add('Sqrt', [graph.add('Div', [graph.scalar(1), width])]);
        return graph.add('MatMul', [graph.add('Mul', [q, half]), graph.add('Mul', [k, half])]);
      }
      case 'divided-scores':
      case 'node':
        return graph.add('Div', [graph.add('MatMul', [q, k]), root]);
    }
  }

  #feedForward(x: string): string {
    const graph = this.#graph;
    const { activation } = this.#options;
    if (activation === 'bias-gelu') {
      const wide = this.#linear(x, HIDDEN, FFN, false);
      const bias = graph.floats([FFN], graph.random(FFN, 0.5));
      return this.#linear(graph.add('BiasGelu@com.microsoft', [wide, bias]), FFN, HIDDEN);
    }
    const wide = this.#linear(x, HIDDEN, FFN);
    if (activation === 'node' || activation === 'tanh') {
      const approximate = activation === 'tanh' ? 'tanh' : 'none';
      return this.#linear(graph.add('Gelu', [wide], { approximate }), FFN, HIDDEN);
    }
    const error = graph.add('Erf', [graph.add('Div', [wide, graph.scalar(Math.SQRT2)])]);
    const factor = graph.add('Add', [error, graph.scalar(1)]);
    const half = graph.scalar(0.5);
    const first = activation === 'erf' ? factor : half;
    const second = activation === 'erf' ? half : factor;
    const product = graph.add('Mul', [graph.add('Mul', [wide, first]), second]);
    return this.#linear(product, FFN, HIDDEN);
  }
}
