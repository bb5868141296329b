/** Look-ups of rows: Gather, or GatherBlockQuantized. */

import type { OnnxNode } from '../../../onnx/index.ts';
import { BLOCKS, shapedRef, ofFloats } from './linear.ts';
import type { Table, TensorRef } from './model.ts';
import { countOf } from './probe/value.ts';
import { Settings } from './settings.ts';
import { unknown } from './unknown.ts';
import type { GraphView } from './view.ts';

export interface Lookup {
  table: Table;
  /** The value that says which rows. */
  rows: string;
}

/** The look-up that makes a value; undefined when another kind of node does. */
export function lookupAt(view: GraphView, name: string): Lookup | undefined {
  const maker = view.maker(view.root(name));
  if (maker?.op === 'com.microsoft:GatherBlockQuantized') return quantised(view, maker.node);
  if (maker?.op !== 'Gather') return undefined;
  const [data, rows] = maker.node.inputs;
  const table = denseTable(view, data!);
  if (!table || new Settings(maker.node).int('axis', 0) !== 0) return undefined;
  return { table, rows: view.rootOfIntegers(rows!) };
}

/** A constant matrix of floats as a table; undefined for anything else. */
export function denseTable(view: GraphView, name: string): Table | undefined {
  const tensor = view.constant(name);
  if (tensor?.dims.length !== 2) return undefined;
  const data = ofFloats(view.refOf(tensor));
  return { kind: 'dense', rows: data.dims[0]!, width: data.dims[1]!, data };
}

/** A constant of `width` floats, whatever its rank, as a table of one row. */
export function rowTable(view: GraphView, name: string, width: number): Table | undefined {
  const tensor = view.constant(name);
  if (!tensor || countOf(tensor.dims) !== width || tensor.dims.at(-1) !== width) return undefined;
  return { kind: 'dense', rows: 1, width, data: ofFloats(view.refOf(tensor)) };
}

function quantised(view: GraphView, node: OnnxNode): Lookup {
  const settings = new Settings(node);
  settings.only('bits', 'block_size', 'gather_axis', 'quantize_axis');
  settings.expectInt('gather_axis', 0);
  settings.expectInt('quantize_axis', 1, -1);
  const [data, rows, scales, zeros] = node.inputs;
  const block = settings.int('block_size', 128);
  const tensor = view.constant(data) ?? unknown('its embedding table is computed');
  const codes = codesOf(view.refOf(tensor), settings);
  const { count, width } = codes;
  const perRow = width / block;
  if (!BLOCKS.includes(block) || !Number.isInteger(perRow)) {
    unknown(`its embedding table has rows of ${width} in blocks of ${block}`);
  }
  const table: Table = {
    kind: 'blocks',
    rows: count,
    width,
    bits: codes.bits,
    block,
    signed: codes.signed,
    zero: codes.zero,
    data: codes.data,
    scales: ofFloats(shapedRef(view, scales, [count, perRow])),
    ...(zeros && { zeros: zerosOf(view, zeros, codes, perRow) }),
  };
  return { table, rows: view.rootOfIntegers(rows!) };
}

interface Codes {
  data: TensorRef;
  count: number;
  width: number;
  bits: 4 | 8;
  signed: boolean;
  zero: number;
}

/** 4-bit types hold their codes one by one; bytes hold one of 8 bits or two of 4. */
function codesOf(data: TensorRef, settings: Settings): Codes {
  const [count, last] = data.dims;
  if (data.dims.length !== 2) unknown('its embedding table is no matrix');
  settings.expectInt('bits', 4, 8);
  const bits = settings.int('bits', 4) as 4 | 8;
  if (data.dtype === 'uint8') {
    const width = (last! * 8) / bits;
    return { data, count: count!, width, bits, signed: false, zero: 2 ** (bits - 1) };
  }
  const nibbles = data.dtype === 'int4' || data.dtype === 'uint4';
  if (!nibbles || bits !== 4) unknown(`its embedding table is of type ${data.dtype}`);
  return { data, count: count!, width: last!, bits, signed: data.dtype === 'int4', zero: 0 };
}

function zerosOf(view: GraphView, name: string, codes: Codes, perRow: number): TensorRef {
  const { data, count, bits } = codes;
  const bytes = data.dtype === 'uint8';
  // Rows of 4-bit types are not filled up to whole bytes; the model says that rows are.
  if (!bytes && perRow % 2 !== 0) unknown('the zero points of its embedding table lie unevenly');
  const stored = bytes ? Math.ceil((perRow * bits) / 8) : perRow;
  const ref = shapedRef(view, name, [count, stored]);
  if (ref.dtype !== data.dtype)
    unknown('the zero points of its embedding table are of a type apart');
  return ref;
}
