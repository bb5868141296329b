/** The page's side of an import: read block by block, stored block by block, embedded never. */

import { transfer } from 'comlink';
import { NearfieldError, throwIfAborted, toNearfieldError } from '../contract/index.ts';
import type {
  ByteSource,
  CollectionInfo,
  Dtype,
  Embedder,
  EmbedProgress,
  ImportOptions,
} from '../contract/index.ts';
import { checkedName, deleteCollection } from './catalogue.ts';
import { badInput, specOf } from './checks.ts';
import { SearchSession, spawnSearchWorker } from './session.ts';
import { incompatible, said, sameSpec } from './spec.ts';
import {
  bytesOf,
  checkedSource,
  importStream,
  type ExportedDocument,
  type ExportHead,
} from './transfer/index.ts';

const ON_EXISTING: readonly unknown[] = ['refuse', 'replace', 'add'];

type File = Awaited<ReturnType<typeof importStream>>;

/**
 * Makes a collection of a file that `collection.export` wrote, vectors and all. No model is needed;
 * whoever opens it then does so with one of the same space.
 *
 * A collection that is made by a failed or aborted import is deleted, one that was empty or is
 * replaced is empty afterwards; with `onExisting: 'add'` the whole documents before the fault stay.
 * To replace, the file is read twice, so that a damaged one changes nothing; a stream is first
 * gathered to a Blob. An id that comes again replaces the earlier one. Other tabs that have the
 * collection open see the import grow.
 *
 * Errors: `integrity` for a file that is damaged or cut off, `bad-input` for what is none, or for a
 * collection that has documents, `incompatible-index` where the embedder or the collection that is
 * added to is of another space, `storage`, `quota`, `worker-crashed`, `aborted`.
 */
export async function importCollection(
  name: string,
  source: ByteSource,
  options: ImportOptions = {},
): Promise<CollectionInfo> {
  const { signal, onExisting = 'refuse' } = options;
  checkedName(name);
  checkedSource('source', source);
  if (!ON_EXISTING.includes(onExisting)) {
    throw badInput(`onExisting must be 'refuse', 'replace' or 'add'`, onExisting);
  }
  try {
    throwIfAborted(signal);
    const sound = onExisting === 'replace' ? await verified(source, options) : source;
    const file = await opened(sound, options);
    try {
      return await fill(name, file, options);
    } finally {
      await file.cancel();
    }
  } catch (error) {
    // The caller's own reason, not what the stream made of it.
    throwIfAborted(signal);
    throw error;
  }
}

async function opened(source: ByteSource, { embedder, signal }: ImportOptions): Promise<File> {
  const file = await importStream(bytesOf(source, signal));
  try {
    if (embedder) assertFits(file.head, embedder);
    return file;
  } catch (error) {
    await file.cancel();
    throw error;
  }
}

/** Reads the file to its end; gives what can be read again. */
async function verified(source: ByteSource, options: ImportOptions): Promise<Blob> {
  const blob = source instanceof Blob ? source : await gathered(source, options.signal);
  const { batches } = await opened(blob, options);
  const documents = batches[Symbol.asyncIterator]();
  while (!(await documents.next()).done);
  return blob;
}

/** Browsers keep large Blobs on the disk. */
async function gathered(
  stream: ReadableStream<Uint8Array>,
  signal: AbortSignal | undefined,
): Promise<Blob> {
  const bytes = bytesOf(stream, signal) as ReadableStream<Uint8Array<ArrayBuffer>>;
  try {
    return await new Response(bytes).blob();
  } catch (error) {
    throw toNearfieldError(error, 'storage');
  }
}

