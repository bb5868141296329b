/** Operators that make numbers out of shapes, or few out of many. */

import type { OnnxNode } from '../../../../onnx/index.ts';
import { smallValues } from '../../../../onnx/index.ts';
import { Settings } from '../settings.ts';
import { listOf } from './movement.ts';
import { axisOf, countOf, integers, MAX_ELEMENTS, stridesOf, value, type Value } from './value.ts';

type Make = (inputs: readonly Value[], node: OnnxNode) => Value | undefined;

const MAKERS: Readonly<Record<string, Make>> = {
  Cast: ([source], node) => source && cast(source, new Settings(node).int('to')),
  ConstantOfShape: ([shape], node) => constantOfShape(shape, node),
  CumSum: ([source, axis], node) => cumulate(source, axis, new Settings(node)),
  Range: ([start, limit, delta]) => range(start, limit, delta),
  ReduceMean: ([source, axes], node) =>
    reduce(source, listOf(axes, node, 'axes'), node, (sum, count) => sum / count),
  ReduceSum: ([source, axes], node) =>
    reduce(source, listOf(axes, node, 'axes'), node, (sum) => sum),
  Shape: ([source], node) => source && shapeOf(source, new Settings(node)),
  Trilu: ([source, k], node) => trilu(source, k, new Settings(node).int('upper', 1)),
};

export function isMaking(op: string): boolean {
  return Object.hasOwn(MAKERS, op);
}

export function make(op: string, inputs: readonly Value[], node: OnnxNode): Value | undefined {
  return MAKERS[op]!(inputs, node);
}

const FLOATS = [1, 10, 11, 16];
const BOOL = 9;

function cast(source: Value, to: number): Value | undefined {
  const { dims, data } = source;
  if (FLOATS.includes(to)) return { ...source, integer: false };
  const convert = to === BOOL ? (x: number) => Number(x !== 0) : Math.trunc;
  return value(dims, true, data && (() => data.map(convert)));
}

function shapeOf(source: Value, settings: Settings): Value {
  const start = settings.int('start', 0);
  const end = settings.int('end', source.dims.length);
  return integers(source.dims.slice(start, end));
}

function constantOfShape(shape: Value | undefined, node: OnnxNode): Value | undefined {
  if (!shape?.data) return undefined;
  const attribute = node.attributes.find(({ name }) => name === 'value');
  const tensor = attribute?.type === 'tensor' ? attribute.value : undefined;
  const filling = tensor ? smallValues(tensor, 1)?.[0] : 0;
  if (filling === undefined) return undefined;
  const dims = [...shape.data];
  const integer = tensor !== undefined && !FLOATS.includes(tensor.dataType);
  return value(dims, integer, () => new Float64Array(countOf(dims)).fill(filling));
}

function range(
  start: Value | undefined,
  limit: Value | undefined,
  delta: Value | undefined,
): Value | undefined {
  const [from, to, step] = [start?.data?.[0], limit?.data?.[0], delta?.data?.[0]];
  if (from === undefined || to === undefined || !step) return undefined;
  const count = Math.max(0, Math.ceil((to - from) / step));
  if (!(count <= MAX_ELEMENTS)) return undefined;
  const data = Float64Array.from({ length: count }, (_, i) => from + i * step);
  return { dims: [count], integer: start!.integer, data };
}

function cumulate(
  source: Value | undefined,
  axis: Value | undefined,
  settings: Settings,
): Value | undefined {
  const on = source && axis?.data && axisOf(axis.data[0] ?? NaN, source.dims.length);
  const usual = settings.int('exclusive', 0) === 0 && settings.int('reverse', 0) === 0;
  if (!source?.data || on === undefined || !usual) return undefined;
  const data = source.data.slice();
  const stride = stridesOf(source.dims)[on]!;
  for (let i = 0; i < data.length; i++) {
    if (Math.floor(i / stride) % source.dims[on]! > 0) data[i]! += data[i - stride]!;
  }
  return { ...source, data };
}

function reduce(
  source: Value | undefined,
  axes: readonly number[] | undefined,
  node: OnnxNode,
  finish: (sum: number, count: number) => number,
): Value | undefined {
  const settings = new Settings(node);
  if (!source || !axes || settings.int('noop_with_empty_axes', 0) !== 0) return undefined;
  const rank = source.dims.length;
  const gone = new Set(axes.length === 0 ? source.dims.keys() : axes.map((a) => axisOf(a, rank)));
  if (gone.has(undefined)) return undefined;
  const kept = source.dims.map((dim, i) => (gone.has(i) ? 1 : dim));
  const dims = settings.int('keepdims', 1) ? kept : kept.filter((_, i) => !gone.has(i));
  const { data } = source;
  return value(dims, source.integer, data && (() => sums(source.dims, data, kept, finish)));
}

function sums(
  dims: readonly number[],
  data: Float64Array,
  kept: readonly number[],
  finish: (sum: number, count: number) => number,
): Float64Array {
  const totals = new Float64Array(countOf(kept));
  const strides = stridesOf(dims);
  const ownStrides = stridesOf(kept);
  data.forEach((x, i) => {
    let at = 0;
    kept.forEach((dim, axis) => {
      if (dim > 1) at += (Math.floor(i / strides[axis]!) % dims[axis]!) * ownStrides[axis]!;
    });
    totals[at]! += x;
  });
  return totals.map((sum) => finish(sum, data.length / totals.length));
}

function trilu(source: Value | undefined, k: Value | undefined, upper: number): Value | undefined {
  if (!source || source.dims.length < 2 || (k && !k.data)) return undefined;
  const { data, dims, integer } = source;
  const [height, width] = [dims.at(-2)!, dims.at(-1)!];
  const shift = k?.data?.[0] ?? 0;
  const keeps = (i: number) => {
    const distance = (i % width) - (Math.floor(i / width) % height) - shift;
    return upper ? distance >= 0 : distance <= 0;
  };
  return value(dims, integer, data && (() => data.map((x, i) => (keeps(i) ? x : 0))));
}
