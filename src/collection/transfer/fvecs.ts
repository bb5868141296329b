/**
 * The `.fvecs` format of vectors: before each row its width as int32, all little-endian
 * (http://corpus-texmex.irisa.fr).
 */

import { NearfieldError } from '../../contract/index.ts';
import type { Bytes } from './blocks.ts';
import { ByteReader } from './byte-reader.ts';
import { MAX_DIMENSIONS } from './exported.ts';
import { batchesOf, opened, streamOf } from './streams.ts';
import { badFile, checkRows, rowsAtOnce, type VectorFile } from './vector-file.ts';

const NAME = 'The .fvecs file';

/** Batches of whole rows are taken as the stream is read; `bad-input` unless they are unit vectors. */
export function fvecsStream(
  dimensions: number,
  batches: AsyncIterable<Float32Array>,
): ReadableStream<Bytes> {
  return streamOf(fvecsParts(dimensions, batches));
}

async function* fvecsParts(
  dimensions: number,
  batches: AsyncIterable<Float32Array>,
): AsyncGenerator<Bytes, void, void> {
  let row = 0;
  for await (const batch of batches) {
    checkRows(NAME, batch, dimensions, row);
    const rows = batch.length / dimensions;
    const values = new Float32Array(rows * (1 + dimensions));
    const widths = new Int32Array(values.buffer);
    for (let i = 0; i < rows; i++) {
      widths[i * (1 + dimensions)] = dimensions;
      const from = batch.subarray(i * dimensions, (i + 1) * dimensions);
      values.set(from, i * (1 + dimensions) + 1);
    }
    row += rows;
    yield new Uint8Array(values.buffer);
  }
}

/**
 * Throws `bad-input` for rows that are not unit vectors of one width, `integrity` for a file that
 * is cut off inside a row, or empty: nothing would say its width.
 */
export async function readFvecs(stream: ReadableStream<Uint8Array>): Promise<VectorFile> {
  const bytes = new ByteReader(stream, NAME);
  return opened(bytes, async () => {
    const width = await bytes.exactly(4, 'the width of row 0');
    const dimensions = new DataView(width.buffer).getInt32(0, true);
    if (dimensions < 1 || dimensions > MAX_DIMENSIONS) {
      throw badWidth(`from 1 to ${MAX_DIMENSIONS}`, dimensions, 0);
    }
    return { dimensions, ...batchesOf(bytes, fvecsRows(bytes, dimensions)) };
  });
}

/** The first width is read already, so that what is left are rows with the next one's behind each. */
async function* fvecsRows(
  bytes: ByteReader,
  dimensions: number,
): AsyncGenerator<Float32Array<ArrayBuffer>> {
  const stride = 1 + dimensions;
  const most = rowsAtOnce(4 * stride);
  for (let first = 0, ended = false; !ended; first += most) {
    const part = await bytes.upTo(4 * stride * most);
    ended = part.length < 4 * stride * most;
    const rows = (part.length + (ended ? 4 : 0)) / (4 * stride);
    if (!Number.isInteger(rows)) throw cutOff(first + Math.floor(rows), dimensions);
    const values = withoutWidths(part, rows, dimensions, first);
    checkRows(NAME, values, dimensions, first);
    yield values;
  }
}

function withoutWidths(part: Bytes, rows: number, dimensions: number, first: number) {
  const stride = 1 + dimensions;
  const floats = new Float32Array(part.buffer);
  const widths = new Int32Array(part.buffer);
  const values = new Float32Array(rows * dimensions);
  for (let i = 0; i < rows; i++) {
    const end = i * stride + dimensions;
    values.set(floats.subarray(i * stride, end), i * dimensions);
    // None behind the last row of the file.
    const next = widths[end] ?? dimensions;
    if (next !== dimensions) throw badWidth(`${dimensions}`, next, first + i + 1);
  }
  return values;
}

function cutOff(row: number, dimensions: number): NearfieldError {
  return new NearfieldError(
    'integrity',
    `${NAME} is cut off: expected ${dimensions} values in row ${row}, got fewer. ` +
      'Copy, download or export it again.',
  );
}

function badWidth(expected: string, got: number, row: number): NearfieldError {
  const help = 'All rows must have the width of the first.';
  return badFile(NAME, `a width ${expected} before row ${row}`, `${got}`, help);
}