async function fill(name: string, file: File, options: ImportOptions): Promise<CollectionInfo> {
  const { onExisting = 'refuse', workerUrl } = options;
  const { head } = file;
  const { model, revision, pooling, dimensions } = head;
  const spec = { model, revision, ...(pooling && { pooling }), dimensions };
  const session = new SearchSession({ name, spec }, () => spawnSearchWorker(workerUrl));
  try {
    const { info, compatible, made } = await session.open();
    if (info.documents > 0 && onExisting === 'refuse') throw taken(info);
    if (info.documents > 0 && onExisting === 'add') {
      if (!compatible) throw incompatible(name, info, spec);
      return (await putAll(session, file, options)) ?? info;
    }
    return await startAnew(session, file, options).catch(async (error: unknown) => {
      await undone(session, made, name, options);
      throw error;
    });
  } finally {
    await session.close();
  }
}

async function startAnew(
  session: SearchSession,
  file: File,
  options: ImportOptions,
): Promise<CollectionInfo> {
  throwIfAborted(options.signal);
  const empty = await session.call((api) => api.startOver(file.head.passageCharacters));
  return (await putAll(session, file, options)) ?? empty;
}

/** No part of a file is left to be taken for the whole. */
async function undone(
  session: SearchSession,
  made: boolean,
  name: string,
  { workerUrl }: ImportOptions,
): Promise<void> {
  try {
    if (!made) await session.call((api) => api.clear());
    else {
      await session.close();
      await deleteCollection(name, workerUrl === undefined ? {} : { workerUrl });
    }
  } catch {
    // What the import failed with is what the caller has to know.
  }
}

function putAll(
  session: SearchSession,
  { head, batches }: File,
  { signal, onProgress }: ImportOptions,
): Promise<CollectionInfo | undefined> {
  const { dtypes, passages } = head;
  return putBatches(session, batches, { dtypes, passages, signal, onProgress });
}

export interface Putting {
  dtypes: readonly Dtype[];
  /** As many as will come, as far as known. */
  passages: number;
  signal: AbortSignal | undefined;
  onProgress: ((progress: EmbedProgress) => void) | undefined;
}

/** Gives what is stored after the last batch; undefined where there was none. */
export async function putBatches(
  session: SearchSession,
  batches: AsyncIterable<ExportedDocument[]>,
  { dtypes, passages, signal, onProgress }: Putting,
): Promise<CollectionInfo | undefined> {
  let info: CollectionInfo | undefined;
  let done = 0;
  for await (const batch of batches) {
    throwIfAborted(signal);
    // The later one of an id is what counts; twice in one write it may not be.
    const documents = [...new Map(batch.map((one) => [one.document.id, one])).values()];
    const vectors = rowsOf(documents);
    const cut = documents.map(({ document, spans }) => ({ document, spans }));
    info = await session.call((api) => api.put(cut, transfer(vectors, [vectors.buffer]), dtypes));
    done += batch.reduce((sum, { spans }) => sum + spans.length / 2, 0);
    const total = Math.max(done, passages);
    onProgress?.({ done, total, share: done / total });
  }
  return info;
}

function rowsOf(documents: readonly ExportedDocument[]): Float32Array<ArrayBuffer> {
  const rows = new Float32Array(documents.reduce((sum, { vectors }) => sum + vectors.length, 0));
  let at = 0;
  for (const { vectors } of documents) {
    rows.set(vectors, at);
    at += vectors.length;
  }
  return rows;
}

/** Of an embedder that can give narrower vectors, the file's width is what counts. */
function assertFits(head: ExportHead, embedder: Embedder): void {
  const { dimensions, minDimensions } = embedder.info;
  const width = Math.min(Math.max(head.dimensions, minDimensions), dimensions);
  const asked = specOf(embedder, width);
  if (sameSpec(head, asked)) return;
  throw new NearfieldError(
    'incompatible-index',
    `The file holds vectors of ${said(head)}, and the embedder makes those of ${said(asked)}: the ` +
      `two cannot be compared. Import it without an embedder, and open the collection with the ` +
      `model it was made with, or with onMismatch: 're-embed'.`,
  );
}

function taken({ name, documents }: CollectionInfo): NearfieldError {
  return new NearfieldError(
    'bad-input',
    `Expected no collection "${name}" or an empty one, got one of ${documents} documents. ` +
      `Choose another name, or pass onExisting: 'add' or 'replace'.`,
  );
}
