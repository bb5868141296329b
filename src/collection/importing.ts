/** The page's side of an import: read block by block, stored block by block, embedded never. */

import { transfer } from 'comlink';
import { NearfieldError, throwIfAborted, toNearfieldError } from '../contract/index.ts';
import type { ByteSource, CollectionInfo, Embedder, ImportOptions } from '../contract/index.ts';
import { checkedName, deleteCollection } from './catalogue.ts';
import { badInput, specOf } from './checks.ts';
import { asWriter } from './disk/index.ts';
import { putBatches, type Put } from './putting.ts';
import { SearchSession, spawnSearchWorker } from './session.ts';
import { incompatible, plainSpec, said, sameSpec } from './spec.ts';
import { bytesOf, checkedSource, importStream, type ExportHead } from './transfer/index.ts';
import type { VectorSpec } from './wire.ts';

const IMPORT_LOCK = 'nearfield-import-';

const ON_EXISTING: readonly unknown[] = ['refuse', 'replace', 'add'];

type File = Awaited<ReturnType<typeof importStream>>;

/**
 * Makes a collection of a file that `collection.export` wrote, vectors and all. No model is needed;
 * whoever opens it then does so with one of the same space.
 *
 * What a failed or aborted import has stored is removed again, and so is the collection it made; only
 * where it adds to documents that are there, the whole ones before the fault stay. To replace, the file is read twice, so that a damaged one changes nothing; a stream is first
 * gathered to a Blob. An id that comes again replaces the earlier one. Other tabs that have the
 * collection open see the import grow. Of two imports into one collection the later waits.
 *
 * Errors: `integrity` for a file that is damaged or cut off, `bad-input` for what is none, or for a
 * collection that has documents, `incompatible-index` for a file of another version and where the
 * embedder or the collection that is added to is of another space, `storage`, `quota`, `worker-crashed`, `aborted`.
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
  const { workerUrl } = options;
  const spec = plainSpec(file.head);
  const session = new SearchSession({ name, spec }, () => spawnSearchWorker(workerUrl));
  try {
    // Another import into the same collection would start over in the midst of this one.
    return await asWriter(IMPORT_LOCK + name, () => importInto(session, spec, file, options));
  } finally {
    await session.close();
  }
}

async function importInto(
  session: SearchSession,
  spec: VectorSpec,
  file: File,
  options: ImportOptions,
): Promise<CollectionInfo> {
  const { onExisting = 'refuse', signal } = options;
  throwIfAborted(signal);
  const { info, compatible, made } = await session.open();
  throwIfAborted(signal);
  if (info.documents > 0 && onExisting === 'refuse') throw taken(info);
  if (info.documents > 0 && onExisting === 'add') {
    if (!compatible) throw incompatible(info.name, info, spec);
    return putAll(session, info, file, options);
  }
  const room = file.head.passageCharacters;
  const empty = await session.call((api) => api.startOver(room, onExisting !== 'replace'));
  // Another tab may have added some since.
  if (!empty) throw taken(await session.call((api) => api.info()));
  const stored: Stored = { surely: new Set(), perhaps: [] };
  try {
    return await putAll(session, empty, file, options, stored);
  } catch (error) {
    await undo(session, stored, made, options);
    throw error;
  }
}

/** Ids of what an import has stored. */
interface Stored {
  surely: Set<string>;
  /** Of the write that is under way. */
  perhaps: string[];
}

/**
 * No part of a file is left to be taken for the whole; what others have added meanwhile stays.
 *
 * @param made whether there was no collection before
 */
async function undo(
  session: SearchSession,
  { surely, perhaps }: Stored,
  made: boolean,
  { workerUrl }: ImportOptions,
): Promise<void> {
  try {
    let info = await session.call((api) => api.info());
    const isOurs = made && info.documents <= surely.size;
    if (!isOurs) {
      const ids = [...surely, ...perhaps];
      ({ info } = await session.call((api) => api.remove(ids)));
      if (!made || info.documents > 0) return;
    }
    await session.close();
    await deleteCollection(info.name, workerUrl === undefined ? {} : { workerUrl });
  } catch {
    // What the import failed with is what the caller has to know.
  }
}

/**
 * Gives what is stored after it.
 *
 * @param before what is stored now
 * @param stored takes note
 */
async function putAll(
  session: SearchSession,
  before: CollectionInfo,
  { head, batches }: File,
  { signal, onProgress }: ImportOptions,
  stored?: Stored,
): Promise<CollectionInfo> {
  let info = before;
  const put: Put = async (documents, vectors) => {
    const ids = documents.map(({ document }) => document.id);
    if (stored) stored.perhaps = ids;
    info = await session.call((api) =>
      api.put(documents, transfer(vectors, [vectors.buffer]), head.dtypes),
    );
    for (const id of ids) stored?.surely.add(id);
  };
  await putBatches(put, batches, { passages: head.passages, signal, onProgress });
  return info;
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
