/** Tiny Qwen3 graphs in the layouts that exporters write. */

import { TinyGraph } from './graph.ts';
import { linear, lookup, type TableForm, type WeightForm } from './weights.ts';

export interface TinyQwen3 {
  seed: number;
  weights: WeightForm;
  table: TableForm;
  /** What does the attention, and where norms and rotation are. */
  attention: 'gqa' | 'gqa-packed' | 'gqa-norms-inside' | 'mha' | 'mha-heads-apart';
  qkv: 'fused' | 'split';
  gateUp: 'fused' | 'split';
  residual: 'skip' | 'add';
  activation: 'sigmoid' | 'quick-gelu';
  /** Tokens of the longest text. */
  positions: number;
  /** Values of a head that are rotated: all of them in every sound graph of this family. */
  rotated: number;
  /** Inputs that the last layer of a feed-forward block says it has. */
  fed: number;
}

export const TINY_QWEN3: TinyQwen3 = {
  seed: 1,
  weights: { kind: 'blocks', bits: 4, block: 32, zeros: false },
  table: { kind: 'dense' },
  attention: 'gqa',
  qkv: 'fused',
  gateUp: 'split',
  residual: 'skip',
  activation: 'sigmoid',
  positions: 40,
  rotated: 32,
  fed: 256,
};

export const SIZES = {
  hidden: 128,
  heads: 8,
  kvHeads: 2,
  headDim: 32,
  ffn: 256,
  vocabulary: 160,
  layers: 2,
} as const;

const { hidden, heads, kvHeads, headDim, ffn, layers } = SIZES;
const QUERIES = heads * headDim;
const KEYS = kvHeads * headDim;
const EPSILON = { float: 1e-6 };
const SCALE = { float: 1 / Math.sqrt(headDim) };

export function tinyQwen3(options: Partial<TinyQwen3> = {}): Uint8Array<ArrayBuffer> {
  return new Builder({ ...TINY_QWEN3, ...options }).build();
}

class Builder {
  readonly #graph: TinyGraph;
  readonly #options: TinyQwen3;
  readonly #rope: [cos: string, sin: string];

