/**
 * BertModel as transformers' own export writes it: plain operators, a Slice of constant positions,
 * GELU by Erf or else Relu, a mask of lowest floats, `token_type_ids` as an input, and a pooler nobody asks for.
 */

import { FLOAT32, INT64, type OnnxModel, type OnnxTensor } from '../../../src/onnx/index.ts';
import type { Dim, OnnxValue } from '../../../src/onnx/index.ts';
import { Nodes } from '../graphNodes.ts';
import { BERT, type Activation } from './config.ts';
import { bertWeights, type Weight } from './weights.ts';

const { hidden: HIDDEN, heads: HEADS, layers: LAYERS, positions: POSITIONS, epsilon } = BERT;
const HEAD = HIDDEN / HEADS;
const LOWEST = -3.4028234663852886e38;
const FLOAT_TYPE = 1;
const BY_TOKEN: Dim[] = ['batch_size', 'sequence_length'];

export function bertModel(output: string, activation: Activation): OnnxModel {
  const graph = new BertGraph(bertWeights(), activation);
  graph.build(output);
  return {
    irVersion: 8,
    opsets: [{ domain: '', version: 17 }],
    graph: {
      name: 'main_graph',
      nodes: graph.nodes.nodes,
      initializers: [...graph.tensors.values(), ...graph.nodes.constants.values()],
      inputs: ['input_ids', 'attention_mask', 'token_type_ids'].map((name) =>
        value(name, INT64, BY_TOKEN),
      ),
      outputs: [
        value(output, FLOAT32, [...BY_TOKEN, HIDDEN]),
        value('pooler_output', FLOAT32, ['batch_size', HIDDEN]),
      ],
      rest: [],
    },
    rest: [],
  };
}

function value(name: string, elemType: number, dims: Dim[]): OnnxValue {
  return { name, elemType, dims, rest: [] };
}

class BertGraph {
  readonly nodes = new Nodes();
  readonly tensors = new Map<string, OnnxTensor>();
  readonly #weights: ReadonlyMap<string, Weight>;
  readonly #activation: Activation;

  constructor(weights: ReadonlyMap<string, Weight>, activation: Activation) {
    this.#weights = weights;
    this.#activation = activation;
  }

  build(output: string): void {
    const mask = this.#mask();
    let stream = this.#embeddings();
    for (let n = 0; n < LAYERS; n++) {
      const at = `encoder.layer.${n}`;
      const attended = this.#attention(`${at}.attention`, stream, mask);
      const last = n + 1 === LAYERS ? output : undefined;
      stream = this.#feedForward(at, attended, last);
    }
    const { nodes } = this;
    const first = nodes.add('Gather', '/pooler/Gather', [stream, nodes.ints(0)], { axis: 1 });
    const pooled = this.#linear('pooler.dense', first);
    nodes.add('Tanh', '/pooler/Tanh', [pooled], {}, ['pooler_output']);
  }

