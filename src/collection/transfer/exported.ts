/** What an export holds of a document, and the checks on it, the same on both ways. */

import { NearfieldError, type DocumentInput } from '../../contract/index.ts';
import { fault } from '../../cache/index.ts';
import { checkedDocuments } from '../documents.ts';
import type { CutDocument } from '../wire.ts';

export interface ExportedDocument extends CutDocument {
  /** Passages x dimensions, unit rows, one for each pair of `spans`. */
  vectors: Float32Array<ArrayBuffer>;
}

/** Widest vectors that are written or read. */
export const MAX_DIMENSIONS = 65_536;

/** A batch ends with the document that brings it to this. */
const BATCH_DOCUMENTS = 256;
const BATCH_BYTES = 1024 * 1024;

/** About as many bytes as a block takes for it. */
function sizeOf({ document: { text, metadata = {} }, vectors }: ExportedDocument): number {
  return text.length + JSON.stringify(metadata).length + vectors.byteLength;
}

/** Neighbours together, so that small documents do not cost a step each. */
export async function* batched(
  documents: AsyncIterable<ExportedDocument>,
): AsyncGenerator<ExportedDocument[]> {
  let batch: ExportedDocument[] = [];
  let bytes = 0;
  for await (const document of documents) {
    batch.push(document);
    bytes += sizeOf(document);
    if (batch.length < BATCH_DOCUMENTS && bytes < BATCH_BYTES) continue;
    yield batch;
    batch = [];
    bytes = 0;
  }
  if (batch.length > 0) yield batch;
}

/**
 * Throws `bad-input` for a document that must not be in a collection.
 *
 * @param first number of the first document, from 0, for messages
 */
export function checkedExports(
  documents: readonly ExportedDocument[],
  dimensions: number,
  first: number,
): ExportedDocument[] {
  const called = (index: number) => `Document ${first + index}`;
  const checked = checkedAs(
    documents.map(({ document }) => document),
    called,
  );
  return documents.map(({ spans, vectors }, i) => {
    const document = checked[i]!;
    const wrong =
      spansFault(spans, document.text) ?? rowsFault(vectors, spans.length / 2, dimensions);
    if (wrong === undefined) return { document, spans, vectors };
    const text = `${called(i)} ("${document.id}"): ${wrong}. Add it to its collection again.`;
    throw new NearfieldError('bad-input', text, { index: first + i });
  });
}

/** `checkedDocuments` under other names than "Document" and the place in the list. */
export function checkedAs(
  documents: readonly unknown[],
  called: (index: number) => string,
): DocumentInput[] {
  try {
    // Proved by the check itself.
    return checkedDocuments(documents as readonly DocumentInput[]);
  } catch (error) {
    if (!(error instanceof NearfieldError) || error.index === undefined) throw error;
    const message = error.message.replace(`Document ${error.index}`, called(error.index));
    throw new NearfieldError(error.code, message, { cause: error });
  }
}

function spansFault(spans: Uint32Array, text: string): string | undefined {
  if (spans.length < 2 || spans.length % 2 !== 0) {
    return `spans must be pairs of start and end, one or more, got ${spans.length} numbers`;
  }
  let last = 0;
  for (let i = 0; i < spans.length; i += 2) {
    const start = spans[i]!;
    const end = spans[i + 1]!;
    if (start < last || end <= start || end > text.length) {
      return `passage ${i / 2} must lie between ${last} and ${text.length}, got ${start} to ${end}`;
    }
    last = end;
  }
  return undefined;
}

function rowsFault(vectors: Float32Array, rows: number, dimensions: number): string | undefined {
  if (vectors.length !== rows * dimensions) {
    return `vectors must be ${rows} rows of ${dimensions} values, got ${vectors.length} values`;
  }
  const wrong = wrongRow(vectors, dimensions);
  return wrong && `row ${wrong.row} must be a unit vector, got one that is ${wrong.fault}`;
}

/** The first row that is not a unit vector, and what it is. */
export function wrongRow(
  vectors: Float32Array,
  dimensions: number,
): { row: number; fault: string } | undefined {
  for (let row = 0; row * dimensions < vectors.length; row++) {
    const found = fault(vectors.subarray(row * dimensions, (row + 1) * dimensions));
    if (found !== undefined) return { row, fault: found };
  }
  return undefined;
}
