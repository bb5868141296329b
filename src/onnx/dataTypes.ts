/** The element types of `TensorProto.DataType`: name and size. */

interface DataType {
  name: string;
  bits: number;
}

export const FLOAT32 = 1;
export const INT64 = 7;
export const FLOAT16 = 10;

const DATA_TYPES: Readonly<Record<number, DataType>> = {
  1: { name: 'float32', bits: 32 },
  2: { name: 'uint8', bits: 8 },
  3: { name: 'int8', bits: 8 },
  4: { name: 'uint16', bits: 16 },
  5: { name: 'int16', bits: 16 },
  6: { name: 'int32', bits: 32 },
  7: { name: 'int64', bits: 64 },
  9: { name: 'bool', bits: 8 },
  10: { name: 'float16', bits: 16 },
  11: { name: 'float64', bits: 64 },
  12: { name: 'uint32', bits: 32 },
  13: { name: 'uint64', bits: 64 },
  14: { name: 'complex64', bits: 64 },
  15: { name: 'complex128', bits: 128 },
  16: { name: 'bfloat16', bits: 16 },
  17: { name: 'float8e4m3fn', bits: 8 },
  18: { name: 'float8e4m3fnuz', bits: 8 },
  19: { name: 'float8e5m2', bits: 8 },
  20: { name: 'float8e5m2fnuz', bits: 8 },
  21: { name: 'uint4', bits: 4 },
  22: { name: 'int4', bits: 4 },
  23: { name: 'float4e2m1', bits: 4 },
  24: { name: 'float8e8m0', bits: 8 },
  25: { name: 'uint2', bits: 2 },
  26: { name: 'int2', bits: 2 },
};

export function dataTypeName(dataType: number | undefined): string {
  return (dataType !== undefined && DATA_TYPES[dataType]?.name) || 'unknown';
}

/** Bytes that a tensor takes in a file; undefined for strings and for types newer than this list. */
export function storedBytes(dataType: number, dims: readonly number[]): number | undefined {
  const type = DATA_TYPES[dataType];
  if (!type) return undefined;
  const elements = dims.reduce((product, dim) => product * dim, 1);
  return Math.ceil((elements * type.bits) / 8);
}