  #embeddings(): string {
    const { nodes } = this;
    const at = '/embeddings';
    const gather = (part: string, ids: string): string =>
      nodes.add('Gather', `${at}/${part}`, [this.#table(`embeddings.${part}.weight`), ids]);
    const shape = nodes.add('Shape', `${at}/Shape`, ['input_ids']);
    const length = nodes.add('Gather', `${at}/length`, [shape, nodes.ints([1])]);
    const all = this.#positions();
    const bounds = [nodes.ints([0]), length, nodes.ints([1])];
    const positions = nodes.add('Slice', `${at}/Slice`, [all, ...bounds]);
    const words = gather('word_embeddings', 'input_ids');
    const typed = nodes.add('Add', `${at}/Add`, [
      words,
      gather('token_type_embeddings', 'token_type_ids'),
    ]);
    const placed = gather('position_embeddings', positions);
    return this.#norm('embeddings.LayerNorm', nodes.add('Add', `${at}/Add_1`, [typed, placed]));
  }

  /** [batch, 1, 1, key]: 0 where a key is a real token, the lowest float where it is padding. */
  #mask(): string {
    const { nodes } = this;
    const real = nodes.add('Cast', '/mask/Cast', ['attention_mask'], { to: FLOAT_TYPE });
    const spread = nodes.add('Unsqueeze', '/mask/Unsqueeze', [real, nodes.ints([1, 2])]);
    const padding = nodes.add('Sub', '/mask/Sub', [this.#scalar(1), spread]);
    return nodes.add('Mul', '/mask/Mul', [padding, this.#scalar(LOWEST)]);
  }

  #attention(at: string, input: string, mask: string): string {
    const { nodes } = this;
    const heads = (part: string, perm: readonly number[]): string => {
      const rows = this.#linear(`${at}.self.${part}`, input);
      const shape = nodes.ints([0, 0, HEADS, HEAD]);
      const split = nodes.add('Reshape', `/${at}/${part}/Reshape`, [rows, shape]);
      return nodes.add('Transpose', `/${at}/${part}/Transpose`, [split], { perm });
    };
    const [query, key] = [heads('query', [0, 2, 1, 3]), heads('key', [0, 2, 3, 1])];
    const scores = nodes.add('MatMul', `/${at}/MatMul`, [query, key]);
    const scaled = nodes.add('Div', `/${at}/Div`, [scores, this.#scalar(Math.sqrt(HEAD))]);
    const masked = nodes.add('Add', `/${at}/Add`, [scaled, mask]);
    const shares = nodes.add('Softmax', `/${at}/Softmax`, [masked], { axis: -1 });
    const mixed = nodes.add('MatMul', `/${at}/MatMul_1`, [shares, heads('value', [0, 2, 1, 3])]);
    const back = nodes.add('Transpose', `/${at}/Transpose`, [mixed], { perm: [0, 2, 1, 3] });
    const joined = nodes.add('Reshape', `/${at}/Reshape`, [back, nodes.ints([0, 0, HIDDEN])]);
    const sum = nodes.add('Add', `/${at}/Add_1`, [
      this.#linear(`${at}.output.dense`, joined),
      input,
    ]);
    return this.#norm(`${at}.output.LayerNorm`, sum);
  }

  #feedForward(at: string, input: string, output: string | undefined): string {
    const { nodes } = this;
    const wide = this.#linear(`${at}.intermediate.dense`, input);
    const active =
      this.#activation === 'relu'
        ? nodes.add('Relu', `/${at}/relu/Relu`, [wide])
        : this.#gelu(`/${at}/gelu`, wide);
    const narrow = this.#linear(`${at}.output.dense`, active);
    const sum = nodes.add('Add', `/${at}/Add`, [narrow, input]);
    return this.#norm(`${at}.output.LayerNorm`, sum, output);
  }

  #gelu(at: string, input: string): string {
    const { nodes } = this;
    const scaled = nodes.add('Div', `${at}/Div`, [input, this.#scalar(Math.SQRT2)]);
    const erf = nodes.add('Erf', `${at}/Erf`, [scaled]);
    const shifted = nodes.add('Add', `${at}/Add`, [erf, this.#scalar(1)]);
    const product = nodes.add('Mul', `${at}/Mul`, [input, shifted]);
    return nodes.add('Mul', `${at}/Mul_1`, [product, this.#scalar(0.5)]);
  }

  /** The export multiplies from the left, so it keeps matrices as [in, out]. */
  #linear(name: string, input: string): string {
    const { values, dims } = this.#weight(`${name}.weight`);
    const [height = 0, width = 0] = dims;
    const turned = values.map((_, i) => values[(i % height) * width + Math.floor(i / height)] ?? 0);
    const matrix = this.#tensor(`${name}.weight.T`, [width, height], turned);
    const product = this.nodes.add('MatMul', `/${name}/MatMul`, [input, matrix]);
    return this.nodes.add('Add', `/${name}/Add`, [this.#table(`${name}.bias`), product]);
  }

  #norm(name: string, input: string, output = `/${name}/output_0`): string {
    const inputs = [input, this.#table(`${name}.weight`), this.#table(`${name}.bias`)];
    const settings = { axis: -1, epsilon: { float: epsilon } };
    return this.nodes.add('LayerNormalization', `/${name}`, inputs, settings, [output]);
  }

  #table(name: string): string {
    const { values, dims } = this.#weight(name);
    return this.#tensor(name, dims, values);
  }

  #scalar(number: number): string {
    return this.#tensor(`/constants/float/${number}`, [], Float32Array.of(number));
  }

  #weight(name: string): Weight {
    const weight = this.#weights.get(name);
    if (!weight) throw new Error(`no such weight: ${name}`);
    return weight;
  }

  #tensor(name: string, dims: number[], values: Float32Array<ArrayBuffer>): string {
    const rawData = new Uint8Array(values.buffer);
    this.tensors.set(name, { name, dims, dataType: FLOAT32, rawData, rest: [] });
    return name;
  }

  /** 0, 1, 2 … as one row. */
  #positions(): string {
    const name = 'embeddings.position_ids';
    const row = BigInt64Array.from({ length: POSITIONS }, (_, at) => BigInt(at));
    const rawData = new Uint8Array(row.buffer);
    this.tensors.set(name, { name, dims: [1, POSITIONS], dataType: INT64, rawData, rest: [] });
    return name;
  }
}
