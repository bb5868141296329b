/** Operators that move elements and change none. */

import type { OnnxNode } from '../../../../onnx/index.ts';
import { Settings } from '../settings.ts';
import {
  axisOf,
  broadcast,
  broadcastIndex,
  countOf,
  stridedIndex,
  stridesOf,
  take,
  value,
  type Value,
} from './value.ts';

type Move = (inputs: readonly Value[], node: OnnxNode) => readonly (Value | undefined)[];

const MOVES: Readonly<Record<string, Move>> = {
  Concat: (inputs, node) => [concat(inputs, new Settings(node).int('axis'))],
  Expand: ([source, shape]) => [expand(source, shape)],
  Flatten: ([source], node) => [flatten(source, new Settings(node).int('axis', 1))],
  Gather: ([source, at], node) => [gather(source, at, new Settings(node).int('axis', 0))],
  Identity: ([source]) => [source],
  Reshape: ([source, shape], node) => [reshape(source, shape, new Settings(node))],
  Slice: ([source, ...range]) => [slice(source, range)],
  Split: ([source, sizes], node) => split(source, sizes, node),
  Squeeze: ([source, axes], node) => [squeeze(source, listOf(axes, node, 'axes'))],
  Transpose: ([source], node) => [transpose(source, new Settings(node).ints('perm'))],
  Unsqueeze: ([source, axes], node) => [unsqueeze(source, listOf(axes, node, 'axes'))],
};

export function isMovement(op: string): boolean {
  return Object.hasOwn(MOVES, op);
}

export function move(
  op: string,
  inputs: readonly Value[],
  node: OnnxNode,
): readonly (Value | undefined)[] {
  return MOVES[op]!(inputs, node);
}

/** Axes and sizes became inputs with opset 13; before, they were attributes. */
export function listOf(
  input: Value | undefined,
  node: OnnxNode,
  name: string,
): number[] | undefined {
  return input ? input.data && [...input.data] : new Settings(node).ints(name);
}

function sameOrder(source: Value, dims: readonly number[]): Value | undefined {
  if (countOf(dims) !== countOf(source.dims)) return undefined;
  return { ...source, dims };
}

function reshape(
  source: Value | undefined,
  shape: Value | undefined,
  settings: Settings,
): Value | undefined {
  if (!source || !shape?.data || settings.int('allowzero', 0) !== 0) return undefined;
  const dims = [...shape.data].map((dim, i) => (dim === 0 ? (source.dims[i] ?? NaN) : dim));
  const open = dims.indexOf(-1);
  if (open >= 0) dims[open] = countOf(source.dims) / -countOf(dims);
  return dims.every((dim) => Number.isInteger(dim) && dim >= 0)
    ? sameOrder(source, dims)
    : undefined;
}

function flatten(source: Value | undefined, axis: number): Value | undefined {
  if (!source || axis < 0 || axis > source.dims.length) return undefined;
  const { dims } = source;
  return sameOrder(source, [countOf(dims.slice(0, axis)), countOf(dims.slice(axis))]);
}

function squeeze(source: Value | undefined, axes: number[] | undefined): Value | undefined {
  if (!source || !axes) return undefined;
  const gone = axes.map((axis) => axisOf(axis, source.dims.length));
  return sameOrder(
    source,
    source.dims.filter((_, i) => !gone.includes(i)),
  );
}

function unsqueeze(source: Value | undefined, axes: number[] | undefined): Value | undefined {
  if (!source || !axes) return undefined;
  const rank = source.dims.length + axes.length;
  const added = new Set(axes.map((axis) => axisOf(axis, rank)));
  if (added.size !== axes.length || added.has(undefined)) return undefined;
  const left = [...source.dims];
  const dims = Array.from({ length: rank }, (_, i) => (added.has(i) ? 1 : left.shift()!));
  return sameOrder(source, dims);
}

function transpose(source: Value | undefined, perm: number[] | undefined): Value | undefined {
  if (!source) return undefined;
  const rank = source.dims.length;
  const order = perm ?? source.dims.map((_, i) => rank - 1 - i);
  const sorted = [...order].sort((a, b) => a - b);
  if (sorted.length !== rank || sorted.some((axis, i) => axis !== i)) return undefined;
  const dims = order.map((axis) => source.dims[axis]!);
  const strides = stridesOf(source.dims);
  return take(source, dims, () =>
    stridedIndex(
      dims,
      order.map((axis) => strides[axis]!),
    ),
  );
}

