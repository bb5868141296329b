/** One `AttributeProto`: which field holds the value follows from its type code. */

import type { PbfReader } from 'pbf';
import type { AttributeValue, OnnxAttribute, OnnxGraph } from './model.ts';
import { readTensor } from './readTensor.ts';
import { readBytes, readCount, readFields, readFloat, readFloats } from './wire.ts';
import { readInt64, readInts, readString } from './wire.ts';

interface Fields {
  float: number;
  int: bigint;
  string: Uint8Array;
  tensor?: Uint8Array;
  graph?: Uint8Array;
  floats: number[];
  ints: bigint[];
  strings: Uint8Array[];
}

/** `readGraph` is handed in because graphs hold attributes and attributes hold graphs. */
export function readAttribute(
  bytes: Uint8Array,
  readGraph: (bytes: Uint8Array) => OnnxGraph,
): OnnxAttribute {
  let name = '';
  let type = 0;
  const fields: Fields = {
    float: 0,
    int: 0n,
    string: new Uint8Array(),
    floats: [],
    ints: [],
    strings: [],
  };
  const rest = readFields(bytes, (field, reader) => {
    if (field === 1) name = readString(reader);
    else if (field === 20) type = readCount(reader);
    else return readValueField(field, reader, fields);
    return true;
  });
  const value = valueOf(type, fields, readGraph);
  if (value) return { name, rest, ...value };
  // A type this room does not hold, or none at all: keep the attribute as it came.
  return {
    name,
    rest: readFields(bytes, (field, reader) => field === 1 && skip(reader)),
    type: 'other',
  };
}

function skip(reader: PbfReader): boolean {
  reader.skip(reader.type);
  return true;
}

function readValueField(field: number, reader: PbfReader, fields: Fields): boolean {
  if (field === 2) fields.float = readFloat(reader);
  else if (field === 3) fields.int = readInt64(reader);
  else if (field === 4) fields.string = readBytes(reader);
  else if (field === 5) fields.tensor = readBytes(reader);
  else if (field === 6) fields.graph = readBytes(reader);
  else if (field === 7) readFloats(reader, fields.floats);
  else if (field === 8) readInts(reader, fields.ints);
  else if (field === 9) fields.strings.push(readBytes(reader));
  else return false;
  return true;
}

function valueOf(
  type: number,
  fields: Fields,
  readGraph: (bytes: Uint8Array) => OnnxGraph,
): AttributeValue | undefined {
  if (type === 1) return { type: 'float', value: fields.float };
  if (type === 2) return { type: 'int', value: fields.int };
  if (type === 3) return { type: 'string', value: fields.string };
  if (type === 4 && fields.tensor) return { type: 'tensor', value: readTensor(fields.tensor) };
  if (type === 5 && fields.graph) return { type: 'graph', value: readGraph(fields.graph) };
  if (type === 6) return { type: 'floats', value: fields.floats };
  if (type === 7) return { type: 'ints', value: fields.ints };
  if (type === 8) return { type: 'strings', value: fields.strings };
  return undefined;
}
