/** numpy's files of vectors: float32 written, float32 and float16 read. */

import { halfToNumber } from '../../contract/index.ts';
import type { Bytes } from './blocks.ts';
import { ByteReader } from './byte-reader.ts';
import { npyHead, readNpyHead, type NpyHead, type NpyShape } from './npy-head.ts';
import { batchesOf, opened, streamOf } from './streams.ts';
import { badFile, checkRows, rowsAtOnce, type VectorFile } from './vector-file.ts';

const NAME = 'The .npy file';

/**
 * The rows as a `.npy` file of float32. Batches of whole rows are taken as the stream is read; it
 * fails with `bad-input` unless they are unit vectors, as many as said.
 */
export function npyStream(
  shape: NpyShape,
  batches: AsyncIterable<Float32Array>,
): ReadableStream<Bytes> {
  return streamOf(npyParts(shape, batches));
}

async function* npyParts(
  shape: NpyShape,
  batches: AsyncIterable<Float32Array>,
): AsyncGenerator<Bytes, void, void> {
  yield npyHead(shape);
  let rows = 0;
  for await (const batch of batches) {
    checkRows(NAME, batch, shape.dimensions, rows);
    rows += batch.length / shape.dimensions;
    if (rows > shape.rows) throw wrongCount(shape.rows, 'more');
    // A copy: whoever reads the stream may transfer what it gives.
    yield new Uint8Array(batch.slice().buffer);
  }
  if (rows < shape.rows) throw wrongCount(shape.rows, `${rows}`);
}

/**
 * Throws `bad-input` for what is not an array of unit rows, float32 or float16, in C order;
 * `integrity` for a file that is shorter or longer than it says.
 */
export async function readNpy(stream: ReadableStream<Uint8Array>): Promise<VectorFile> {
  const bytes = new ByteReader(stream, NAME);
  return opened(bytes, async () => {
    const head = await readNpyHead(bytes);
    const { rows, dimensions } = head;
    return { rows, dimensions, ...batchesOf(bytes, npyRows(bytes, head)) };
  });
}

async function* npyRows(
  bytes: ByteReader,
  { rows, dimensions, half }: NpyHead,
): AsyncGenerator<Float32Array<ArrayBuffer>> {
  const rowBytes = dimensions * (half ? 2 : 4);
  const most = rowsAtOnce(rowBytes);
  for (let row = 0; row < rows; row += most) {
    const count = Math.min(most, rows - row);
    const { buffer } = await bytes.exactly(count * rowBytes, `rows from ${row} on`);
    const values = half ? fromHalves(new Uint16Array(buffer)) : new Float32Array(buffer);
    checkRows(NAME, values, dimensions, row);
    yield values;
  }
  await bytes.end();
}

function fromHalves(halves: Uint16Array): Float32Array<ArrayBuffer> {
  const values = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) values[i] = halfToNumber(halves[i]!);
  return values;
}

function wrongCount(expected: number, got: string) {
  const help = 'The collection was changed meanwhile: export it again.';
  return badFile(NAME, `${expected} rows`, got, help);
}
