/** Where the bytes of a constant lie, checked as far as the graph alone allows. */

import { NearfieldError } from '../../../contract/errors.ts';
import { dataTypeName, storedBytes, type OnnxTensor } from '../../../onnx/index.ts';
import type { TensorRef, TensorType } from './model.ts';
import { unknown } from './unknown.ts';

const TYPES: ReadonlySet<string> = new Set<TensorType>([
  'float32',
  'float16',
  'uint8',
  'int8',
  'int32',
  'int64',
  'uint4',
  'int4',
]);

/** `file` are the graph file's bytes, which inline tensors are views into. */
export function tensorRef(tensor: OnnxTensor, file: Uint8Array): TensorRef {
  const dtype = dataTypeName(tensor.dataType);
  const { dims } = tensor;
  if (!isTensorType(dtype)) unknown(`its tensor "${tensor.name}" is of type ${dtype}`);
  const length = storedBytes(tensor.dataType, dims);
  if (length === undefined || length === 0) throw badTensor(tensor, 'is empty');
  const place = placeOf(tensor, file);
  if (!Number.isSafeInteger(place.offset + length)) throw badTensor(tensor, 'lies too far out');
  return { dtype, dims, ...place, length };
}

function placeOf(tensor: OnnxTensor, file: Uint8Array): { file: string; offset: number } {
  if (tensor.externalData) {
    const { location, offset } = tensor.externalData;
    return { file: location, offset };
  }
  const raw = tensor.rawData;
  if (!raw)
    unknown(`its tensor "${tensor.name}" keeps its numbers in protobuf fields, not as bytes`);
  const offset = raw.byteOffset - file.byteOffset;
  if (raw.buffer !== file.buffer || offset < 0 || offset + raw.length > file.length) {
    throw badTensor(tensor, 'is no part of its file');
  }
  return { file: '', offset };
}

/** Every tensor of a model (or of a part of one), each once or more. */
export function tensorsOf(part: unknown): TensorRef[] {
  if (typeof part !== 'object' || part === null) return [];
  if (isTensorRef(part)) return [part];
  return Object.values(part).flatMap(tensorsOf);
}

function isTensorRef(value: object): value is TensorRef {
  return 'dtype' in value && 'offset' in value;
}

function isTensorType(name: string): name is TensorType {
  return TYPES.has(name);
}

function badTensor(tensor: OnnxTensor, what: string): NearfieldError {
  return new NearfieldError('bad-model', `Not a sound ONNX file: tensor "${tensor.name}" ${what}.`);
}
