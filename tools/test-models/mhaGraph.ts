/**
 * The layout of the published Qwen3-Embedding export, as an older builder wrote it: positions are an
 * input, RoPE stands alone, keys and values are repeated to all heads for MultiHeadAttention, and a
 * bias tensor carries causality and padding.
 */

import { INT64, type Dim, type OnnxModel, type OnnxValue } from '../../src/onnx/index.ts';
import { Nodes } from './graphNodes.ts';
import { MhaWeights, type MhaStorage } from './mhaWeights.ts';
import { CONFIG, type QwenConfig } from './seeded.ts';

/** Of float32 and of float16. */
const LOWEST = { whole: -3.4028234663852886e38, half: -65504 };
const BATCH = 'batch_size';

/** A graph whose weights have no bytes yet. */
export function mhaModel(config: QwenConfig = CONFIG, storage: MhaStorage = {}): OnnxModel {
  const graph = new MhaGraph(config, storage);
  graph.build();
  const past = graph.cacheValues('past_key_values', 'past_sequence_length');
  const present = graph.cacheValues('present', 'total_sequence_length');
  const states: Dim[] = [BATCH, 'sequence_length', config.hidden_size];
  return {
    irVersion: 8,
    opsets: [
      { domain: '', version: 17 },
      { domain: 'com.microsoft', version: 1 },
    ],
    graph: {
      name: 'main_graph',
      nodes: graph.nodes.nodes,
      initializers: [...graph.weights.tensors, ...graph.nodes.constants.values()],
      inputs: [
        value('input_ids', INT64, [BATCH, 'sequence_length']),
        value('attention_mask', INT64, [BATCH, 'total_sequence_length']),
        value('position_ids', INT64, [BATCH, 'sequence_length']),
        ...past,
      ],
      outputs: [value('last_hidden_state', graph.weights.floatType, states), ...present],
      rest: [],
    },
    rest: [],
  };
}

function value(name: string, elemType: number, dims: Dim[]): OnnxValue {
  return { name, elemType, dims, rest: [] };
}

class MhaGraph {
  readonly nodes = new Nodes();
  readonly weights: MhaWeights;
  readonly #config: QwenConfig;
  readonly #lowest: number;
  readonly #queryWidth: number;
  readonly #keyWidth: number;

  constructor(config: QwenConfig, storage: MhaStorage) {
    this.#config = config;
    this.weights = new MhaWeights(this.nodes, storage);
    this.#lowest = storage.half ? LOWEST.half : LOWEST.whole;
    this.#queryWidth = config.num_attention_heads * config.head_dim;
    this.#keyWidth = config.num_key_value_heads * config.head_dim;
  }

  cacheValues(name: string, length: string): OnnxValue[] {
    const { num_hidden_layers, num_key_value_heads, head_dim } = this.#config;
    const dims = [BATCH, num_key_value_heads, length, head_dim];
    const layers = Array.from({ length: num_hidden_layers }, (_, n) => n);
    return layers.flatMap((n) =>
      ['key', 'value'].map((part) =>
        value(`${name}.${n}.${part}`, this.weights.floatType, [...dims]),
      ),
    );
  }

