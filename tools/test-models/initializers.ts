/** The bytes of each initializer of a test graph, found by the name that the builder gave it. */

import { FLOAT16, type OnnxGraph, type OnnxTensor } from '../../src/onnx/index.ts';
import { roundToHalf, toHalves } from './half.ts';
import { quantiseMatrix, quantiseTable, type Quantised } from './quantise.ts';
import { rotaryTable } from './rope.ts';
import { CONFIG, KEY_WIDTH, QUERY_WIDTH, type SeededWeights } from './seeded.ts';

const TABLE = 'model.embed_tokens.weight';
const FINAL_NORM = `model.layers.${CONFIG.num_hidden_layers}.final_norm_layernorm.weight`;

export class Initializers {
  readonly #weights: SeededWeights;
  readonly #names: ReadonlySet<string>;
  /** The builder rounds every weight to the graph's float type before it quantises. */
  readonly #half: boolean;
  readonly #quantised = new Map<string, Quantised>();

  constructor(graph: OnnxGraph, weights: SeededWeights) {
    this.#weights = weights;
    this.#names = new Set(graph.initializers.map((tensor) => tensor.name));
    this.#half = graph.initializers.some((tensor) => tensor.dataType === FLOAT16);
  }

  bytesOf(tensor: OnnxTensor): Uint8Array {
    const [, base, part] = /^(.*?)(?:_(Q4|Q8|scales))?$/.exec(tensor.name)!;
    if (part === 'scales') return this.#floatBytes(this.#quantise(base!).scales);
    if (part) return this.#quantise(base!).codes;
    return this.#floatBytes(this.#plain(tensor.name));
  }

  #floatBytes(values: Float32Array): Uint8Array {
    const stored = this.#half ? toHalves(values) : values;
    return new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength);
  }

  #quantise(base: string): Quantised {
    const known = this.#quantised.get(base);
    if (known) return known;
    const values = base === TABLE ? this.#weights.get(TABLE) : this.#matrix(base);
    const rounded = this.#half ? values.map(roundToHalf) : values;
    const round = this.#half ? roundToHalf : Math.fround;
    const bits = this.#names.has(`${base}_Q8`) ? 8 : 4;
    const made =
      base === TABLE ? quantiseTable(rounded, round) : quantiseMatrix(rounded, bits, round);
    this.#quantised.set(base, made);
    return made;
  }

  /** Unquantised values in the order of the graph: matrices lie [in, out] there. */
  #plain(name: string): Float32Array {
    if (name === 'cos_cache') return rotaryTable(Math.cos);
    if (name === 'sin_cache') return rotaryTable(Math.sin);
    if (name === FINAL_NORM) return this.#weights.get('model.norm.weight');
    if (!name.endsWith('.MatMul.weight')) return this.#weights.get(transformersName(name));
    const width = name.includes('down_proj')
      ? CONFIG.intermediate_size
      : name.includes('o_proj')
        ? QUERY_WIDTH
        : CONFIG.hidden_size;
    return transpose(this.#matrix(name), width);
  }

  /** A linear layer as torch holds it, [out, in]; the builder stacks Q, K and V. */
  #matrix(name: string): Float32Array {
    const inner = transformersName(name.replace('.MatMul', ''));
    if (!inner.includes('qkv_proj')) return this.#weights.get(inner);
    const parts = ['q_proj', 'k_proj', 'v_proj'].map((part) =>
      this.#weights.get(inner.replace('qkv_proj', part)),
    );
    const stacked = new Float32Array((QUERY_WIDTH + 2 * KEY_WIDTH) * CONFIG.hidden_size);
    parts.reduce((at, part) => (stacked.set(part, at), at + part.length), 0);
    return stacked;
  }
}

function transformersName(name: string): string {
  return name.replace('.attn.', '.self_attn.').replace('.layernorm.', '.');
}

function transpose(values: Float32Array, width: number): Float32Array {
  const height = values.length / width;
  const turned = new Float32Array(values.length);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      turned[column * height + row] = values[row * width + column]!;
    }
  }
  return turned;
}
