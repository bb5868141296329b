/** Layer normalisation in single steps, as exporters write it for opsets before 17. */

import type { OnnxNode, OnnxTensor } from '../../../onnx/index.ts';
import { countOf, type Value } from './probe/value.ts';
import type { Probe } from './probe/run.ts';
import type { GraphView } from './view.ts';

export interface SpelledNorm {
  weight: OnnxTensor;
  bias: OnnxTensor;
  eps: number;
  /** What is normalised. */
  input: string;
}

const SAMPLE_WEIGHT = 1.25;
const SAMPLE_BIAS = -0.75;

/**
 * (x - mean) / sqrt(variance + eps) * weight + bias. The outer steps tell where each part is; that
 * all of it is a layer norm is then seen from what it does to numbers.
 */
export function spelledOutNorm(
  view: GraphView,
  probe: Probe,
  name: string,
): SpelledNorm | undefined {
  const added = withConstant(view, name, 'Add');
  const scaled = added && withConstant(view, added.value, 'Mul');
  const quotient = scaled && operands(view, scaled.value, 'Div');
  const centred = quotient && operands(view, quotient[0], 'Sub');
  const root = quotient && operands(view, quotient[1], 'Sqrt');
  const variance = root && withConstant(view, root[0], 'Add');
  const eps = variance && probe.numbers(variance.constant);
  if (!added || !scaled || !centred || eps?.length !== 1) return undefined;
  const input = view.root(centred[0]);
  const constants = new Map([
    [scaled.constant, SAMPLE_WEIGHT],
    [added.constant, SAMPLE_BIAS],
  ]);
  if (!isLayerNorm(probe, { input, output: name, constants, eps: eps[0]! })) return undefined;
  return {
    weight: view.constant(scaled.constant)!,
    bias: view.constant(added.constant)!,
    eps: eps[0]!,
    input,
  };
}

function operands(
  view: GraphView,
  name: string,
  op: string,
): readonly [string, string] | undefined {
  const maker = view.maker(view.root(name));
  if (maker?.op !== op) return undefined;
  const [a, b] = maker.node.inputs as OnnxNode['inputs'] & [string];
  return [a, b ?? ''];
}

function withConstant(
  view: GraphView,
  name: string,
  op: string,
): { value: string; constant: string } | undefined {
  const both = operands(view, name, op);
  if (!both) return undefined;
  const [a, b] = both;
  if (view.constant(b)) return { value: a, constant: b };
  return view.constant(a) && { value: b, constant: a };
}

interface Trial {
  input: string;
  output: string;
  /** Put in place of the weights, which may lie in another file. */
  constants: ReadonlyMap<string, number>;
  eps: number;
}

function isLayerNorm(probe: Probe, { input, output, constants, eps }: Trial): boolean {
  const dims = probe.value(input)?.dims;
  const width = dims?.at(-1);
  if (!dims || !width) return false;
  const rows = countOf(dims) / width;
  // Some rows hardly vary, so that a wrong epsilon shows.
  const data = Float64Array.from({ length: countOf(dims) }, (_, i) => {
    const row = Math.floor(i / width);
    return Math.sin(i * 1.7 + row) * (row === rows - 1 ? Math.sqrt(eps) : 1) + row;
  });
  const sources = new Map<string, Value>([[input, { dims, integer: false, data }]]);
  for (const [name, filling] of constants) {
    const own = probe.value(name)!.dims;
    const filled = new Float64Array(countOf(own)).fill(filling);
    sources.set(name, { dims: own, integer: false, data: filled });
  }
  const [made] = probe.follow(sources, [output]);
  if (made?.data?.length !== data.length) return false;
  for (let start = 0; start < data.length; start += width) {
    const expected = normalised(data.subarray(start, start + width), eps);
    const same = expected.every((x, i) => {
      const scaled = x * SAMPLE_WEIGHT + SAMPLE_BIAS;
      return Math.abs(scaled - made.data![start + i]!) < 1e-6;
    });
    if (!same) return false;
  }
  return true;
}

function normalised(row: Float64Array, eps: number): Float64Array {
  const mean = row.reduce((sum, x) => sum + x, 0) / row.length;
  const variance = row.reduce((sum, x) => sum + (x - mean) ** 2, 0) / row.length;
  return row.map((x) => (x - mean) / Math.sqrt(variance + eps));
}
