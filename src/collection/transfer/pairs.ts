/** Documents and vectors in files of their own, put together and taken apart. */

import { NearfieldError, type DocumentInput } from '../../contract/index.ts';
import { batched, type ExportedDocument } from './exported.ts';
import { releasing, type Batches } from './streams.ts';
import type { VectorFile } from './vector-file.ts';

/** The rows of the documents, for `npyStream` and `fvecsStream`, beside `passageLines`. */
export async function* rowsOf(
  documents: AsyncIterable<ExportedDocument>,
): AsyncGenerator<Float32Array<ArrayBuffer>> {
  for await (const { vectors } of documents) yield vectors;
}

/**
 * Documents that have one row each, in the same order: one passage, the whole text. `batches` throw
 * `bad-input` when there are more of one than of the other. Owns both files from here on.
 */
export function paired(
  documents: Batches<DocumentInput>,
  vectors: VectorFile,
): Batches<ExportedDocument[]> {
  const cancel = async () => {
    await Promise.all([documents.cancel(), vectors.cancel()]);
  };
  return { batches: releasing(batched(pairs(documents.batches, vectors)), cancel), cancel };
}

async function* pairs(
  documents: AsyncIterable<DocumentInput>,
  { dimensions, batches }: VectorFile,
): AsyncGenerator<ExportedDocument> {
  const next = documents[Symbol.asyncIterator]();
  let row = 0;
  for await (const rows of batches) {
    for (let at = 0; at < rows.length; at += dimensions) {
      const found = await next.next();
      if (found.done) throw unequal(`${row} documents`, 'more rows of vectors');
      row++;
      const document = found.value;
      const spans = Uint32Array.of(0, document.text.length);
      yield { document, spans, vectors: rows.slice(at, at + dimensions) };
    }
  }
  if (!(await next.next()).done) throw unequal(`${row} rows of vectors`, 'more documents');
}

function unequal(fewer: string, more: string): NearfieldError {
  return new NearfieldError(
    'bad-input',
    `Expected one row of vectors for each document, got ${fewer} and ${more}. ` +
      'Choose two files that were made together.',
  );
}
