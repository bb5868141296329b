/** The numbers of a small tensor: shapes, axes, scalars, whichever field the exporter chose. */

import type { PbfReader } from 'pbf';
import { halfToNumber } from '../contract/half.ts';
import { FLOAT16, FLOAT32, INT64, storedBytes } from './dataTypes.ts';
import type { OnnxTensor } from './model.ts';
import { readFields, readFloats, readInts } from './wire.ts';

const INT32 = 6;
const BOOL = 9;
const FLOAT64 = 11;

/** `TensorProto`'s typed fields. */
const FLOAT_DATA = 4;
const INT32_DATA = 5;
const INT64_DATA = 7;

/**
 * Undefined when there are more than `limit`, when they lie in another file, or in a type that no
 * shape calculation uses. int64 values past 2^53 come rounded. Throws `bad-model`.
 */
export function smallValues(tensor: OnnxTensor, limit: number): number[] | undefined {
  const count = tensor.dims.reduce((product, dim) => product * dim, 1);
  if (count > limit || tensor.externalData) return undefined;
  const bytes = storedBytes(tensor.dataType, tensor.dims);
  if (tensor.rawData) return bytes === undefined ? undefined : rawValues(tensor, count);
  const values = typedValues(tensor);
  return values.length === count ? values : undefined;
}

function rawValues({ dataType, rawData }: OnnxTensor, count: number): number[] | undefined {
  const bytes = rawData!;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const each = (read: (at: number) => number) => Array.from({ length: count }, (_, i) => read(i));
  switch (dataType) {
    case FLOAT32:
      return each((i) => view.getFloat32(4 * i, true));
    case FLOAT64:
      return each((i) => view.getFloat64(8 * i, true));
    case FLOAT16:
      return each((i) => halfToNumber(view.getUint16(2 * i, true)));
    case INT64:
      return each((i) => Number(view.getBigInt64(8 * i, true)));
    case INT32:
      return each((i) => view.getInt32(4 * i, true));
    case BOOL:
      return each((i) => view.getUint8(i));
    default:
      return undefined;
  }
}

/** The typed fields are still raw protobuf in `rest`: nothing else in this room needs them. */
function typedValues(tensor: OnnxTensor): number[] {
  const wanted = fieldOf(tensor.dataType);
  const floats: number[] = [];
  const ints: bigint[] = [];
  for (const chunk of tensor.rest) {
    readFields(chunk, (field, reader: PbfReader) => {
      if (field !== wanted) return false;
      if (field === FLOAT_DATA) readFloats(reader, floats);
      else readInts(reader, ints);
      return true;
    });
  }
  return wanted === FLOAT_DATA ? floats : ints.map(Number);
}

function fieldOf(dataType: number): number | undefined {
  if (dataType === FLOAT32) return FLOAT_DATA;
  if (dataType === INT64) return INT64_DATA;
  return dataType === INT32 || dataType === BOOL ? INT32_DATA : undefined;
}
