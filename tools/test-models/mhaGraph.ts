/**
 * The layout of the published Qwen3-Embedding export, as an older builder wrote it: positions are an
 * input, RoPE stands alone, keys and values are repeated to all heads for MultiHeadAttention, and a
 * bias tensor carries causality and padding.
 */

import { FLOAT32, INT64, type OnnxModel, type OnnxTensor } from '../../src/onnx/index.ts';
import type { Dim, OnnxValue } from '../../src/onnx/index.ts';
import { Nodes } from './graphNodes.ts';
import { CONFIG, KEY_WIDTH, QUERY_WIDTH } from './seeded.ts';

const { head_dim: HEAD, hidden_size: HIDDEN, intermediate_size: FFN } = CONFIG;
const { num_attention_heads: HEADS, num_key_value_heads: KEY_HEADS, rms_norm_eps } = CONFIG;
const LAYERS = CONFIG.num_hidden_layers;
const EPSILON = { epsilon: { float: rms_norm_eps } };
const LOWEST = -3.4028234663852886e38;
const BATCH = 'batch_size';

export function mhaModel(): OnnxModel {
  const graph = new MhaGraph();
  graph.build();
  const past = cacheValues('past_key_values', 'past_sequence_length');
  const present = cacheValues('present', 'total_sequence_length');
  return {
    irVersion: 8,
    opsets: [
      { domain: '', version: 17 },
      { domain: 'com.microsoft', version: 1 },
    ],
    graph: {
      name: 'main_graph',
      nodes: graph.nodes.nodes,
      initializers: [...graph.weights, ...graph.nodes.constants.values()],
      inputs: [
        value('input_ids', INT64, [BATCH, 'sequence_length']),
        value('attention_mask', INT64, [BATCH, 'total_sequence_length']),
        value('position_ids', INT64, [BATCH, 'sequence_length']),
        ...past,
      ],
      outputs: [
        value('last_hidden_state', FLOAT32, [BATCH, 'sequence_length', HIDDEN]),
        ...present,
      ],
      rest: [],
    },
    rest: [],
  };
}

function value(name: string, elemType: number, dims: Dim[]): OnnxValue {
  return { name, elemType, dims, rest: [] };
}

function cacheValues(name: string, length: string): OnnxValue[] {
  const layers = Array.from({ length: LAYERS }, (_, n) => n);
  return layers.flatMap((n) =>
    ['key', 'value'].map((part) =>
      value(`${name}.${n}.${part}`, FLOAT32, [BATCH, KEY_HEADS, length, HEAD]),
    ),
  );
}

class MhaGraph {
  readonly nodes = new Nodes();
  readonly weights: OnnxTensor[] = [];