  build(): void {
    const { hidden_size: hidden, num_hidden_layers: layers, ...sizes } = this.#config;
    const rotary = [sizes.max_position_embeddings, sizes.head_dim / 2];
    const table: [number, number] = [sizes.vocab_size, hidden];
    let stream = this.weights.embed('input_ids', 'model.embed_tokens.weight', table);
    this.weights.float('cos_cache', rotary);
    this.weights.float('sin_cache', [...rotary]);
    const bias = this.#attentionBias();
    let normed = this.#norm('/model/layers.0/input_layernorm', stream, {
      weight: 'model.layers.0.input_layernorm.weight',
      width: hidden,
    });
    for (let n = 0; n < layers; n++) {
      const attended = this.#attention(n, normed, bias);
      const after = `model.layers.${n}.post_attention_layernorm`;
      [normed, stream] = this.#skipNorm(`/${after}`, stream, attended, `${after}.weight`);
      const fed = this.#feedForward(n, normed);
      const last = n + 1 === layers;
      const next = `model.layers.${n + 1}.${last ? 'final_norm_layernorm' : 'input_layernorm'}`;
      const output = last ? 'last_hidden_state' : undefined;
      [normed, stream] = this.#skipNorm(`/${next}`, stream, fed, `${next}.weight`, output);
    }
  }

  /** [batch, 1, query, key]: 0 where a query may look, the lowest float elsewhere. */
  #attentionBias(): string {
    const { nodes } = this;
    const at = (name: string) => `/model/attn_mask_reformat/${name}`;
    const sequence = this.#sizeOf('input_ids', at('sequence'));
    const total = this.#sizeOf('attention_mask', at('total'));
    const keys = nodes.add('Range', at('keys'), [nodes.ints(0), total, nodes.ints(1)]);
    const first = nodes.add('Sub', at('first'), [total, sequence]);
    const queries = nodes.add('Range', at('queries'), [first, total, nodes.ints(1)]);
    const column = nodes.add('Unsqueeze', at('column'), [queries, nodes.ints([1])]);
    const causal = nodes.add('LessOrEqual', at('causal'), [keys, column]);
    const real = nodes.add('Cast', at('real'), ['attention_mask'], { to: 9 });
    const padding = nodes.add('Unsqueeze', at('padding'), [real, nodes.ints([1, 2])]);
    const seen = nodes.add('And', at('seen'), [causal, padding]);
    const zero = this.weights.inline(at('zero'), 0);
    const lowest = this.weights.inline(at('lowest'), this.#lowest);
    return nodes.add('Where', at('bias'), [seen, zero, lowest]);
  }

  /** The second dimension, as a scalar. */
  #sizeOf(input: string, name: string): string {
    const shape = this.nodes.add('Shape', `${name}/Shape`, [input]);
    return this.nodes.add('Gather', name, [shape, this.nodes.ints(1)], { axis: 0 });
  }

  #attention(n: number, input: string, bias: string): string {
    const { hidden_size: hidden, num_attention_heads: heads, head_dim: head } = this.#config;
    const [queryWidth, keyWidth] = [this.#queryWidth, this.#keyWidth];
    const at = `/model/layers.${n}/attn`;
    const q = this.#headNorm(n, 'q', this.#linear(n, 'attn.q_proj', input, [hidden, queryWidth]));
    const k = this.#headNorm(n, 'k', this.#linear(n, 'attn.k_proj', input, [hidden, keyWidth]));
    const v = this.#linear(n, 'attn.v_proj', input, [hidden, keyWidth]);
    const keys = this.#repeat(n, 'key', this.#rotate(`${at}/k_rotary`, k));
    const values = this.#repeat(n, 'value', v);
    const rotated = this.#rotate(`${at}/q_rotary`, q);
    const attended = this.nodes.add(
      'MultiHeadAttention@com.microsoft',
      `${at}/MultiHeadAttention`,
      [rotated, keys, values, '', '', bias],
      { num_heads: heads, scale: { float: 1 / Math.sqrt(head) } },
    );
    return this.#linear(n, 'attn.o_proj', attended, [queryWidth, hidden]);
  }

  /** RMSNorm of each head by itself. */
  #headNorm(n: number, part: 'q' | 'k', input: string): string {
    const at = `/model/layers.${n}/attn/${part}_norm`;
    const { nodes } = this;
    const { head_dim: head } = this.#config;
    const split = nodes.add('Reshape', `${at}/Reshape_1`, [input, nodes.ints([0, -1, head])]);
    const weight = `model.layers.${n}.attn.${part}_norm.layernorm.weight`;
    const normed = this.#norm(at, split, { weight, width: head });
    const width = part === 'q' ? this.#queryWidth : this.#keyWidth;
    return nodes.add('Reshape', `${at}/Reshape_2`, [normed, nodes.ints([0, -1, width])]);
  }

  #rotate(name: string, input: string): string {
    const inputs = [input, 'position_ids', 'cos_cache', 'sin_cache'];
    return this.nodes.add('RotaryEmbedding@com.microsoft', name, inputs, { interleaved: 0 });
  }

  /** Past and new rows of the key heads, each repeated for the query heads that share it. */
  #repeat(n: number, part: 'key' | 'value', input: string): string {
    const { nodes } = this;
    const sizes = this.#config;
    const { num_attention_heads: heads, num_key_value_heads: keyHeads, head_dim: head } = sizes;
    const at = `/model/layers.${n}/attn/${part}_repeat`;
    const split = [0, -1, keyHeads, head];
    const rows = nodes.add('Reshape', `${at}/Reshape_1`, [input, nodes.ints(split)]);
    const turned = this.#swapHeads(`${at}/Transpose_1`, rows);
    const past = `past_key_values.${n}.${part}`;
    const present = `present.${n}.${part}`;
    nodes.add('Concat', `${at}/Concat`, [past, turned], { axis: 2 }, [present]);
    const spread = nodes.add('Unsqueeze', `${at}/Unsqueeze`, [present, nodes.ints([2])]);
    const shape = nodes.ints([1, 1, heads / keyHeads, 1, 1]);
    const repeated = nodes.add('Expand', `${at}/Expand`, [spread, shape]);
    const all = nodes.ints([0, heads, -1, head]);
    const joined = nodes.add('Reshape', `${at}/Reshape_2`, [repeated, all]);
    const back = this.#swapHeads(`${at}/Transpose_2`, joined);
    return nodes.add('Reshape', `${at}/Reshape_3`, [back, nodes.ints([0, -1, this.#queryWidth])]);
  }

  /** [batch, a, b, head] to [batch, b, a, head]. */
  #swapHeads(name: string, input: string): string {
    return this.nodes.add('Transpose', name, [input], { perm: [0, 2, 1, 3] });
  }

  #feedForward(n: number, input: string): string {
    const { hidden_size: hidden, intermediate_size: ffn } = this.#config;
    const at = `/model/layers.${n}/mlp`;
    const gate = this.#linear(n, 'mlp.gate_proj', input, [hidden, ffn]);
    const up = this.#linear(n, 'mlp.up_proj', input, [hidden, ffn]);
    const sigmoid = this.nodes.add('Sigmoid', `${at}/act_fn/Sigmoid`, [gate]);
    const silu = this.nodes.add('Mul', `${at}/act_fn/Mul`, [gate, sigmoid]);
    const product = this.nodes.add('Mul', `${at}/Mul`, [silu, up]);
    return this.#linear(n, 'mlp.down_proj', product, [ffn, hidden]);
  }

  #linear(n: number, layer: string, input: string, dims: [number, number]): string {
    return this.weights.linear(`model.layers.${n}.${layer}.MatMul`, input, dims);
  }

  #norm(at: string, input: string, norm: { weight: string; width: number }): string {
    const weight = this.weights.float(norm.weight, [norm.width]);
    const settings = { ...this.#epsilon, axis: -1, stash_type: 1 };
    const inputs = [input, weight];
    return this.nodes.add('SimplifiedLayerNormalization', `${at}/LayerNorm`, inputs, settings);
  }

  /** Adds to the residual stream and norms it; returns both. */
  #skipNorm(
    at: string,
    stream: string,
    input: string,
    weight: string,
    output = `${at}/output_0`,
  ): [normed: string, sum: string] {
    const sum = `${at}/output_3`;
    const inputs = [stream, input, this.weights.float(weight, [this.#config.hidden_size])];
    const op = 'SkipSimplifiedLayerNormalization@com.microsoft';
    this.nodes.add(op, `${at}/SkipLayerNorm`, inputs, this.#epsilon, [output, '', '', sum]);
    return [output, sum];
  }

  get #epsilon() {
    return { epsilon: { float: this.#config.rms_norm_eps } };
  }
}
