/** Weights of a `NativeModel` as float64, exactly as its files say. Test support: slow and plain. */

import { halfToNumber } from '../../../onnx/index.ts';
import type { Linear, Table, TensorRef } from './model.ts';

/** Exactly the bytes of a tensor; a view will do. */
export type ReadTensor = (ref: TensorRef) => Uint8Array;

/** float32 or float16. */
export function floatsOf(bytes: Uint8Array, dtype: string): Float64Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (dtype === 'float32') {
    return Float64Array.from({ length: bytes.length / 4 }, (_, i) => view.getFloat32(4 * i, true));
  }
  if (dtype !== 'float16') throw new Error(`${dtype} is no float`);
  return Float64Array.from({ length: bytes.length / 2 }, (_, i) =>
    halfToNumber(view.getUint16(2 * i, true)),
  );
}

export function readFloats(read: ReadTensor, ref: TensorRef): Float64Array {
  return floatsOf(read(ref), ref.dtype);
}

/** [outputs][inputs] */
export function linearWeights(read: ReadTensor, linear: Linear): Float64Array {
  const { outputs, inputs, weight } = linear;
  if (weight.kind === 'dense') {
    const stored = readFloats(read, weight.data);
    if (!weight.transposed) return stored;
    return stored.map((_, i) => stored[(i % inputs) * outputs + Math.floor(i / inputs)]!);
  }
  const { bits, block, data, scales, zeros } = weight;
  const codes = read(data);
  const factors = readFloats(read, scales);
  const points = zeros && read(zeros);
  const perRow = inputs / block;
  const values = new Float64Array(outputs * inputs);
  for (let i = 0; i < values.length; i++) {
    const [row, at] = [Math.floor(i / inputs), Math.floor((i % inputs) / block)];
    const zero = points
      ? codeAt(points, bits, row * wholeBytes(perRow, bits) + at)
      : 2 ** (bits - 1);
    values[i] = (codeAt(codes, bits, i) - zero) * factors[row * perRow + at]!;
  }
  return values;
}

/** Codes in a row that is filled up to whole bytes. */
function wholeBytes(codes: number, bits: number): number {
  return (Math.ceil((codes * bits) / 8) * 8) / bits;
}

function codeAt(bytes: Uint8Array, bits: number, i: number): number {
  if (bits === 8) return bytes[i]!;
  const pair = bytes[i >> 1]!;
  return i & 1 ? pair >> 4 : pair & 15;
}

export class ReferenceTable {
  readonly #table: Table;
  readonly #bytes: Uint8Array;
  readonly #scales: Uint8Array | undefined;
  readonly #zeros: Uint8Array | undefined;

  constructor(read: ReadTensor, table: Table) {
    this.#table = table;
    this.#bytes = read(table.data);
    if (table.kind === 'dense') return;
    this.#scales = read(table.scales);
    this.#zeros = table.zeros && read(table.zeros);
  }

  row(row: number): Float64Array {
    const table = this.#table;
    const { width, rows, data } = table;
    if (!(row >= 0 && row < rows)) throw new Error(`row ${row} of ${rows}`);
    if (table.kind === 'dense') return floatsOf(part(this.#bytes, row, rows), data.dtype);
    const { bits, block, signed, zero, scales } = table;
    const perRow = width / block;
    const factors = floatsOf(part(this.#scales!, row, rows), scales.dtype);
    const value = (code: number) => (signed && code >= 2 ** (bits - 1) ? code - 2 ** bits : code);
    return Float64Array.from({ length: width }, (_, i) => {
      const at = Math.floor(i / block);
      const own = this.#zeros && codeAt(this.#zeros, bits, row * wholeBytes(perRow, bits) + at);
      const code = value(codeAt(this.#bytes, bits, row * width + i));
      return (code - (own === undefined ? zero : value(own))) * factors[at]!;
    });
  }
}

function part(bytes: Uint8Array, row: number, rows: number): Uint8Array {
  const size = bytes.length / rows;
  return bytes.subarray(row * size, (row + 1) * size);
}
