/** Queries, keys or values on their way from a linear layer to the attention. */

import type { OnnxNode } from '../../../onnx/index.ts';
import { backTo, factorOf, positions } from './chain.ts';
import { linearAt, type FoundLinear } from './linear.ts';
import type { Linear, Norm } from './model.ts';
import { isRmsNorm, normAt } from './norm.ts';
import type { Probe } from './probe/run.ts';
import type { Value } from './probe/value.ts';
import { rotationAt, type Rotation } from './rotary.ts';
import { unknown } from './unknown.ts';
import type { GraphView } from './view.ts';

/** How the elements of a value are ordered, for one text. */
export type Order = 'token, head, element' | 'head, token, element' | 'head, element, token';

export interface Wanted {
  name: string;
  /** For reasons: "the queries". */
  what: string;
  heads: number;
  headDim: number;
  order: Order;
}

export interface Projection {
  from: FoundLinear;
  /** First of the linear layer's outputs that belongs to it. */
  column: number;
  /** Heads before any repetition. */
  heads: number;
  /** What each number was multiplied with. */
  factor: number;
  norm?: Norm;
  rotation?: Rotation;
}

/** From the attention backwards: a rotation at most, a norm at most, a linear layer. */
export function projectionAt(view: GraphView, probe: Probe, wanted: Wanted): Projection {
  const { name, what, headDim } = wanted;
  const at = (from: string, stop: (name: string) => boolean) =>
    backTo(view, probe, from, { stop, what });
  const isLinear = (value: string) => linearAt(view, value) !== undefined;
  const isNorm = (value: string) => {
    const maker = view.maker(value);
    return maker !== undefined && isRmsNorm(maker);
  };
  const isRotation = (value: string) => rotationAt(view, probe, value) !== undefined;
  const afterRotation = at(name, (value) => isLinear(value) || isNorm(value) || isRotation(value));
  const rotation = rotationAt(view, probe, afterRotation);
  const beforeRotation = rotation?.input ?? afterRotation;
  const afterNorm = at(beforeRotation, (value) => isLinear(value) || isNorm(value));
  const norm = isNorm(afterNorm) ? normAt(view, probe, afterNorm) : undefined;
  if (norm && norm.width !== headDim) unknown(`${what} are not normalised head by head`);
  const normInput = norm && view.maker(afterNorm)!.node.inputs[0]!;
  const from = linearAt(view, at(normInput ?? afterNorm, isLinear))!;
  const passed = new Set<OnnxNode>();
  if (rotation) passed.add(rotation.node);
  if (norm) passed.add(view.maker(afterNorm)!.node);
  return {
    ...followed(probe, wanted, { from, normInput, rotation, passed }),
    ...(norm && { norm: norm.norm }),
    ...(rotation && { rotation }),
  };
}

interface Steps {
  from: FoundLinear;
  normInput: string | undefined;
  rotation: Rotation | undefined;
  /** Their nodes. */
  passed: ReadonlySet<OnnxNode>;
}

/** Sends each output's position through, and sees where it arrives. */
function followed(
  probe: Probe,
  wanted: Wanted,
  { from, normInput, rotation, passed }: Steps,
): Projection {
  const { outputs } = from.linear;
  const { what, heads, headDim } = wanted;
  const sources = new Map([[from.output, positions([1, probe.length, outputs])]]);
  const names = [wanted.name, normInput ?? wanted.name, rotation?.input ?? wanted.name];
  const [arrived, normed, rotated] = probe.follow(sources, names, passed);
  const column = columnsOf(arrived, wanted, outputs);
  const own = distinctHeads(column, heads, headDim);
  const source = (token: number, head: number, element: number) => {
    const shared = Math.floor((head * own.count) / heads);
    return token * outputs + own.first + shared * headDim + element;
  };
  const factor = inOrder(arrived, wanted, probe.length, source);
  if (factor === undefined || own.first + own.count * headDim > outputs) {
    unknown(`${what} of its attention are rearranged in an unknown way`);
  }
  if (normInput !== undefined && !headsLieWhole(normed, { first: own.first, outputs, headDim })) {
    unknown(`${what} of its attention are not normalised head by head`);
  }
  if (rotation && !rotation.fits(rotated, probe.length, own.count, headDim)) {
    unknown(`${what} of its attention are rotated in an unknown way`);
  }
  return { from, column: own.first, heads: own.count, factor };
}