  build(): void {
    const table = this.#weight('model.embed_tokens.weight', [CONFIG.vocab_size, HIDDEN]);
    this.#weight('cos_cache', [CONFIG.max_position_embeddings, HEAD / 2]);
    this.#weight('sin_cache', [CONFIG.max_position_embeddings, HEAD / 2]);
    const bias = this.#attentionBias();
    let stream = this.nodes.add('Gather', '/model/embed_tokens/Gather', [table, 'input_ids']);
    let normed = this.#norm('/model/layers.0/input_layernorm', stream, {
      weight: 'model.layers.0.input_layernorm.weight',
      width: HIDDEN,
    });
    for (let n = 0; n < LAYERS; n++) {
      const attended = this.#attention(n, normed, bias);
      const after = `model.layers.${n}.post_attention_layernorm`;
      [normed, stream] = this.#skipNorm(`/${after}`, stream, attended, `${after}.weight`);
      const fed = this.#feedForward(n, normed);
      const last = n + 1 === LAYERS;
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
    const zero = this.#inline(at('zero'), [], Float32Array.of(0));
    const lowest = this.#inline(at('lowest'), [], Float32Array.of(LOWEST));
    return nodes.add('Where', at('bias'), [seen, zero, lowest]);
  }

  /** The second dimension, as a scalar. */
  #sizeOf(input: string, name: string): string {
    const shape = this.nodes.add('Shape', `${name}/Shape`, [input]);
    return this.nodes.add('Gather', name, [shape, this.nodes.ints(1)], { axis: 0 });
  }

  #attention(n: number, input: string, bias: string): string {
    const at = `/model/layers.${n}/attn`;
    const q = this.#headNorm(n, 'q', this.#linear(n, 'attn.q_proj', input, [HIDDEN, QUERY_WIDTH]));
    const k = this.#headNorm(n, 'k', this.#linear(n, 'attn.k_proj', input, [HIDDEN, KEY_WIDTH]));
    const v = this.#linear(n, 'attn.v_proj', input, [HIDDEN, KEY_WIDTH]);
    const keys = this.#repeat(n, 'key', this.#rotate(`${at}/k_rotary`, k));
    const values = this.#repeat(n, 'value', v);
    const rotated = this.#rotate(`${at}/q_rotary`, q);
    const attended = this.nodes.add(
      'MultiHeadAttention@com.microsoft',
      `${at}/MultiHeadAttention`,
      [rotated, keys, values, '', '', bias],
      { num_heads: HEADS, scale: { float: 1 / Math.sqrt(HEAD) } },
    );
    return this.#linear(n, 'attn.o_proj', attended, [QUERY_WIDTH, HIDDEN]);
  }

  /** RMSNorm of each head by itself. */
  #headNorm(n: number, part: 'q' | 'k', input: string): string {
    const at = `/model/layers.${n}/attn/${part}_norm`;
    const { nodes } = this;
    const heads = nodes.add('Reshape', `${at}/Reshape_1`, [input, nodes.ints([0, -1, HEAD])]);
    const weight = `model.layers.${n}.attn.${part}_norm.layernorm.weight`;
    const normed = this.#norm(at, heads, { weight, width: HEAD });
    const width = part === 'q' ? QUERY_WIDTH : KEY_WIDTH;
    return nodes.add('Reshape', `${at}/Reshape_2`, [normed, nodes.ints([0, -1, width])]);
  }

  #rotate(name: string, input: string): string {
    const inputs = [input, 'position_ids', 'cos_cache', 'sin_cache'];
    return this.nodes.add('RotaryEmbedding@com.microsoft', name, inputs, { interleaved: 0 });
  }

  /** Past and new rows of the key heads, each repeated for the query heads that share it. */
  #repeat(n: number, part: 'key' | 'value', input: string): string {
    const { nodes } = this;
    const at = `/model/layers.${n}/attn/${part}_repeat`;
    const split = [0, -1, KEY_HEADS, HEAD];
    const rows = nodes.add('Reshape', `${at}/Reshape_1`, [input, nodes.ints(split)]);
    const heads = this.#swapHeads(`${at}/Transpose_1`, rows);
    const past = `past_key_values.${n}.${part}`;
    const present = `present.${n}.${part}`;
    nodes.add('Concat', `${at}/Concat`, [past, heads], { axis: 2 }, [present]);
    const spread = nodes.add('Unsqueeze', `${at}/Unsqueeze`, [present, nodes.ints([2])]);
    const shape = nodes.ints([1, 1, HEADS / KEY_HEADS, 1, 1]);
    const repeated = nodes.add('Expand', `${at}/Expand`, [spread, shape]);
    const all = nodes.ints([0, HEADS, -1, HEAD]);
    const joined = nodes.add('Reshape', `${at}/Reshape_2`, [repeated, all]);
    const back = this.#swapHeads(`${at}/Transpose_2`, joined);
    return nodes.add('Reshape', `${at}/Reshape_3`, [back, nodes.ints([0, -1, QUERY_WIDTH])]);
  }

  /** [batch, a, b, head] to [batch, b, a, head]. */
  #swapHeads(name: string, input: string): string {
    return this.nodes.add('Transpose', name, [input], { perm: [0, 2, 1, 3] });
  }

  #feedForward(n: number, input: string): string {
    const at = `/model/layers.${n}/mlp`;
    const gate = this.#linear(n, 'mlp.gate_proj', input, [HIDDEN, FFN]);
    const up = this.#linear(n, 'mlp.up_proj', input, [HIDDEN, FFN]);
    const sigmoid = this.nodes.add('Sigmoid', `${at}/act_fn/Sigmoid`, [gate]);
    const silu = this.nodes.add('Mul', `${at}/act_fn/Mul`, [gate, sigmoid]);
    const product = this.nodes.add('Mul', `${at}/Mul`, [silu, up]);
    return this.#linear(n, 'mlp.down_proj', product, [FFN, HIDDEN]);
  }

  #linear(n: number, layer: string, input: string, dims: [number, number]): string {
    const name = `model.layers.${n}.${layer}.MatMul`;
    return this.nodes.add('MatMul', `/${name}`, [input, this.#weight(`${name}.weight`, dims)]);
  }

  #norm(at: string, input: string, norm: { weight: string; width: number }): string {
    const weight = this.#weight(norm.weight, [norm.width]);
    const settings = { ...EPSILON, axis: -1, stash_type: 1 };
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
    const inputs = [stream, input, this.#weight(weight, [HIDDEN])];
    const op = 'SkipSimplifiedLayerNormalization@com.microsoft';
    this.nodes.add(op, `${at}/SkipLayerNorm`, inputs, EPSILON, [output, '', '', sum]);
    return [output, sum];
  }

  /** Filled in later, by name, from the seed. */
  #weight(name: string, dims: number[]): string {
    this.weights.push({ name, dims, dataType: FLOAT32, rest: [] });
    return name;
  }

  #inline(name: string, dims: number[], values: Float32Array): string {
    const rawData = new Uint8Array(values.buffer);
    this.weights.push({ name, dims, dataType: FLOAT32, rawData, rest: [] });
    return name;
  }
}
