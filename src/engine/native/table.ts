/** Rows of an embedding table, read from the model's file when a text needs them. */

import { NearfieldError } from '../../contract/index.ts';
import { checkFinite } from './finite.ts';
import type { Table, TensorRef } from './graph/model.ts';
import { FLOAT } from './memory.ts';
import { fromHalf, readTensor, toFloats, type Sources } from './source.ts';

/** Tables up to this size are read whole; of larger ones only the rows that texts need. */
const WHOLE_BYTES = 64 * 2 ** 20;
/** Rows this near to each other in the file are read at once. */
const GAP_BYTES = 16 * 1024;
/** Rows kept at most, in bytes as float32: most texts share most of their tokens. */
const KEPT_BYTES = 16 * 2 ** 20;

/** One of a table's tensors: bytes of a row in it, and all of it where it was read. */
interface Part {
  tensor: TensorRef;
  row: number;
  whole: Uint8Array | undefined;
}

export class RowTable {
  readonly #table: Table;
  readonly #sources: Sources;
  readonly #parts: readonly Part[];
  /** By id, the least recently used first. */
  readonly #kept = new Map<number, Float32Array>();

  /** Throws `bad-model` where the file ends too early. */
  static async open(table: Table, sources: Sources): Promise<RowTable> {
    const tensors =
      table.kind === 'dense'
        ? [table.data]
        : [table.data, table.scales, ...(table.zeros ? [table.zeros] : [])];
    const bytes = tensors.reduce((sum, { length }) => sum + length, 0);
    const parts = tensors.map(async (tensor) => {
      const inMemory = sources.get(tensor.file) instanceof Uint8Array;
      const whole =
        inMemory || bytes <= WHOLE_BYTES ? await readTensor(sources, tensor) : undefined;
      return { tensor, row: tensor.length / table.rows, whole };
    });
    return new RowTable(table, sources, await Promise.all(parts));
  }

  private constructor(table: Table, sources: Sources, parts: readonly Part[]) {
    this.#table = table;
    this.#sources = sources;
    this.#parts = parts;
  }

  /** Gives each id's row, as many times as it stands in `ids`. Throws `bad-model` for ids past the table, and for rows that are no numbers. */
  async gather(
    ids: readonly number[],
    give: (position: number, row: Float32Array) => void,
  ): Promise<void> {
    const rows = await this.#rows(new Set(ids));
    ids.forEach((id, position) => {
      give(position, rows.get(id)!);
    });
  }

  async #rows(ids: ReadonlySet<number>): Promise<Map<number, Float32Array>> {
    const rows = new Map<number, Float32Array>();
    const missing: number[] = [];
    for (const id of ids) {
      if (!(id >= 0 && id < this.#table.rows)) throw unknownToken(id, this.#table.rows);
      const kept = this.#kept.get(id);
      if (kept) rows.set(id, kept);
      else missing.push(id);
    }
    const parts = await Promise.all(this.#parts.map((part) => this.#read(part, missing)));
    missing.forEach((id, i) => {
      const bytes = parts.map((part) => part[i]!);
      const row = dequantise(this.#table, bytes);
      checkFinite(row);
      rows.set(id, row);
    });
    this.#keep(rows);
    return rows;
  }

  /** Bytes of each id's row in one of the tensors. */
  async #read({ tensor, row, whole }: Part, ids: readonly number[]): Promise<Uint8Array[]> {
    if (whole) return ids.map((id) => whole.subarray(id * row, (id + 1) * row));
    const found = new Map<number, Uint8Array>();
    const sorted = [...ids].sort((a, b) => a - b);
    await Promise.all(
      runs(sorted, Math.floor(GAP_BYTES / row)).map(async ([first, last]) => {
        const length = (last - first + 1) * row;
        const bytes = await readTensor(this.#sources, tensor, first * row, length);
        for (let id = first; id <= last; id++) {
          found.set(id, bytes.subarray((id - first) * row, (id - first + 1) * row));
        }
      }),
    );
    return ids.map((id) => found.get(id)!);
  }

  #keep(rows: ReadonlyMap<number, Float32Array>): void {
    for (const [id, row] of rows) {
      this.#kept.delete(id);
      this.#kept.set(id, row);
    }
    const most = KEPT_BYTES / (this.#table.width * FLOAT);
    for (const id of this.#kept.keys()) {
      if (this.#kept.size <= most) return;
      this.#kept.delete(id);
    }
  }
}

/** Ids in ascending order as [first, last] of runs whose gaps are at most `gap`. */
function runs(ids: readonly number[], gap: number): [first: number, last: number][] {
  const found: [number, number][] = [];
  for (const id of ids) {
    const run = found.at(-1);
    if (run && id - run[1] <= gap + 1) run[1] = id;
    else found.push([id, id]);
  }
  return found;
}

/** One row from its bytes in the table's tensors: data, scales, zero points. */
function dequantise(table: Table, [data, scales, zeros]: readonly Uint8Array[]): Float32Array {
  if (table.kind === 'dense') return toFloats(data!, table.data.dtype === 'float16');
  const { bits, block, signed, width } = table;
  const factorAt = floatsOf(scales!, table.scales.dtype === 'float16');
  const values = bits === 4 ? NIBBLES[signed ? 'signed' : 'unsigned'] : undefined;
  const row = new Float32Array(width);
  for (let at = 0; at < width; at += block) {
    const factor = factorAt(at / block);
    const zero = zeros ? codeAt(zeros, at / block, bits, signed) : table.zero;
    if (values) {
      for (let i = at; i < at + block; i += 2) {
        const byte = data![i >> 1]!;
        row[i] = (values[byte & 15]! - zero) * factor;
        row[i + 1] = (values[byte >> 4]! - zero) * factor;
      }
    } else {
      for (let i = at; i < at + block; i++) {
        row[i] = (codeAt(data!, i, bits, signed) - zero) * factor;
      }
    }
  }
  return row;
}

/** What four bits stand for. */
const NIBBLES = {
  unsigned: Int8Array.from({ length: 16 }, (_, bits) => bits),
  signed: Int8Array.from({ length: 16 }, (_, bits) => (bits < 8 ? bits : bits - 16)),
};

/** The i-th code of `bits` bits, first in the low half of its byte. */
function codeAt(bytes: Uint8Array, i: number, bits: 4 | 8, signed: boolean): number {
  if (bits === 4) {
    return NIBBLES[signed ? 'signed' : 'unsigned'][(bytes[i >> 1]! >> (4 * (i & 1))) & 15]!;
  }
  return signed ? (bytes[i]! << 24) >> 24 : bytes[i]!;
}

function floatsOf(bytes: Uint8Array, half: boolean): (i: number) => number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return half ? (i) => fromHalf(view.getUint16(2 * i, true)) : (i) => view.getFloat32(4 * i, true);
}

function unknownToken(id: number, rows: number): NearfieldError {
  return new NearfieldError(
    'bad-model',
    `The tokenizer gave token ${id}, but the model's table has ${rows} rows.`,
  );
}
