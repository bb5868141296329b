/** Writes an ONNX file of any size while its weights are made: one tensor's piece in memory at a time. */

import { storedBytes, writeModel, type OnnxModel, type OnnxTensor } from '../../src/onnx/index.ts';
import { Message } from '../../src/onnx/message.ts';
import { readBytes, readFields } from '../../src/onnx/wire.ts';
import type { FileHandle } from 'node:fs/promises';

/** Field numbers of ModelProto, GraphProto and TensorProto. */
const GRAPH = 7;
const INITIALIZER = 5;
const RAW_DATA = 9;

/**
 * The graph's weights go inside the file, as in the published single-file exports.
 *
 * @param bytesOf the bytes of a tensor, in pieces that add up to its size
 */
export async function writeOnnxFile(
  file: FileHandle,
  model: OnnxModel,
  bytesOf: (tensor: OnnxTensor) => Iterable<Uint8Array>,
): Promise<void> {
  const { graph, ...rest } = model;
  const { outside, inside } = splitGraph({ ...rest, graph: { ...graph, initializers: [] } });
  const heads = graph.initializers.map(headOf);
  const total = heads.reduce((sum, { head, size }) => sum + head.length + size, inside.length);
  for (const piece of [...outside, frame(GRAPH, total), inside]) await file.write(piece);
  for (const { tensor, head, size } of heads) {
    await file.write(head);
    let written = 0;
    for (const piece of bytesOf(tensor)) {
      await file.write(piece);
      written += piece.length;
    }
    if (written !== size) throw new Error(`${tensor.name}: ${written} of ${size} bytes`);
  }
}

/** The encoded fields of the graph, and those around it. */
function splitGraph(model: OnnxModel): { outside: Uint8Array[]; inside: Uint8Array } {
  let inside = new Uint8Array();
  const outside = readFields(writeModel(model), (field, reader) => {
    if (field !== GRAPH) return false;
    inside = new Uint8Array(readBytes(reader));
    return true;
  });
  return { outside, inside };
}

/** All of an initializer but its bytes, with its place in the graph. */
function headOf(tensor: OnnxTensor): { tensor: OnnxTensor; head: Uint8Array; size: number } {
  const size = storedBytes(tensor.dataType, tensor.dims);
  if (size === undefined) throw new Error(`${tensor.name}: a type without a size`);
  const inner = new Message();
  for (const dim of tensor.dims) inner.int(1, dim);
  inner.int(2, tensor.dataType);
  inner.string(8, tensor.name);
  const raw = frame(RAW_DATA, size);
  const before = inner.toBytes();
  const opening = frame(INITIALIZER, before.length + raw.length + size);
  return { tensor, head: Buffer.concat([opening, before, raw]), size };
}

/** Tag and length of a field whose bytes follow. */
function frame(field: number, length: number): Uint8Array {
  const bytes = [field * 8 + 2];
  let left = length;
  for (; left >= 0x80; left = Math.floor(left / 128)) bytes.push((left % 128) | 0x80);
  return Uint8Array.from([...bytes, left]);
}
