/** Bytes of a model's files, read in pieces. */

import { NearfieldError } from '../../contract/index.ts';
import type { TensorRef } from './graph/model.ts';

/** One file: in memory already, or as a blob (a file of the browser's storage) that is read when asked. */
export type ByteSource = Uint8Array | Blob;

/** Files by the name that tensors give them; '' is the graph file. */
export type Sources = ReadonlyMap<string, ByteSource>;

export function sizeOf(source: ByteSource): number {
  return source instanceof Blob ? source.size : source.byteLength;
}

/** Part of a tensor's bytes; a view where the file is in memory. Throws `bad-model` past the file's end. */
export async function readTensor(
  sources: Sources,
  tensor: TensorRef,
  from = 0,
  length = tensor.length - from,
): Promise<Uint8Array> {
  const source = sources.get(tensor.file);
  const start = tensor.offset + from;
  if (!source || from < 0 || from + length > tensor.length || start + length > sizeOf(source)) {
    throw new NearfieldError(
      'bad-model',
      `The model's file "${tensor.file}" ends before byte ${start + length}, which its graph names.`,
    );
  }
  if (!(source instanceof Blob)) return source.subarray(start, start + length);
  return new Uint8Array(await source.slice(start, start + length).arrayBuffer());
}

/** Every float16 as a number, by its bits: a look-up beats arithmetic on weights by the million. */
const HALVES = Float32Array.from({ length: 65_536 }, (_, bits) => halfToNumber(bits));

function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The number that 16 bits stand for. */
export function fromHalf(bits: number): number {
  return HALVES[bits] as number;
}

/** float32 or float16 bytes, at any alignment, as float32 values. */
export function toFloats(bytes: Uint8Array, half: boolean): Float32Array<ArrayBuffer> {
  const copy = bytes.slice();
  if (!half) return new Float32Array(copy.buffer, 0, copy.byteLength >> 2);
  return Float32Array.from(new Uint16Array(copy.buffer, 0, copy.byteLength >> 1), fromHalf);
}

/** A whole tensor of floats. Throws `bad-model` as `readTensor` does. */
export async function readFloats(
  sources: Sources,
  tensor: TensorRef,
): Promise<Float32Array<ArrayBuffer>> {
  return toFloats(await readTensor(sources, tensor), tensor.dtype === 'float16');
}
