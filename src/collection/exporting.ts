/** The page's side of an export: pieces are asked for as the stream is read. */

import { throwIfAborted, unlessAborted } from '../contract/index.ts';
import type { ExportOptions, RowFormat } from '../contract/index.ts';
import { badInput } from './checks.ts';
import type { SearchSession } from './session.ts';
import {
  deferred,
  exportStream,
  fvecsStream,
  npyStream,
  passageLines,
  rowsOf,
  type ExportedDocument,
} from './transfer/index.ts';
import type { ExportPiece, ExportStart } from './wire.ts';

type ByteStream = ReadableStream<Uint8Array<ArrayBuffer>>;

type Make = (start: ExportStart, documents: AsyncIterable<ExportedDocument>) => ByteStream;

const ROW_FORMATS: Readonly<Record<RowFormat, Make>> = {
  npy: ({ info: { passages, dimensions } }, documents) =>
    npyStream({ rows: passages, dimensions }, rowsOf(documents)),
  fvecs: ({ info: { dimensions } }, documents) => fvecsStream(dimensions, rowsOf(documents)),
  jsonl: (_, documents) => passageLines(documents),
};

/** The whole collection as a `.nearfield` file. */
export function exportFile(session: SearchSession, options: ExportOptions): ByteStream {
  const make: Make = ({ info, passageCharacters }, documents) =>
    exportStream({ ...info, passageCharacters }, documents);
  return exported(session, make, options);
}

/** Throws `bad-input` for a format that there is not. */
export function exportRows(
  session: SearchSession,
  format: RowFormat,
  options: ExportOptions,
): ByteStream {
  if (!Object.hasOwn(ROW_FORMATS, format)) {
    const formats = Object.keys(ROW_FORMATS).join(', ');
    throw badInput(`format must be one of ${formats}`, format);
  }
  return exported(session, ROW_FORMATS[format], options);
}

/** Nothing is asked of the worker before the stream is read, nor after it is cancelled. */
function exported(session: SearchSession, make: Make, { signal }: ExportOptions): ByteStream {
  return deferred(async () => {
    throwIfAborted(signal);
    const start = await unlessAborted(
      session.call((api) => api.beginExport()),
      signal,
    );
    return make(start, documentsOf(session, start, signal));
  });
}

async function* documentsOf(
  session: SearchSession,
  { generation, info }: ExportStart,
  signal: AbortSignal | undefined,
): AsyncGenerator<ExportedDocument> {
  for (let row: number | undefined = 0; row !== undefined;) {
    throwIfAborted(signal);
    const from: number = row;
    const piece: ExportPiece = await unlessAborted(
      session.call((api) => api.exportPiece(generation, from)),
      signal,
    );
    for (const document of split(piece, info.dimensions)) {
      throwIfAborted(signal);
      yield document;
    }
    row = piece.next;
  }
}

/** Each document with its part of the rows. */
function* split(
  { documents, vectors }: ExportPiece,
  dimensions: number,
): Generator<ExportedDocument> {
  let at = 0;
  for (const { document, spans } of documents) {
    const end = at + (spans.length / 2) * dimensions;
    yield { document, spans, vectors: vectors.subarray(at, end) };
    at = end;
  }
}
