import { transfer } from 'comlink';
import { throwIfAborted, unlessAborted } from '../contract/index.ts';
import type {
  AddOptions,
  AddRowsOptions,
  ByteSource,
  Collection,
  CollectionInfo,
  CollectionOptions,
  DocumentInput,
  Dtype,
  EmbeddedRows,
  Embedder,
  ExportOptions,
  Hit,
  ListOptions,
  RowFormat,
  RowsFile,
  SearchOptions,
  SimilarOptions,
  StoredDocument,
} from '../contract/index.ts';
import { countPassages, embedInto, reembed } from './adding.ts';
import { checkedName } from './catalogue.ts';
import {
  assertEmbedder,
  assertRows,
  badInput,
  checkedQuery,
  checkedSearch,
  checkedSpec,
  wholeNumber,
} from './checks.ts';
import { asWriter } from './disk/index.ts';
import { checkedDocuments, checkedIds } from './documents.ts';
import { MIN_PASSAGE_CHARACTERS } from '../passages/index.ts';
import { exportFile, exportRows } from './exporting.ts';
import type { Put } from './putting.ts';
import { putRows } from './rows-in.ts';
import { SearchSession, spawnSearchWorker } from './session.ts';
import { incompatible } from './spec.ts';
import { REEMBEDDING_LOCK } from './wire.ts';
import type { CutDocument, SearchRequest, VectorSpec } from './wire.ts';

/** Documents stored together when their vectors are there already. */
const EMBEDDED_SLICE = 1024;

/**
 * Opens a collection of this origin, and makes it where there is none. The same one may be open
 * in several tabs; what one writes, the others find.
 *
 * An empty collection takes any model. Errors: `incompatible-index` when it holds vectors of
 * another model, revision, pooling or width and `onMismatch` is `'refuse'` (another dtype of the
 * same model is taken, and noted in `info.dtypes`); `bad-input`, `storage`,
 * `quota`, `worker-crashed`, `aborted`; with `'re-embed'` also those of the embedder, and then
 * the documents and their vectors are as they were; new vectors made so far are kept for the next
 * opening that asks for the same ones.
 */
export async function openCollection(
  name: string,
  options: CollectionOptions,
): Promise<Collection> {
  const { embedder, signal, onMismatch } = options;
  throwIfAborted(signal);
  const early = onMismatch === 're-embed' ? undefined : await openEarly(name, options);
  if (early) return early;
  const ready = await unlessAborted(Promise.resolve(embedder), signal);
  const spec = checkedSpec(ready, options);
  const session = sessionOf(name, options, spec);
  try {
    const info = await compatibleInfo(session, spec, ready, options);
    return new StoredCollection(session, Promise.resolve(ready), info);
  } catch (error) {
    await session.close();
    throw error;
  }
}

/** A collection whose embedder is still to come; undefined where that has to be waited for. */
async function openEarly(
  name: string,
  options: CollectionOptions,
): Promise<Collection | undefined> {
  const { embedder, dimensions, signal } = options;
  if (!(embedder instanceof Promise)) return undefined;
  // Should it fail before anybody waits for it, that is not unhandled: see StoredCollection.
  embedder.catch(() => undefined);
  const session = sessionOf(name, options);
  try {
    const opened = await unlessAborted(session.openStored(), signal);
    if (opened && (dimensions ?? opened.info.dimensions) === opened.info.dimensions) {
      if (opened.staged) void dropLater(session, opened.info, embedder);
      return new StoredCollection(session, embedder, opened.info);
    }
  } catch (error) {
    await session.close();
    throw error;
  }
  await session.close();
  return undefined;
}

/** What was staged for another model is of no use once the embedder turns out to be the old one. */
async function dropLater(
  session: SearchSession,
  info: CollectionInfo,
  embedder: Promise<Embedder>,
): Promise<void> {
  try {
    assertEmbedder(info.name, info, await embedder);
  } catch {
    // Whoever needs the embedder has its failure.
    return;
  }
  await dropStaged(session);
}

