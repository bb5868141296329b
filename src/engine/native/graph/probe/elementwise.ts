/** Operators that work element by element. */

import type { OnnxNode } from '../../../../onnx/index.ts';
import { Settings } from '../settings.ts';
import { erf } from './erf.ts';
import { broadcast, broadcastIndex, countOf, take, value, type Value } from './value.ts';

type Unary = (x: number, node: OnnxNode) => number;
type Binary = (a: number, b: number, integer: boolean) => number;

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const gelu = (x: number) => 0.5 * x * (1 + erf(x / Math.SQRT2));

const UNARY: Readonly<Record<string, Unary>> = {
  Abs: Math.abs,
  Ceil: Math.ceil,
  Erf: erf,
  Exp: Math.exp,
  Floor: Math.floor,
  Gelu: (x, node) => (new Settings(node).text('approximate', 'none') === 'none' ? gelu(x) : NaN),
  IsNaN: (x) => Number(Number.isNaN(x)),
  Neg: (x) => -x,
  Not: (x) => Number(x === 0),
  Reciprocal: (x) => 1 / x,
  Sigmoid: sigmoid,
  Sqrt: Math.sqrt,
  Tanh: Math.tanh,
  'com.microsoft:Gelu': gelu,
  'com.microsoft:QuickGelu': (x, node) => x * sigmoid(x * new Settings(node).float('alpha', 1.702)),
  Swish: (x, node) => x * sigmoid(x * new Settings(node).float('alpha', 1)),
};

const BINARY: Readonly<Record<string, Binary>> = {
  Add: (a, b) => a + b,
  And: (a, b) => Number(a !== 0 && b !== 0),
  Div: (a, b, integer) => (integer ? Math.trunc(a / b) : a / b),
  Equal: (a, b) => Number(a === b),
  Greater: (a, b) => Number(a > b),
  GreaterOrEqual: (a, b) => Number(a >= b),
  Less: (a, b) => Number(a < b),
  LessOrEqual: (a, b) => Number(a <= b),
  Max: (a, b) => Math.max(a, b),
  Min: (a, b) => Math.min(a, b),
  Mul: (a, b) => a * b,
  Or: (a, b) => Number(a !== 0 || b !== 0),
  Pow: (a, b) => a ** b,
  Sub: (a, b) => a - b,
};

const TRUTHS = new Set([
  'And',
  'Equal',
  'Greater',
  'GreaterOrEqual',
  'IsNaN',
  'Less',
  'LessOrEqual',
  'Not',
  'Or',
]);

export function isElementwise(op: string): boolean {
  return op in UNARY || op in BINARY || op === 'Where';
}

/** Undefined for other operators, and where shapes do not fit. */
export function elementwise(
  op: string,
  inputs: readonly Value[],
  node: OnnxNode,
): Value | undefined {
  const [a, b] = inputs;
  if (op === 'Where') return where(inputs);
  if (!a) return undefined;
  const integer = a.integer || TRUTHS.has(op);
  const unary = Object.hasOwn(UNARY, op) ? UNARY[op] : undefined;
  if (unary && inputs.length === 1) {
    const { data } = a;
    return value(a.dims, integer, data && (() => data.map((x) => unary(x, node))));
  }
  const binary = Object.hasOwn(BINARY, op) ? BINARY[op] : undefined;
  return binary && b && inputs.length === 2 ? pairwise(a, b, integer, binary) : undefined;
}

function pairwise(a: Value, b: Value, integer: boolean, calculate: Binary): Value | undefined {
  const dims = broadcast(a.dims, b.dims);
  const [left, right] = [a.data, b.data];
  if (!dims || !left || !right) return dims && value(dims, integer);
  return value(dims, integer, () => {
    const [atLeft, atRight] = [placesOf(a, dims), placesOf(b, dims)];
    const result = new Float64Array(countOf(dims));
    for (let i = 0; i < result.length; i++) {
      const x = left[atLeft ? atLeft[i]! : i]!;
      const y = right[atRight ? atRight[i]! : i]!;
      result[i] = calculate(x, y, a.integer);
    }
    return result;
  });
}

/** Where each element comes from; undefined when from its own place. */
function placesOf(source: Value, dims: readonly number[]): Int32Array | undefined {
  return countOf(source.dims) === countOf(dims) ? undefined : broadcastIndex(source.dims, dims);
}

function where([condition, yes, no]: readonly Value[]): Value | undefined {
  if (!condition || !yes || !no) return undefined;
  const both = broadcast(yes.dims, no.dims);
  const dims = both && broadcast(condition.dims, both);
  if (!dims) return undefined;
  const { integer } = yes;
  if (!condition.data || !yes.data || !no.data) return value(dims, integer);
  return value(dims, integer, () => {
    const [chosen, kept, other] = [condition, yes, no].map((each) =>
      take(each, dims, () => broadcastIndex(each.dims, dims)),
    );
    return kept!.data!.map((x, i) => (chosen!.data![i] ? x : other!.data![i]!));
  });
}
