import { NearfieldError, type DocumentInput } from '../../contract/index.ts';
import { isRecord } from '../documents.ts';
import { BlockReader } from './block-reader.ts';
import { damaged, type Block } from './blocks.ts';
import { ByteReader } from './byte-reader.ts';
import { checkedExports, type ExportedDocument } from './exported.ts';
import { checkedHead, type ExportHead } from './head.ts';
import { fromJson } from './json.ts';
import { batchesOf, opened, type Batches } from './streams.ts';

export interface Import extends Batches<ExportedDocument[]> {
  head: ExportHead;
}

/**
 * What `exportStream` wrote: the head at once, documents as they are asked for, a block at a time.
 * Only the end of `batches` says that the file is whole. An id in two blocks is given twice.
 *
 * Throws, and `batches` throw, `integrity` for a file that is damaged or cut off, with nothing
 * given of the block it is found in or after it; `incompatible-index` for one of another version;
 * `bad-input` for no such file, or for content that must not be in a collection.
 */
export async function importStream(stream: ReadableStream<Uint8Array>): Promise<Import> {
  const bytes = new ByteReader(stream, 'The .nearfield file');
  return opened(bytes, async () => {
    const blocks = await BlockReader.begin(bytes);
    const { type, json } = await blocks.next();
    if (type !== 'HEAD') throw damaged('block 0', 'the head', type);
    const head = checkedHead(json);
    return { head, ...batchesOf(bytes, documentsOf(bytes, blocks, head.dimensions)) };
  });
}

async function* documentsOf(
  bytes: ByteReader,
  blocks: BlockReader,
  dimensions: number,
): AsyncGenerator<ExportedDocument[]> {
  let documents = 0;
  let passages = 0;
  for (;;) {
    const block = await blocks.next();
    if (block.type === 'HEAD') throw damaged('its order', 'documents or the end', 'another head');
    if (block.type === 'DONE') {
      checkCounts(block.json, documents, passages);
      return bytes.end();
    }
    const batch = checkedExports(unpacked(block, dimensions, documents), dimensions, documents);
    documents += batch.length;
    for (const { spans } of batch) passages += spans.length / 2;
    yield batch;
  }
}

/** Documents and their rows as they lie in a block; only that the numbers add up is checked. */
function unpacked({ json, data }: Block, dimensions: number, first: number): ExportedDocument[] {
  if (!Array.isArray(json)) throw badBlock(first, 'a list of documents', typeof json);
  const records = json as readonly unknown[];
  if (data.byteLength % (4 * dimensions) !== 0) {
    throw badBlock(first, `rows of ${4 * dimensions} bytes`, `${data.byteLength} bytes of them`);
  }
  const rows = new Float32Array(data.buffer);
  let at = 0;
  const documents = records.map((record, i) => {
    const spans = spansOf(record, first + i);
    const end = at + (spans.length / 2) * dimensions;
    // Copies: each document's rows may be transferred by themselves.
    const vectors = rows.slice(at, end);
    at = end;
    // Looked at by checkedExports, before anybody else.
    return { document: fromJson(record) as DocumentInput, spans, vectors };
  });
  if (at === rows.length) return documents;
  const passages = `${at / dimensions} rows, one for each passage`;
  throw badBlock(first, passages, `${rows.length / dimensions}`);
}

function spansOf(record: unknown, index: number): Uint32Array<ArrayBuffer> {
  const spans: unknown = isRecord(record) ? record['spans'] : undefined;
  if (Array.isArray(spans) && spans.every(isUint32)) return Uint32Array.from(spans);
  throw new NearfieldError(
    'bad-input',
    `Document ${index}: spans must be a list of whole numbers. Export the collection again.`,
    { index },
  );
}

function isUint32(value: unknown): value is number {
  return typeof value === 'number' && value >>> 0 === value;
}

function checkCounts(json: unknown, documents: number, passages: number): void {
  if (isRecord(json) && json['documents'] === documents && json['passages'] === passages) return;
  const expected = `${documents} documents and ${passages} passages, as came before it`;
  throw damaged('its end block', expected, JSON.stringify(json).slice(0, 80));
}

function badBlock(first: number, expected: string, got: string): NearfieldError {
  return new NearfieldError(
    'bad-input',
    `The block from document ${first} on of the .nearfield file: expected ${expected}, got ${got}. ` +
      'Whatever wrote the file did it wrong: export it again.',
  );
}
