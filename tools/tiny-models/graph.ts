/** Puts a graph together in memory, weights and all: enough for models of a few kilobytes. */

import { writeModel, type OnnxAttribute, type OnnxNode } from '../../src/onnx/index.ts';
import type { Dim, OnnxTensor } from '../../src/onnx/index.ts';
import { toHalves } from '../test-models/half.ts';

/** `TensorProto.DataType` */
export const TYPES = { float32: 1, uint8: 2, int64: 7, float16: 10, uint4: 21, int4: 22 } as const;

export type Setting = number | string | { float: number } | { ints: readonly number[] };

export class TinyGraph {
  readonly nodes: OnnxNode[] = [];
  readonly constants: OnnxTensor[] = [];
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = randomFrom(seed);
  }

  /** Adds a node (`MatMulNBits@com.microsoft` for another domain) and names its first output. */
  add(
    op: string,
    inputs: readonly string[],
    settings: Readonly<Record<string, Setting>> = {},
    outputs = 1,
  ): string {
    const [opType, domain] = op.split('@');
    const name = `v${this.nodes.length}`;
    this.nodes.push({
      name: '',
      opType: opType!,
      domain: domain ?? '',
      inputs: [...inputs],
      outputs: Array.from({ length: outputs }, (_, i) => (i === 0 ? name : `${name}.${i}`)),
      attributes: Object.entries(settings).map(([key, setting]) => attribute(key, setting)),
      rest: [],
    });
    return name;
  }

  constant(dims: readonly number[], type: keyof typeof TYPES, bytes: Uint8Array): string {
    const name = `c${this.constants.length}`;
    const dataType = TYPES[type];
    this.constants.push({ name, dims: [...dims], dataType, rawData: bytes, rest: [] });
    return name;
  }

  floats(
    dims: readonly number[],
    values: readonly number[],
    type: 'float32' | 'float16' = 'float32',
  ) {
    const floats = Float32Array.from(values);
    const stored = type === 'float16' ? toHalves(floats) : floats;
    return this.constant(dims, type, new Uint8Array(stored.buffer));
  }

  /** A vector, or a scalar when given a plain number. */
  ints(values: number | readonly number[]): string {
    const list = typeof values === 'number' ? [values] : values;
    const bytes = new Uint8Array(BigInt64Array.from(list, BigInt).buffer);
    return this.constant(typeof values === 'number' ? [] : [list.length], 'int64', bytes);
  }

  scalar(value: number): string {
    return this.floats([], [value]);
  }

  /** Around `centre`, evenly. */
  random(count: number, spread: number, centre = 0): number[] {
    return Array.from({ length: count }, () => centre + (2 * this.#random() - 1) * spread);
  }

  randomBytes(count: number): Uint8Array {
    return Uint8Array.from({ length: count }, () => Math.floor(this.#random() * 256));
  }

  /** The file; `output` is renamed to `last_hidden_state`. */
  toBytes(
    inputs: Readonly<Record<string, readonly Dim[]>>,
    output: string,
    width: number,
  ): Uint8Array<ArrayBuffer> {
    const renamed = (name: string) => (name === output ? 'last_hidden_state' : name);
    const nodes = this.nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map(renamed),
      outputs: node.outputs.map(renamed),
    }));
    return writeModel({
      irVersion: 10,
      opsets: [
        { domain: '', version: 21 },
        { domain: 'com.microsoft', version: 1 },
      ],
      graph: {
        name: 'tiny',
        nodes,
        initializers: this.constants,
        inputs: Object.entries(inputs).map(([name, dims]) => ({
          name,
          elemType: dims.length === 4 ? TYPES.float32 : TYPES.int64,
          dims: [...dims],
          rest: [],
        })),
        outputs: [
          {
            name: 'last_hidden_state',
            elemType: TYPES.float32,
            dims: ['batch', 'sequence', width],
            rest: [],
          },
        ],
        rest: [],
      },
      rest: [],
    });
  }
}

function attribute(name: string, setting: Setting): OnnxAttribute {
  if (typeof setting === 'number') return { name, rest: [], type: 'int', value: BigInt(setting) };
  if (typeof setting === 'string') {
    return { name, rest: [], type: 'string', value: new TextEncoder().encode(setting) };
  }
  if ('float' in setting) return { name, rest: [], type: 'float', value: setting.float };
  return { name, rest: [], type: 'ints', value: setting.ints.map(BigInt) };
}

/** mulberry32 */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) / 4294967296;
  };
}