function expand(source: Value | undefined, shape: Value | undefined): Value | undefined {
  if (!source || !shape?.data) return undefined;
  const dims = broadcast(source.dims, [...shape.data]);
  return dims && take(source, dims, () => broadcastIndex(source.dims, dims));
}

function concat(inputs: readonly Value[], axis: number): Value | undefined {
  // Keys and values of earlier calls: there are none, whatever the other sizes.
  const parts = inputs.length > 1 ? inputs.filter(({ dims }) => !dims.includes(0)) : inputs;
  const [first] = parts;
  const on = first && axisOf(axis, first.dims.length);
  if (!first || on === undefined) return undefined;
  const fits = parts.every(
    ({ dims }) =>
      dims.length === first.dims.length &&
      dims.every((dim, i) => i === on || dim === first.dims[i]),
  );
  if (!fits) return undefined;
  const total = parts.reduce((sum, { dims }) => sum + dims[on]!, 0);
  const dims = first.dims.with(on, total);
  const known = parts.every(({ data }) => data);
  return value(dims, first.integer, known ? () => joined(parts, dims, on) : undefined);
}

function joined(parts: readonly Value[], dims: readonly number[], axis: number): Float64Array {
  const all = new Float64Array(countOf(dims));
  const row = countOf(dims.slice(axis));
  let column = 0;
  for (const { data, dims: own } of parts) {
    const width = countOf(own.slice(axis));
    for (let i = 0; i < data!.length; i += width) {
      all.set(data!.subarray(i, i + width), (i / width) * row + column);
    }
    column += width;
  }
  return all;
}

function split(
  source: Value | undefined,
  sizes: Value | undefined,
  node: OnnxNode,
): readonly (Value | undefined)[] {
  const settings = new Settings(node);
  const axis = source && axisOf(settings.int('axis', 0), source.dims.length);
  if (!source || axis === undefined) return [];
  const length = source.dims[axis]!;
  const equal = node.outputs.map(() => length / node.outputs.length);
  const given = sizes || settings.ints('split') ? listOf(sizes, node, 'split') : equal;
  if (given?.length !== node.outputs.length) return [];
  if (given.reduce((sum, size) => sum + size, 0) !== length) return [];
  let start = 0;
  return given.map((size) => {
    start += size;
    return window(source, axis, { start: start - size, size, step: 1 });
  });
}

function window(
  source: Value,
  axis: number,
  { start, size, step }: { start: number; size: number; step: number },
): Value | undefined {
  const strides = stridesOf(source.dims);
  const own = strides[axis]!;
  const dims = source.dims.with(axis, size);
  if (!Number.isInteger(size) || size < 0) return undefined;
  return take(source, dims, () => stridedIndex(dims, strides.with(axis, own * step), start * own));
}

function slice(source: Value | undefined, range: readonly Value[]): Value | undefined {
  const [starts, ends, axes, steps] = range;
  if (!source || !starts?.data || !ends?.data || range.some(({ data }) => !data)) return undefined;
  let result: Value | undefined = source;
  for (let i = 0; i < starts.data.length; i++) {
    const axis = axisOf(axes?.data?.[i] ?? i, source.dims.length);
    // Backwards slices are no part of any graph that this room knows.
    const step = steps?.data?.[i] ?? 1;
    if (axis === undefined || step < 1 || !result) return undefined;
    const length = result.dims[axis]!;
    const clamp = (at: number) => Math.min(Math.max(at < 0 ? at + length : at, 0), length);
    const start = clamp(starts.data[i]!);
    const size = Math.max(0, Math.ceil((clamp(ends.data[i]!) - start) / step));
    result = window(result, axis, { start, size, step });
  }
  return result;
}

function gather(source: Value | undefined, at: Value | undefined, axis: number): Value | undefined {
  const on = source && axisOf(axis, source.dims.length);
  if (!source || !at || on === undefined) return undefined;
  const dims = [...source.dims.slice(0, on), ...at.dims, ...source.dims.slice(on + 1)];
  if (!source.data || !at.data) return value(dims, source.integer);
  const length = source.dims[on]!;
  const places = [...at.data].map((place) => (place < 0 ? place + length : place));
  if (places.some((place) => !(place >= 0 && place < length))) return undefined;
  const inner = countOf(source.dims.slice(on + 1));
  const outer = countOf(source.dims.slice(0, on));
  return take(source, dims, () =>
    Int32Array.from({ length: outer * places.length * inner }, (_, i) => {
      const place = places[Math.floor(i / inner) % places.length]!;
      const row = Math.floor(i / (inner * places.length));
      return (row * length + place) * inner + (i % inner);
    }),
  );
}