async function dropStaged(session: SearchSession): Promise<void> {
  try {
    await session.call((api) => api.dropStaged());
  } catch {
    // What cannot be removed goes with a later opening.
  }
}

/** @param spec what the collection must be of. @default what is stored */
function sessionOf(
  name: string,
  { passageCharacters, workerUrl, gpu = 'auto' }: CollectionOptions,
  spec?: VectorSpec,
): SearchSession {
  if (passageCharacters !== undefined) {
    wholeNumber('passageCharacters', passageCharacters, MIN_PASSAGE_CHARACTERS);
  }
  if (![true, false, 'auto'].includes(gpu))
    throw badInput(`gpu must be 'auto', true or false`, gpu);
  const room = passageCharacters !== undefined && { passageCharacters };
  const request = { name: checkedName(name), spec, gpu, ...room };
  return new SearchSession(request, () => spawnSearchWorker(workerUrl));
}

async function compatibleInfo(
  session: SearchSession,
  spec: VectorSpec,
  embedder: Embedder,
  { onMismatch = 'refuse', signal, onProgress }: CollectionOptions,
): Promise<CollectionInfo> {
  const { info, compatible, staged } = await unlessAborted(session.open(), signal);
  if (compatible) {
    if (staged) await unlessAborted(dropStaged(session), signal);
    return info;
  }
  if (onMismatch === 'refuse') throw incompatible(info.name, info, spec);
  const assertSame = (): void => {
    assertEmbedder(info.name, spec, embedder);
  };
  const work = { embedder, assertSame, signal, onProgress, dimensions: spec.dimensions };
  return asWriter(REEMBEDDING_LOCK + info.name, () => reembed(session, work), signal);
}

/** The page's side: checks what comes in, embeds, and leaves the rest to the search worker. */
class StoredCollection implements Collection {
  readonly #session: SearchSession;
  /** Its failure is that of each call that needs it. */
  readonly #embedder: Promise<Embedder>;
  #info: CollectionInfo;

  constructor(session: SearchSession, embedder: Promise<Embedder>, info: CollectionInfo) {
    this.#session = session;
    this.#embedder = embedder;
    this.#info = info;
  }

  /** As of this object's last call; other tabs may have written since. */
  get info(): CollectionInfo {
    return this.#info;
  }

  async add(
    documents: DocumentInput | readonly DocumentInput[],
    options: AddOptions = {},
  ): Promise<void> {
    const checked = checkedDocuments(toList(documents));
    throwIfAborted(options.signal);
    if (checked.length === 0) return;
    const work = await this.#work(options);
    const cut = await this.#session.call((api) => api.cut(checked));
    const total = countPassages(cut);
    const store = this.#put.bind(this);
    await embedInto(store, cut, work, { done: 0, total });
  }

