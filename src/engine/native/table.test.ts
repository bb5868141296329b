import { describe, expect, it } from 'vitest';
import type { Table, TensorRef } from './graph/model.ts';
import { StoredSource, type ByteSource, type Sources } from './source.ts';
import { RowTable } from './table.ts';

/** Tensors one after another in a file, after some bytes of something else. */
class File {
  readonly #bytes: number[] = [1, 2, 3];

  add(dtype: TensorRef['dtype'], dims: number[], bytes: Uint8Array): TensorRef {
    const offset = this.#bytes.length;
    this.#bytes.push(...bytes);
    return { dtype, dims, file: 'data', offset, length: bytes.length };
  }

  get bytes(): Uint8Array<ArrayBuffer> {
    return Uint8Array.from(this.#bytes);
  }
}

const bytesOf = (values: Float32Array | Uint16Array): Uint8Array => new Uint8Array(values.buffer);

const ROWS = 40;
const WIDTH = 8;

function dense(): [Table, File] {
  const file = new File();
  const values = Float32Array.from({ length: ROWS * WIDTH }, (_, i) => i / 4);
  const data = file.add('float32', [ROWS, WIDTH], bytesOf(values));
  return [{ kind: 'dense', rows: ROWS, width: WIDTH, data }, file];
}

/** 4-bit codes with a zero point for each block of 4. */
function blocks(signed: boolean): [Table, File] {
  const file = new File();
  const codes = Uint8Array.from({ length: (ROWS * WIDTH) / 2 }, (_, i) => (i * 37) & 255);
  // 0.5 and 2 in float16, in turns.
  const scales = Uint16Array.from({ length: ROWS * 2 }, (_, i) => (i % 2 ? 0x4000 : 0x3800));
  const zeros = Uint8Array.from({ length: ROWS }, (_, i) => (i * 11) & 255);
  const table = {
    ...({ kind: 'blocks', rows: ROWS, width: WIDTH, bits: 4, block: 4, signed, zero: 8 } as const),
    data: file.add('uint8', [ROWS, WIDTH / 2], codes),
    scales: file.add('float16', [ROWS, 2], bytesOf(scales)),
    zeros: file.add('uint8', [ROWS, 1], zeros),
  };
  return [table, file];
}

/** A row of `blocks`, from its definition. */
function expected(row: number, signed: boolean): number[] {
  const half = (byte: number, i: number): number => {
    const code = i % 2 ? byte >> 4 : byte & 15;
    return signed && code > 7 ? code - 16 : code;
  };
  return Array.from({ length: WIDTH }, (_, i) => {
    const code = half((((row * WIDTH + i) >> 1) * 37) & 255, i);
    const block = Math.floor(i / 4);
    return (code - half((row * 11) & 255, block)) * (block ? 2 : 0.5);
  });
}

async function gathered(table: Table, source: ByteSource, ids: number[]): Promise<number[][]> {
  const sources: Sources = new Map([['data', source]]);
  const rows: number[][] = [];
  const opened = await RowTable.open(table, sources);
  for (let again = 0; again < 2; again++) {
    await opened.gather(ids, (position, row) => (rows[position] = [...row]));
  }
  return rows;
}

describe.each([
  ['in memory', (file: File): ByteSource => file.bytes],
  ['in a blob', (file: File): ByteSource => new StoredSource(new Blob([file.bytes]))],
])('a table %s', (_, source) => {
  const ids = [39, 0, 5, 39, 6];

  it('gives dense rows', async () => {
    const [table, file] = dense();
    const rows = await gathered(table, source(file), ids);
    expect(rows).toEqual(ids.map((id) => Array.from({ length: 8 }, (_, i) => (id * 8 + i) / 4)));
  });

  it.each([true, false])('gives rows of codes (signed: %s)', async (signed) => {
    const [table, file] = blocks(signed);
    const rows = await gathered(table, source(file), ids);
    expect(rows).toEqual(ids.map((id) => expected(id, signed)));
  });

  it.each([-1, 40, Number.NaN])('refuses token %d', async (id) => {
    const [table, file] = dense();
    await expect(gathered(table, source(file), [1, id])).rejects.toMatchObject({
      code: 'bad-model',
    });
  });

  it('refuses a file that ends too early', async () => {
    const [table, file] = dense();
    const cut = new File();
    cut.add('uint8', [1], file.bytes.slice(0, 100));
    await expect(gathered(table, source(cut), [39])).rejects.toMatchObject({ code: 'bad-model' });
  });
});

it('reads rows of a large table from its file, neighbours at once, and keeps them', async () => {
  const reads: [number, number][] = [];
  const rows = 20_000_000;
  const data = {
    dtype: 'float32',
    dims: [rows, WIDTH],
    file: 'data',
    offset: 0,
    length: rows * 32,
  };
  const blob = Object.create(Blob.prototype, {
    size: { value: rows * 32 },
    slice: {
      value: (from: number, to: number) => {
        reads.push([from / 32, to / 32]);
        const values = Float32Array.from({ length: (to - from) / 4 }, (_, i) => from / 32 + i);
        return new Blob([values]);
      },
    },
  }) as Blob;
  const table = { kind: 'dense', rows, width: WIDTH, data } as Table;
  const opened = await RowTable.open(table, new Map([['data', new StoredSource(blob)]]));
  const first: number[] = [];
  const gather = (ids: number[]) => opened.gather(ids, (i, row) => (first[i] = row[0]!));
  await gather([10_000_000, 7, 300, 7]);
  expect(first).toEqual([10_000_000, 7, 7 + 293 * 8, 7]);
  expect(reads).toEqual([
    [7, 301],
    [10_000_000, 10_000_001],
  ]);
  await gather([7, 10_000_000]);
  expect(reads).toHaveLength(2);
});
