/** The initializers of an MHA-layout graph, and the nodes that read them. */

import { FLOAT16, FLOAT32, type OnnxTensor } from '../../src/onnx/index.ts';
import type { Nodes } from './graphNodes.ts';
import { toHalves } from './half.ts';
import { BLOCK } from './quantise.ts';

/** How a file stores its weights. */
export interface MhaStorage {
  /** @default false */
  half?: boolean;
  /** Linear layers as MatMulNBits of 4 bits. @default false */
  linear4?: boolean;
  /** The table as GatherBlockQuantized of 4 bits. @default false */
  table4?: boolean;
}

const UINT8 = 2;
const INT4 = 22;

/** Tensors without bytes: those are filled in later, by name, from a seed. */
export class MhaWeights {
  readonly tensors: OnnxTensor[] = [];
  readonly #nodes: Nodes;
  readonly #storage: MhaStorage;

  constructor(nodes: Nodes, storage: MhaStorage) {
    this.#nodes = nodes;
    this.#storage = storage;
  }

  /** The float type of weights, activations, past and outputs. */
  get floatType(): number {
    return this.#storage.half ? FLOAT16 : FLOAT32;
  }

  float(name: string, dims: number[]): string {
    return this.#add(name, dims, this.floatType);
  }

  /** A small constant with its values. */
  inline(name: string, value: number): string {
    const values = Float32Array.of(value);
    const rawData = new Uint8Array((this.#storage.half ? toHalves(values) : values).buffer);
    this.tensors.push({ name, dims: [], dataType: this.floatType, rawData, rest: [] });
    return name;
  }

  /** Rows of the token table. */
  embed(ids: string, table: string, [rows, width]: [number, number]): string {
    const at = '/model/embed_tokens/Gather';
    if (!this.#storage.table4) {
      return this.#nodes.add('Gather', at, [this.float(table, [rows, width]), ids]);
    }
    const codes = this.#add(`${table}_Q4`, [rows, width], INT4);
    const scales = this.float(`${table}_scales`, [rows, width / BLOCK]);
    const settings = { block_size: BLOCK, gather_axis: 0, quantize_axis: 1 };
    const op = 'GatherBlockQuantized@com.microsoft';
    return this.#nodes.add(op, at, [codes, ids, scales], settings);
  }

  /** Dense weights lie [in, out]; 4-bit ones [out, blocks, bytes]. */
  linear(name: string, input: string, [inputs, outputs]: [number, number]): string {
    const weight = `${name}.weight`;
    if (!this.#storage.linear4) {
      const inner = [input, this.float(weight, [inputs, outputs])];
      return this.#nodes.add('MatMul', `/${name}`, inner);
    }
    const blocks = inputs / BLOCK;
    const codes = this.#add(`${weight}_Q4`, [outputs, blocks, BLOCK / 2], UINT8);
    const scales = this.float(`${weight}_scales`, [outputs, blocks]);
    // Level 4 lets a runtime round activations to int8: the fastest it has.
    const settings = { K: inputs, N: outputs, bits: 4, block_size: BLOCK, accuracy_level: 4 };
    const op = 'MatMulNBits@com.microsoft';
    return this.#nodes.add(op, `/${name}`, [input, codes, scales], settings);
  }

  #add(name: string, dims: number[], dataType: number): string {
    this.tensors.push({ name, dims, dataType, rest: [] });
    return name;
  }
}
