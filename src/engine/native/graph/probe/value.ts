/** What the probe knows of a value: always its shape, and its numbers where it can calculate them. */

export interface Value {
  dims: readonly number[];
  /** Row-major; left out where the numbers depend on weights, or are too many. */
  data?: Float64Array;
  /** Integers and booleans divide and round as such. */
  integer: boolean;
}

/** Past this many elements only the shape is kept: no shape or mask calculation is as large. */
export const MAX_ELEMENTS = 2 ** 20;

export function countOf(dims: readonly number[]): number {
  return dims.reduce((product, dim) => product * dim, 1);
}

export function value(
  dims: readonly number[],
  integer: boolean,
  make?: () => Float64Array,
): Value | undefined {
  if (!dims.every((dim) => Number.isSafeInteger(dim) && dim >= 0)) return undefined;
  const known = make && countOf(dims) <= MAX_ELEMENTS;
  return { dims, integer, ...(known && { data: make() }) };
}

export function integers(values: readonly number[], dims = [values.length]): Value {
  return { dims, integer: true, data: Float64Array.from(values) };
}

/** ONNX counts axes from the end where they are negative; undefined when out of range. */
export function axisOf(axis: number, rank: number): number | undefined {
  const positive = axis < 0 ? axis + rank : axis;
  return Number.isInteger(positive) && positive >= 0 && positive < rank ? positive : undefined;
}

/** The shape of both broadcast against each other; undefined when they do not fit. */
export function broadcast(a: readonly number[], b: readonly number[]): number[] | undefined {
  const rank = Math.max(a.length, b.length);
  const dims: number[] = [];
  for (let i = 0; i < rank; i++) {
    const left = a[i - rank + a.length] ?? 1;
    const right = b[i - rank + b.length] ?? 1;
    if (left !== right && left !== 1 && right !== 1) return undefined;
    dims.push(left === 1 ? right : left);
  }
  return dims;
}

/** For each element of `to`, the position of the element of `from` that is broadcast there. */
export function broadcastIndex(from: readonly number[], to: readonly number[]): Int32Array {
  const strides = to.map(() => 0);
  let stride = 1;
  for (let i = from.length - 1; i >= 0; i--) {
    if (from[i] !== 1) strides[i + to.length - from.length] = stride;
    stride *= from[i]!;
  }
  return stridedIndex(to, strides);
}

/** For each element of `dims` in order, its position by `strides`, from `start`. */
export function stridedIndex(
  dims: readonly number[],
  strides: readonly number[],
  start = 0,
): Int32Array {
  const count = countOf(dims);
  const index = new Int32Array(count);
  const width = dims.at(-1) ?? 1;
  const step = strides.at(-1) ?? 0;
  const counter = dims.map(() => 0);
  let row = start;
  for (let i = 0; i < count; i += width) {
    for (let column = 0; column < width; column++) index[i + column] = row + column * step;
    for (let axis = dims.length - 2; axis >= 0; axis--) {
      counter[axis]!++;
      row += strides[axis]!;
      if (counter[axis]! < dims[axis]!) break;
      row -= strides[axis]! * dims[axis]!;
      counter[axis] = 0;
    }
  }
  return index;
}

export function stridesOf(dims: readonly number[]): number[] {
  const strides = dims.map(() => 1);
  for (let i = dims.length - 2; i >= 0; i--) strides[i] = strides[i + 1]! * dims[i + 1]!;
  return strides;
}

/** The elements of `source` at `index`, in a new shape. */
export function take(
  source: Value,
  dims: readonly number[],
  index: () => Int32Array,
): Value | undefined {
  const { data } = source;
  if (!data) return value(dims, source.integer);
  return value(dims, source.integer, () => {
    const places = index();
    const taken = new Float64Array(places.length);
    for (let i = 0; i < taken.length; i++) taken[i] = data[places[i]!]!;
    return taken;
  });
}
