/** Bytes of a model's files, read in pieces. */

import { NearfieldError } from '../../contract/index.ts';
import { halfToNumber, type PiecewiseFile } from '../../onnx/index.ts';
import type { OpenFile, StoredFile } from '../../weights/store.ts';
import type { TensorRef } from './graph/model.ts';

/** A file of the browser's storage: open while much is read of it, then a blob. */
export class StoredSource implements PiecewiseFile {
  readonly #blob: Blob;
  #open: OpenFile | undefined;

  static async open(file: Pick<StoredFile, 'blob' | 'open'>): Promise<StoredSource> {
    return new StoredSource(file.blob, await file.open?.());
  }

  constructor(blob: Blob, open?: OpenFile) {
    this.#blob = blob;
    this.#open = open;
  }

  get size(): number {
    return this.#blob.size;
  }

  /** Throws `storage` where the file is there no more. */
  async read(from: number, to: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(to - from);
    await this.readInto(bytes, from);
    return bytes;
  }

  /** Throws `storage` where the file is there no more. */
  async readInto(into: Uint8Array, from: number): Promise<void> {
    if (this.#readOpen(into, from)) return;
    try {
      const bytes = await this.#blob.slice(from, from + into.byteLength).arrayBuffer();
      into.set(new Uint8Array(bytes));
    } catch (cause) {
      throw new NearfieldError(
        'storage',
        'A stored model file was deleted or replaced while in use. The next call loads the model anew.',
        { cause },
      );
    }
  }

  #readOpen(into: Uint8Array, from: number): boolean {
    try {
      this.#open?.read(into, from);
      return this.#open !== undefined;
    } catch {
      // The blob serves as well, if more slowly.
      this.close();
      return false;
    }
  }

  /** What is read from now on comes from the blob. */
  close(): void {
    this.#open?.close();
    this.#open = undefined;
  }
}

/** One file: in memory already, or in the browser's storage and read when asked. */
export type ByteSource = Uint8Array | StoredSource;

/** Files by the name that tensors give them; '' is the graph file. */
export type Sources = ReadonlyMap<string, ByteSource>;

/** Part of a tensor's bytes; a view where the file is in memory. Throws `bad-model` past the file's end. */
export async function readTensor(
  sources: Sources,
  tensor: TensorRef,
  from = 0,
  length = tensor.length - from,
): Promise<Uint8Array> {
  const { source, start } = find(sources, tensor, from, length);
  const end = start + length;
  return source instanceof Uint8Array ? source.subarray(start, end) : source.read(start, end);
}

/** Fills `into` with part of a tensor's bytes. Throws `bad-model` past the file's end. */
export async function readTensorInto(
  sources: Sources,
  tensor: TensorRef,
  from: number,
  into: Uint8Array,
): Promise<void> {
  const { source, start } = find(sources, tensor, from, into.byteLength);
  if (source instanceof Uint8Array) into.set(source.subarray(start, start + into.byteLength));
  else await source.readInto(into, start);
}

function find(
  sources: Sources,
  tensor: TensorRef,
  from: number,
  length: number,
): { source: ByteSource; start: number } {
  const source = sources.get(tensor.file);
  const start = tensor.offset + from;
  const size = source instanceof Uint8Array ? source.byteLength : source?.size;
  const inside = from >= 0 && start >= 0 && from + length <= tensor.length;
  if (source && size !== undefined && inside && start + length <= size) return { source, start };
  throw new NearfieldError(
    'bad-model',
    `The model's file "${tensor.file}" ends before byte ${start + length}, which its graph names.`,
  );
}

/** Every float16 as a number, by its bits: a look-up beats arithmetic on weights by the million. */
const HALVES = Float32Array.from({ length: 65_536 }, (_, bits) => halfToNumber(bits));

/** The number that 16 bits stand for. */
export function fromHalf(bits: number): number {
  return HALVES[bits] as number;
}

/** float32 or float16 bytes, at any alignment, as float32 values. */
export function toFloats(bytes: Uint8Array, half: boolean): Float32Array<ArrayBuffer> {
  const copy = bytes.slice();
  if (!half) return new Float32Array(copy.buffer, 0, copy.byteLength >> 2);
  const halves = new Uint16Array(copy.buffer, 0, copy.byteLength >> 1);
  const floats = new Float32Array(halves.length);
  // A plain loop: `Float32Array.from` takes a second for the rotations of 32,768 positions.
  for (let i = 0; i < halves.length; i++) floats[i] = HALVES[halves[i]!]!;
  return floats;
}

/** A whole tensor of floats. Throws `bad-model` as `readTensor` does. */
export async function readFloats(
  sources: Sources,
  tensor: TensorRef,
): Promise<Float32Array<ArrayBuffer>> {
  return toFloats(await readTensor(sources, tensor), tensor.dtype === 'float16');
}
