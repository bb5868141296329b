import type { Bytes } from './blocks.ts';
import { BlockWriter } from './block-writer.ts';
import { batched, checkedExports, type ExportedDocument } from './exported.ts';
import { checkedHead, type ExportHead } from './head.ts';
import { toJson } from './json.ts';
import { streamOf } from './streams.ts';

const NO_DATA = new Uint8Array();

/**
 * A collection as one file, docs/collection-file.md. Documents are taken as the stream is read, a
 * block of them at a time; cancelling it ends their iterator.
 *
 * Throws `bad-input` for a head that is not allowed; the stream fails with it for a document that
 * is not, or one too large for a block.
 */
export function exportStream(
  head: ExportHead,
  documents: AsyncIterable<ExportedDocument>,
): ReadableStream<Bytes> {
  return streamOf(fileParts(checkedHead(head), documents));
}

async function* fileParts(
  head: ExportHead,
  documents: AsyncIterable<ExportedDocument>,
): AsyncGenerator<Bytes, void, void> {
  const writer = await BlockWriter.begin();
  yield writer.prelude;
  yield writer.write({ type: 'HEAD', json: head, data: NO_DATA });
  const done = { documents: 0, passages: 0 };
  for await (const batch of batched(documents)) {
    const checked = checkedExports(batch, head.dimensions, done.documents);
    done.documents += checked.length;
    for (const { spans } of checked) done.passages += spans.length / 2;
    yield writer.write({ type: 'DOCS', json: checked.map(record), data: rowsOf(checked) });
  }
  yield writer.write({ type: 'DONE', json: done, data: NO_DATA });
}

function record({ document, spans }: ExportedDocument): unknown {
  return { ...toJson(document), spans: Array.from(spans) };
}

/** Little-endian, as the memory of every browser is. */
function rowsOf(documents: readonly ExportedDocument[]): Bytes {
  const bytes = documents.reduce((sum, { vectors }) => sum + vectors.byteLength, 0);
  const rows = new Uint8Array(bytes);
  let at = 0;
  for (const { vectors } of documents) {
    rows.set(new Uint8Array(vectors.buffer, vectors.byteOffset, vectors.byteLength), at);
    at += vectors.byteLength;
  }
  return rows;
}
