/** Documents as JSONL: an object a line, in UTF-8. */

import { messageOf, NearfieldError, type DocumentInput } from '../../contract/index.ts';
import type { Bytes } from './blocks.ts';
import { ByteReader } from './byte-reader.ts';
import { checkedAs, type ExportedDocument } from './exported.ts';
import { fromJson, toJson } from './json.ts';
import { badLine, linesOf, MAX_LINE_BYTES, type Line } from './lines.ts';
import { parseShallow } from './parse.ts';
import { batchesOf, streamOf, type Batches } from './streams.ts';

/** A document a line, without vectors. */
export function documentLines(documents: AsyncIterable<DocumentInput>): ReadableStream<Bytes> {
  return streamOf(eachLine(documents, (document) => [toJson(document)]));
}

/**
 * A passage a line, in the order of the rows: line n belongs to row n of a file of vectors. The
 * whole text is left out, which many passages would repeat, so that nobody takes a passage for a
 * document: `readDocuments` refuses such lines.
 */
export function passageLines(documents: AsyncIterable<ExportedDocument>): ReadableStream<Bytes> {
  return streamOf(eachLine(documents, passagesOf));
}

/**
 * Documents of lines like those of `documentLines`, one by one; blank lines are passed over. An id
 * in two lines is given twice. `batches` throw `bad-input` with the number of the wrong line.
 */
export function readDocuments(stream: ReadableStream<Uint8Array>): Batches<DocumentInput> {
  const bytes = new ByteReader(stream, 'The JSONL file');
  return batchesOf(bytes, documentsOf(bytes));
}

async function* documentsOf(bytes: ByteReader): AsyncGenerator<DocumentInput> {
  for await (const line of linesOf(bytes)) yield documentOf(line);
}

function documentOf({ number, text }: Line): DocumentInput {
  const value = fromJson(parsed(text, number));
  return checkedAs([value], () => `Line ${number} of the JSONL file`)[0]!;
}

function parsed(text: string, number: number): unknown {
  try {
    return parseShallow(text);
  } catch (error) {
    throw badLine(number, 'one JSON object', messageOf(error), error);
  }
}

function* passagesOf({ document, spans }: ExportedDocument): Generator {
  const rest = { ...toJson(document), text: undefined };
  for (let i = 0; i < spans.length; i += 2) {
    const start = spans[i]!;
    const end = spans[i + 1]!;
    yield { ...rest, passage: { start, end, text: document.text.slice(start, end) } };
  }
}

async function* eachLine<T>(
  values: AsyncIterable<T>,
  records: (value: T) => Iterable<unknown>,
): AsyncGenerator<Bytes, void, void> {
  const utf8 = new TextEncoder();
  for await (const value of values) {
    for (const record of records(value)) {
      const line = utf8.encode(`${JSON.stringify(record)}\n`);
      if (line.length > MAX_LINE_BYTES) throw tooLong(line.length);
      yield line;
    }
  }
}

function tooLong(bytes: number): NearfieldError {
  return new NearfieldError(
    'bad-input',
    `Expected JSONL lines of ${MAX_LINE_BYTES} bytes or fewer, got ${bytes}. Cut up the document.`,
  );
}