  constructor(options: TinyQwen3) {
    this.#options = options;
    this.#graph = new TinyGraph(options.seed);
    const { positions, rotated } = options;
    const angles = Array.from({ length: (positions * rotated) / 2 }, (_, i) => {
      const [position, n] = [Math.floor(i / (rotated / 2)), i % (rotated / 2)];
      return position / 1e4 ** ((2 * n) / rotated);
    });
    const dims = [positions, rotated / 2];
    this.#rope = [
      this.#graph.floats(dims, angles.map(Math.cos)),
      this.#graph.floats(dims, angles.map(Math.sin)),
    ];
  }

  build(): Uint8Array<ArrayBuffer> {
    const graph = this.#graph;
    const table = { rows: SIZES.vocabulary, width: hidden };
    let stream = lookup(graph, 'input_ids', this.#options.table, table);
    let normed = this.#norm(stream, hidden);
    const context = this.#attends();
    for (let n = 0; n < layers; n++) {
      [normed, stream] = this.#addNorm(stream, this.#attention(n, normed, context));
      [normed, stream] = this.#addNorm(stream, this.#feedForward(normed));
    }
    const tokens = ['batch', 'sequence'];
    const past = ['batch', kvHeads, 'past', headDim];
    const inputs: Record<string, (string | number)[]> = {
      input_ids: tokens,
      attention_mask: tokens,
    };
    if (this.#options.attention.startsWith('mha')) inputs['position_ids'] = tokens;
    for (let n = 0; n < layers; n++) {
      inputs[`past_key_values.${n}.key`] = past;
      inputs[`past_key_values.${n}.value`] = past;
    }
    return graph.toBytes(inputs, normed, hidden);
  }

  #linear(x: string, inputs: number, outputs: number): string {
    return linear(this.#graph, x, this.#options.weights, { inputs, outputs });
  }

  #norm(x: string, width: number): string {
    const weight = this.#graph.floats([width], this.#graph.random(width, 0.5, 1));
    const settings = { epsilon: EPSILON, axis: -1, stash_type: 1 };
    return this.#graph.add('SimplifiedLayerNormalization', [x, weight], settings);
  }

  #addNorm(stream: string, branch: string): [normed: string, sum: string] {
    const graph = this.#graph;
    if (this.#options.residual === 'add') {
      const sum = graph.add('Add', [branch, stream]);
      return [this.#norm(sum, hidden), sum];
    }
    const weight = graph.floats([hidden], graph.random(hidden, 0.5, 1));
    const op = 'SkipSimplifiedLayerNormalization@com.microsoft';
    const normed = graph.add(op, [stream, branch, weight], { epsilon: EPSILON }, 4);
    const outputs = graph.nodes.at(-1)!.outputs;
    outputs.splice(1, 2, '', '');
    return [normed, outputs[3]!];
  }

  /** What GroupQueryAttention is told of the keys; or the bias of MultiHeadAttention. */
  #attends(): readonly string[] {
    const graph = this.#graph;
    const shape = graph.add('Shape', ['attention_mask']);
    const total = graph.add('Gather', [shape, graph.ints(1)], { axis: 0 });
    if (!this.#options.attention.startsWith('mha')) {
      const sum = graph.add('ReduceSum', ['attention_mask', graph.ints([1])], { keepdims: 0 });
      const last = graph.add('Sub', [sum, graph.ints([1])]);
      return [last, total].map((value) => graph.add('Cast', [value], { to: 6 }));
    }
    const tokens = graph.add('Range', [graph.ints(0), total, graph.ints(1)]);
    const column = graph.add('Unsqueeze', [tokens, graph.ints([1])]);
    const hidden = graph.add('Greater', [tokens, column]);
    const bias = graph.add('Where', [hidden, graph.scalar(-3e38), graph.scalar(0)]);
    return [graph.add('Unsqueeze', [bias, graph.ints([0, 1])])];
  }

  #attention(n: number, x: string, context: readonly string[]): string {
    const { attention, qkv } = this.#options;
    const graph = this.#graph;
    const past = [`past_key_values.${n}.key`, `past_key_values.${n}.value`];
    let parts: readonly string[];
    if (qkv === 'fused') {
      const fused = this.#linear(x, hidden, QUERIES + 2 * KEYS);
      const sizes = graph.ints([QUERIES, KEYS, KEYS]);
      const packed = attention === 'gqa-packed';
      parts = packed ? [fused, '', ''] : this.#split([fused, sizes], 3);
    } else {
      parts = [QUERIES, KEYS, KEYS].map((width) => this.#linear(x, hidden, width));
    }
    const weights = () => graph.floats([headDim], graph.random(headDim, 0.5, 1));
    const inside = attention === 'gqa-packed' || attention === 'gqa-norms-inside';
    const [q, k, v] = inside ? parts : this.#headNorms(parts);
    if (attention.startsWith('mha')) return this.#multiHead([q!, k!, v!], past, context);
    const norms = inside ? ['', '', '', '', '', weights(), weights()] : [];
    const output = graph.add(
      'GroupQueryAttention@com.microsoft',
      [q!, k!, v!, ...past, ...context, ...this.#rope, ...norms],
      {
        num_heads: heads,
        kv_num_heads: kvHeads,
        scale: SCALE,
        do_rotary: 1,
        rotary_interleaved: 0,
        local_window_size: -1,
        softcap: { float: 0 },
        ...(inside && { qk_norm_epsilon: EPSILON }),
      },
      3,
    );
    return this.#linear(output, QUERIES, hidden);
  }

  #split(inputs: readonly string[], count: number): readonly string[] {
    this.#graph.add('Split', inputs, { axis: -1 }, count);
    return this.#graph.nodes.at(-1)!.outputs;
  }

  #headNorms([q, k, v]: readonly string[]): string[] {
    const graph = this.#graph;
    const normed = [q!, k!].map((x, i) => {
      const apart = graph.add('Reshape', [x, graph.ints([0, -1, headDim])]);
      const rows = this.#norm(apart, headDim);
      return graph.add('Reshape', [rows, graph.ints([0, -1, i === 0 ? QUERIES : KEYS])]);
    });
    return [...normed, v!];
  }

  #multiHead(
    [q, k, v]: readonly string[],
    past: readonly string[],
    bias: readonly string[],
  ): string {
    const graph = this.#graph;
    const apart = this.#options.attention === 'mha-heads-apart';
    const rotate = (x: string) => {
      const inputs = [x, 'position_ids', ...this.#rope];
      return graph.add('RotaryEmbedding@com.microsoft', inputs, { interleaved: 0 });
    };
    const swap = (x: string) => graph.add('Transpose', [x], { perm: { ints: [0, 2, 1, 3] } });
    const repeat = (x: string, before: string) => {
      const rows = swap(graph.add('Reshape', [x, graph.ints([0, -1, kvHeads, headDim])]));
      const all = graph.add('Concat', [before, rows], { axis: 2 });
      const wide = graph.add('Unsqueeze', [all, graph.ints([2])]);
      const shape = graph.ints([1, 1, heads / kvHeads, 1, 1]);
      const copies = graph.add('Expand', [wide, shape]);
      const joined = graph.add('Reshape', [copies, graph.ints([0, heads, -1, headDim])]);
      if (apart) return joined;
      return graph.add('Reshape', [swap(joined), graph.ints([0, -1, QUERIES])]);
    };
    const inputs = [
      rotate(q!),
      repeat(rotate(k!), past[0]!),
      repeat(v!, past[1]!),
      '',
      '',
      ...bias,
    ];
    const settings = { num_heads: heads, scale: SCALE };
    const output = graph.add('MultiHeadAttention@com.microsoft', inputs, settings);
    return this.#linear(output, QUERIES, hidden);
  }

  #feedForward(x: string): string {
    const graph = this.#graph;
    const fused = this.#options.gateUp === 'fused';
    const [gate, up] = fused
      ? this.#split([this.#linear(x, hidden, 2 * ffn), graph.ints([ffn, ffn])], 2)
      : [this.#linear(x, hidden, ffn), this.#linear(x, hidden, ffn)];
    const activated =
      this.#options.activation === 'sigmoid'
        ? graph.add('Mul', [gate!, graph.add('Sigmoid', [gate!])])
        : graph.add('QuickGelu@com.microsoft', [gate!], { alpha: { float: 1 } });
    return this.#linear(graph.add('Mul', [activated, up!]), this.#options.fed, hidden);
  }
}