/** For each head of the first token, the position of its first element (unscaled, rounded). */
function columnsOf(arrived: Value | undefined, wanted: Wanted, outputs: number): number[] {
  const { heads, headDim, what } = wanted;
  const data = arrived?.data;
  if (!data || data.length % (heads * headDim) !== 0) {
    unknown(`${what} of its attention have no ${heads} heads of ${headDim}`);
  }
  const tokens = data.length / (heads * headDim);
  const at = (head: number) => placeOf(wanted, tokens)(0, head, 0);
  // Neighbours differ by 1 before scaling, so the factor is what they differ by now.
  const next = placeOf(wanted, tokens)(0, 0, 1);
  const factor = headDim > 1 ? data[next]! - data[at(0)]! : NaN;
  const columns = Array.from({ length: heads }, (_, h) => Math.round(data[at(h)]! / factor) - 1);
  return columns.every((column) => column >= 0 && column < outputs)
    ? columns
    : unknown(`${what} of its attention are rearranged in an unknown way`);
}

function distinctHeads(columns: readonly number[], heads: number, headDim: number) {
  const first = columns[0]!;
  const count = new Set(columns).size;
  const regular = heads % count === 0 && columns.every((c) => (c - first) % headDim === 0);
  return { first, count: regular ? count : heads };
}

/** Position of an element by token, head and place in the head. */
function placeOf({ order, heads, headDim }: Wanted, tokens: number) {
  return (token: number, head: number, element: number) => {
    if (order === 'token, head, element') return (token * heads + head) * headDim + element;
    if (order === 'head, token, element') return (head * tokens + token) * headDim + element;
    return (head * headDim + element) * tokens + token;
  };
}

/** The factor when every element is `source` of its token, head and place, in the wanted order. */
function inOrder(
  arrived: Value | undefined,
  wanted: Wanted,
  tokens: number,
  source: (token: number, head: number, element: number) => number,
): number | undefined {
  const { heads, headDim } = wanted;
  const count = tokens * heads * headDim;
  const place = placeOf(wanted, tokens);
  const expected = new Int32Array(count);
  for (let t = 0; t < tokens; t++) {
    for (let h = 0; h < heads; h++) {
      for (let e = 0; e < headDim; e++) expected[place(t, h, e)] = source(t, h, e);
    }
  }
  return factorOf(arrived, count, (i) => expected[i]!);
}

/** Rows of the norm are whole heads, unscaled. */
function headsLieWhole(
  value: Value | undefined,
  { first, outputs, headDim }: { first: number; outputs: number; headDim: number },
): boolean {
  const data = value?.data;
  if (!data || value.dims.at(-1) !== headDim) return false;
  return data.every((x, i) => {
    const start = x - 1 - (i % headDim);
    return start === data[i - (i % headDim)]! - 1 && ((start % outputs) - first) % headDim === 0;
  });
}

/** Linear layers whose outputs, side by side, are all queries, all keys, all values. */
export function qkvOf(parts: readonly Projection[], headDim: number): readonly FoundLinear[] {
  const outputs = new Set(parts.map(({ from }) => from.output));
  const widths = parts.map(({ heads }) => heads * headDim);
  const fused = outputs.size === 1;
  let column = 0;
  const inPlace = parts.every((part, i) => {
    const right = part.column === column;
    if (fused) column += widths[i]!;
    return right && (fused || part.from.linear.outputs === widths[i]);
  });
  const whole = !fused || parts[0]!.from.linear.outputs === column;
  if (!inPlace || !whole || (!fused && outputs.size !== parts.length)) {
    unknown('the outputs of its query, key and value layers are not used as they lie');
  }
  return fused ? [parts[0]!.from] : parts.map(({ from }) => from);
}

/** The value that all of them take. */
export function sharedInput(
  view: GraphView,
  linears: readonly FoundLinear[],
  what: string,
): string {
  const inputs = new Set(linears.map(({ input }) => view.root(input)));
  const [input] = inputs;
  return inputs.size === 1 && input !== undefined
    ? input
    : unknown(`${what} take different inputs`);
}

export function checkSizes(linear: Linear, inputs: number, outputs: number, what: string): void {
  if (linear.inputs === inputs && linear.outputs === outputs) return;
  unknown(`${what} is ${linear.outputs} x ${linear.inputs}, not ${outputs} x ${inputs}`);
}
