/** Short-hand for making ONNX graphs by hand. */

import { INT64, type OnnxAttribute, type OnnxNode, type OnnxTensor } from '../../src/onnx/index.ts';

type Setting = number | { float: number } | readonly number[];

/** Collects nodes and constants; each call names its output after itself. */
export class Nodes {
  readonly nodes: OnnxNode[] = [];
  readonly constants = new Map<string, OnnxTensor>();

  /** Adds a node and returns the name of its first output. */
  add(
    op: string,
    name: string,
    inputs: readonly string[],
    settings: Readonly<Record<string, Setting>> = {},
    outputs: readonly string[] = [`${name}/output_0`],
  ): string {
    const [opType, domain] = op.split('@');
    this.nodes.push({
      name,
      opType: opType!,
      domain: domain ?? '',
      inputs: [...inputs],
      outputs: [...outputs],
      attributes: Object.entries(settings).map(([key, value]) => attribute(key, value)),
      rest: [],
    });
    return outputs[0]!;
  }

  /** The name of an int64 constant: a vector, or a scalar when given a plain number. */
  ints(values: number | readonly number[]): string {
    const list = typeof values === 'number' ? [values] : values;
    const name = `/constants/int64/${JSON.stringify(values)}`;
    this.constants.set(name, {
      name,
      dims: typeof values === 'number' ? [] : [list.length],
      dataType: INT64,
      rawData: new Uint8Array(BigInt64Array.from(list, BigInt).buffer),
      rest: [],
    });
    return name;
  }
}

function attribute(name: string, value: Setting): OnnxAttribute {
  if (typeof value === 'number') return { name, rest: [], type: 'int', value: BigInt(value) };
  if ('float' in value) return { name, rest: [], type: 'float', value: value.float };
  return { name, rest: [], type: 'ints', value: value.map(BigInt) };
}
