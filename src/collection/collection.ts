import { transfer } from 'comlink';
import { throwIfAborted } from '../contract/index.ts';
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
import { unlessAborted } from '../bridge/index.ts';
import { countPassages, embedInto, reembed } from './adding.ts';
import { checkedName } from './catalogue.ts';
import {
  assertEmbedder,
  assertRows,
  checkedQuery,
  checkedSearch,
  checkedSpec,
  wholeNumber,
} from './checks.ts';
import { checkedDocuments, checkedIds } from './documents.ts';
import { exportFile, exportRows } from './exporting.ts';
import type { Put } from './putting.ts';
import { putRows } from './rows-in.ts';
import { SearchSession, spawnSearchWorker } from './session.ts';
import { incompatible } from './spec.ts';
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
 * nothing stored has changed.
 */
export async function openCollection(
  name: string,
  options: CollectionOptions,
): Promise<Collection> {
  throwIfAborted(options.signal);
  const spec = checkedSpec(options);
  const { passageCharacters, workerUrl } = options;
  const request = {
    name: checkedName(name),
    spec,
    ...(passageCharacters !== undefined && { passageCharacters }),
  };
  const session = new SearchSession(request, () => spawnSearchWorker(workerUrl));
  try {
    const info = await compatibleInfo(session, request, options);
    return new StoredCollection(session, options.embedder, info);
  } catch (error) {
    await session.close();
    throw error;
  }
}

async function compatibleInfo(
  session: SearchSession,
  { name, spec }: { name: string; spec: VectorSpec },
  { embedder, onMismatch = 'refuse', signal, onProgress }: CollectionOptions,
): Promise<CollectionInfo> {
  const { info, compatible } = await unlessAborted(session.open(), signal);
  if (compatible) return info;
  if (onMismatch === 'refuse') throw incompatible(name, info, spec);
  const { dimensions } = spec;
  const assertSame = (): void => {
    assertEmbedder(name, spec, embedder);
  };
  return reembed(session, { embedder, assertSame, dimensions, signal, onProgress });
}

/** The page's side: checks what comes in, embeds, and leaves the rest to the search worker. */
class StoredCollection implements Collection {
  readonly #session: SearchSession;
  readonly #embedder: Embedder;
  #info: CollectionInfo;

  constructor(session: SearchSession, embedder: Embedder, info: CollectionInfo) {
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
    const cut = await this.#session.call((api) => api.cut(checked));
    const total = countPassages(cut);
    const store = this.#put.bind(this);
    await embedInto(store, cut, this.#work(options), { done: 0, total });
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
    const { data } = await this.#embedder.embed(text, {
      kind: 'query',
      dimensions: this.#info.dimensions,
      ...(task !== undefined && { task }),
      ...(signal && { signal }),
    });
    throwIfAborted(signal);
    this.#assertSame();
    return this.#find({ ...request, text, meaning: data }, signal);
  }

  async similar(id: string, options: SimilarOptions = {}): Promise<Hit[]> {
    const [like = ''] = checkedIds(id);
    const { limit, minScore, filter, passages, explain, distinct, exact, signal } = options;
    const given = { limit, minScore, filter, passages, explain, distinct, exact };
    const request = checkedSearch({ ...given, mode: 'vector' } as SearchOptions);
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

  #assertSame(): void {
    assertEmbedder(this.#info.name, this.#info, this.#embedder);
  }

  #work({ signal, onProgress }: AddOptions): Parameters<typeof embedInto>[2] {
    const { dimensions } = this.#info;
    const assertSame = this.#assertSame.bind(this);
    return { embedder: this.#embedder, assertSame, dimensions, signal, onProgress };
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
