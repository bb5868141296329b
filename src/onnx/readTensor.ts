/** One `TensorProto`: its shape, and where its bytes are. */

import { storedBytes } from './dataTypes.ts';
import type { ExternalData, OnnxTensor } from './model.ts';
import { badModel, readBytes, readCount, readCounts, readFields, readString } from './wire.ts';

export function readTensor(bytes: Uint8Array): OnnxTensor {
  const tensor: OnnxTensor = { name: '', dims: [], dataType: 0, rest: [] };
  const external = new Map<string, string>();
  tensor.rest = readFields(bytes, (field, reader) => {
    if (field === 1) readCounts(reader, tensor.dims);
    else if (field === 2) tensor.dataType = readCount(reader);
    else if (field === 8) tensor.name = readString(reader);
    else if (field === 9) tensor.rawData = readBytes(reader);
    else if (field === 13) readEntry(readBytes(reader), external);
    // data_location says again what the presence of external_data says.
    else if (field === 14) readCount(reader);
    else return false;
    return true;
  });
  if (external.size > 0) tensor.externalData = externalDataOf(external);
  checkSize(tensor);
  return tensor;
}

function readEntry(bytes: Uint8Array, into: Map<string, string>): void {
  let key = '';
  let value = '';
  readFields(bytes, (field, reader) => {
    if (field === 1) key = readString(reader);
    else if (field === 2) value = readString(reader);
    else return false;
    return true;
  });
  into.set(key, value);
}

/** A `checksum` entry is dropped: ONNX Runtime ignores it too, and edits would falsify it. */
function externalDataOf(entries: Map<string, string>): ExternalData {
  const location = entries.get('location');
  if (!location) throw badModel('external data without a location');
  const length = entries.get('length');
  return {
    location,
    offset: fileNumber(entries.get('offset') ?? '0'),
    ...(length !== undefined && { length: fileNumber(length) }),
  };
}

function fileNumber(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) {
    throw badModel(`"${text.slice(0, 40)}" is no file position`);
  }
  return value;
}

function checkSize(tensor: OnnxTensor): void {
  const expected = storedBytes(tensor.dataType, tensor.dims);
  if (expected === undefined) return;
  if (!Number.isSafeInteger(expected)) throw badModel(`tensor "${tensor.name}" is too large`);
  const stored = tensor.rawData?.length ?? tensor.externalData?.length ?? expected;
  if (stored !== expected) {
    throw badModel(`tensor "${tensor.name}" holds ${stored} bytes, its shape says ${expected}`);
  }
}