  async addEmbedded(documents: readonly DocumentInput[], vectors: EmbeddedRows): Promise<void> {
    const checked = checkedDocuments(documents);
    assertRows(this.#info, vectors, checked.length);
    const { dimensions, dtype, data } = vectors;
    for (let at = 0; at < checked.length; at += EMBEDDED_SLICE) {
      const slice = checked.slice(at, at + EMBEDDED_SLICE).map((document) => ({
        document,
        spans: Uint32Array.of(0, document.text.length),
      }));
      const end = (at + slice.length) * dimensions;
      await this.#put(slice, new Float32Array(data.subarray(at * dimensions, end)), dtype);
    }
  }

  async addRows(
    documents: ByteSource,
    vectors: ByteSource,
    made: RowsFile,
    options: AddRowsOptions = {},
  ): Promise<void> {
    const files = { documents, vectors, made };
    const put: Put = (cut, rows) => this.#put(cut, rows, made.dtype);
    await putRows(put, this.#info, files, options);
  }

  async remove(ids: string | readonly string[]): Promise<number> {
    const checked = checkedIds(ids);
    const { removed, info } = await this.#session.call((api) => api.remove(checked));
    this.#info = info;
    return removed;
  }

  async clear(): Promise<void> {
    this.#info = await this.#session.call((api) => api.clear());
  }

  async get(id: string): Promise<StoredDocument | undefined> {
    const [checked = ''] = checkedIds(id);
    return this.#session.call((api) => api.get(checked));
  }

  /** In the order of ids. */
  async list({ offset = 0, limit = 100 }: ListOptions = {}): Promise<StoredDocument[]> {
    wholeNumber('offset', offset, 0);
    wholeNumber('limit', limit, 1);
    return this.#session.call((api) => api.list(offset, limit));
  }

  async count(): Promise<number> {
    this.#info = await this.#session.call((api) => api.info());
    return this.#info.documents;
  }

  async search(query: string, options: SearchOptions = {}): Promise<Hit[]> {
    const { signal, task } = options;
    const text = checkedQuery(query);
    const request = checkedSearch(options);
    throwIfAborted(signal);
    if ((await this.count()) === 0) return [];
    if (request.mode === 'lexical') return this.#find({ ...request, text }, signal);
    const embedder = await this.#ready(signal);
    const { data } = await embedder.embed(text, {
      kind: 'query',
      dimensions: this.#info.dimensions,
      ...(task !== undefined && { task }),
      ...(signal && { signal }),
    });
    throwIfAborted(signal);
    this.#assertSame(embedder);
    return this.#find({ ...request, text, meaning: data }, signal);
  }

  async similar(id: string, options: SimilarOptions = {}): Promise<Hit[]> {
    const [like = ''] = checkedIds(id);
    const { signal } = options;
    const request = checkedSearch({ ...options, mode: 'vector' });
    throwIfAborted(signal);
    return this.#find({ ...request, meaning: { like } }, signal);
  }

  export(options: ExportOptions = {}): ReadableStream<Uint8Array<ArrayBuffer>> {
    return exportFile(this.#session, options);
  }

  exportRows(
    format: RowFormat,
    options: ExportOptions = {},
  ): ReadableStream<Uint8Array<ArrayBuffer>> {
    return exportRows(this.#session, format, options);
  }

  async #find(request: SearchRequest, signal: AbortSignal | undefined): Promise<Hit[]> {
    const hits = await this.#session.call((api) => api.search(request));
    throwIfAborted(signal);
    return hits;
  }

  close(): Promise<void> {
    return this.#session.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #put(
    documents: readonly CutDocument[],
    vectors: Float32Array<ArrayBuffer>,
    dtype: Dtype | undefined,
  ): Promise<void> {
    this.#info = await this.#session.call((api) =>
      api.put(documents, transfer(vectors, [vectors.buffer]), dtype && [dtype]),
    );
  }

  /** Throws `incompatible-index` where what came is another model than the collection's. */
  async #ready(signal: AbortSignal | undefined): Promise<Embedder> {
    const embedder = await unlessAborted(this.#embedder, signal);
    this.#assertSame(embedder);
    return embedder;
  }

  #assertSame(embedder: Embedder): void {
    assertEmbedder(this.#info.name, this.#info, embedder);
  }

  async #work({ signal, onProgress }: AddOptions): Promise<Parameters<typeof embedInto>[2]> {
    const embedder = await this.#ready(signal);
    const { dimensions } = this.#info;
    const assertSame = this.#assertSame.bind(this, embedder);
    return { embedder, assertSame, dimensions, signal, onProgress };
  }
}

function toList(documents: DocumentInput | readonly DocumentInput[]): readonly DocumentInput[] {
  return isList(documents) ? documents : [documents];
}

/** `Array.isArray` does not narrow readonly arrays. */
function isList(
  value: DocumentInput | readonly DocumentInput[],
): value is readonly DocumentInput[] {
  return Array.isArray(value);
}
