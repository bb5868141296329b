/** Linear layers and tables of random weights, in every form that the native engine reads. */

import type { TinyGraph } from './graph.ts';

export type WeightForm =
  | { kind: 'blocks'; bits: 4 | 8; block: number; zeros: boolean; flatScales?: boolean }
  /** `turned`: stored as torch does and transposed in the graph. */
  | { kind: 'dense'; half?: boolean; turned?: boolean };

export type TableForm =
  | { kind: 'dense'; half?: boolean }
  | {
      kind: 'blocks';
      type: 'uint8' | 'int4' | 'uint4';
      bits: 4 | 8;
      block: number;
      zeros: boolean;
    };

export interface LinearSizes {
  inputs: number;
  outputs: number;
  bias?: boolean;
}

export function linear(
  graph: TinyGraph,
  x: string,
  form: WeightForm,
  { inputs, outputs, bias = false }: LinearSizes,
): string {
  const biases = () => graph.floats([outputs], graph.random(outputs, 0.5));
  if (form.kind === 'dense') {
    const product = graph.add('MatMul', [x, denseWeight(graph, form, inputs, outputs)]);
    return bias ? graph.add('Add', [biases(), product]) : product;
  }
  const { bits, block, zeros } = form;
  const perRow = inputs / block;
  const data = graph.randomBytes((outputs * inputs * bits) / 8);
  const spread = 2 ** (6 - bits) / Math.sqrt(inputs);
  const dims = form.flatScales ? [outputs * perRow] : [outputs, perRow];
  const packed = Math.ceil((perRow * bits) / 8);
  return graph.add(
    'MatMulNBits@com.microsoft',
    [
      x,
      graph.constant([outputs, perRow, (block * bits) / 8], 'uint8', data),
      graph.floats(dims, graph.random(outputs * perRow, spread / 8, spread / 4)),
      // Around the middle, as a quantiser's are.
      zeros
        ? graph.constant([outputs * packed], 'uint8', middling(graph, outputs * packed, bits))
        : '',
      '',
      bias ? biases() : '',
    ],
    { K: inputs, N: outputs, bits, block_size: block },
  );
}

function middling(graph: TinyGraph, count: number, bits: 4 | 8): Uint8Array {
  const bytes = graph.randomBytes(count);
  return bits === 4
    ? bytes.map((byte) => 0x66 + (byte & 0x33))
    : bytes.map((byte) => 120 + (byte & 15));
}

function denseWeight(
  graph: TinyGraph,
  { half = false, turned = false }: { half?: boolean; turned?: boolean },
  inputs: number,
  outputs: number,
): string {
  const values = graph.random(inputs * outputs, 1.7 / Math.sqrt(inputs));
  const dims = turned ? [outputs, inputs] : [inputs, outputs];
  const stored = graph.floats(dims, values, half ? 'float16' : 'float32');
  const wide = half ? graph.add('Cast', [stored], { to: 1 }) : stored;
  return turned ? graph.add('Transpose', [wide], { perm: { ints: [1, 0] } }) : wide;
}

export function lookup(
  graph: TinyGraph,
  ids: string,
  form: TableForm,
  { rows, width }: { rows: number; width: number },
): string {
  if (form.kind === 'dense') {
    const values = graph.random(rows * width, 1);
    const table = graph.floats([rows, width], values, form.half ? 'float16' : 'float32');
    const found = graph.add('Gather', [table, ids], { axis: 0 });
    return form.half ? graph.add('Cast', [found], { to: 1 }) : found;
  }
  const { type, bits, block, zeros } = form;
  const perRow = width / block;
  const bytes = type === 'uint8';
  const last = bytes ? (width * bits) / 8 : width;
  const data = graph.constant([rows, last], type, graph.randomBytes((rows * width * bits) / 8));
  const scales = graph.random(rows * perRow, 2 ** -bits, 2 ** (1 - bits));
  const inputs = [data, ids, graph.floats([rows, perRow], scales)];
  const packed = Math.ceil((perRow * bits) / 8);
  const zeroDims = [rows, bytes ? packed : perRow];
  if (zeros) inputs.push(graph.constant(zeroDims, type, graph.randomBytes(rows * packed)));
  return graph.add('GatherBlockQuantized@com.microsoft', inputs, {
    gather_axis: 0,
    quantize_axis: 1,
    block_size: block,
    ...(bytes && { bits }),
  });
}
