/** The collections on this page: two samples and the visitor's own documents. */

import {
  deleteCollection,
  listCollections,
  openCollection,
  type Collection,
  type Embedder,
} from '../index.ts';
import { CORPORA, isCorpusId, isSample, type CorpusId, type SampleId } from './corpora/corpora.ts';
import { SAMPLE_FILES } from './corpora/files.ts';
import { fetchDocuments, fetchSample, sampleVersion, type Sample } from './corpora/samples.ts';
import { recall, remember } from './memory.ts';
import type { ShelfState, State } from './state.ts';
import type { Store } from './store.ts';
import { isAbort, troubleOf } from './trouble.ts';

const OWN = 'my-documents';
const SAMPLE_PREFIX = 'sample-';

export class Shelf {
  readonly #store: Store<State>;
  readonly #opened = new Map<CorpusId, Promise<Collection | undefined>>();
  readonly #fetched = new Map<SampleId, Promise<Sample>>();
  #embedder: Embedder | undefined;
  #abort = new AbortController();

  constructor(store: Store<State>) {
    this.#store = store;
  }

  /** Fetches a sample while the model loads, when this browser does not have it yet. */
  prefetch(id: CorpusId): void {
    if (!isSample(id) || recall(nameOf(id, 'starter')) !== null) return;
    this.#sample(id).catch(() => undefined);
  }

  /** Every collection follows to this embedder. */
  async use(embedder: Embedder): Promise<void> {
    await this.closeAll();
    this.#embedder = embedder;
  }

  /** The collection, filled; undefined when it cannot be searched (its state says why). */
  open(id: CorpusId): Promise<Collection | undefined> {
    const opening = this.#opened.get(id) ?? this.#attempt(id);
    this.#opened.set(id, opening);
    return opening;
  }

  /** Embeds what this model has no vectors of: a sample, or documents of another model. */
  async embed(id: CorpusId): Promise<void> {
    const embedder = this.#embedder;
    if (!embedder) return;
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    const { documents } = this.#state(id);
    this.#show(id, { phase: 'embedding', documents });
    const onProgress = (progress: { done: number; total: number }): void => {
      if (!signal.aborted) this.#show(id, { phase: 'embedding', documents, progress });
    };
    try {
      const job = { signal, onProgress };
      await (isSample(id) ? embedSample(id, embedder, job) : reembedOwn(embedder, job));
    } catch (error) {
      if (!isAbort(error)) return this.#fail(id, error);
    }
    this.#opened.delete(id);
    await this.open(id);
  }

  cancelEmbed(): void {
    this.#abort.abort();
  }

  /** Looks again at how many documents there are. */
  async recount(id: CorpusId): Promise<void> {
    const collection = await this.#opened.get(id);
    if (collection) this.#show(id, { phase: 'ready', documents: await collection.count() });
  }

  async closeAll(): Promise<void> {
    this.#abort.abort();
    const all = [...this.#opened.values()];
    this.#opened.clear();
    for (const collection of all) await (await collection)?.close();
  }

  /** After everything was deleted: empty shelves. */
  forget(): void {
    this.#fetched.clear();
    this.#embedder = undefined;
    for (const id of Object.keys(CORPORA)) {
      if (isCorpusId(id)) this.#show(id, { phase: 'closed', documents: 0 });
    }
  }

  #state(id: CorpusId): ShelfState {
    return this.#store.get().shelves[id];
  }

  #show(id: CorpusId, state: ShelfState): void {
    this.#store.set({ shelves: { ...this.#store.get().shelves, [id]: state } });
  }

  #fail(id: CorpusId, error: unknown): void {
    this.#opened.delete(id);
    const trouble = troubleOf(error);
    const phase = trouble.code === 'incompatible-index' ? 'mismatch' : 'failed';
    this.#show(id, { phase, documents: this.#state(id).documents, trouble });
  }

  async #attempt(id: CorpusId): Promise<Collection | undefined> {
    const embedder = this.#embedder;
    if (!embedder) return undefined;
    try {
      this.#show(id, { phase: 'opening', documents: this.#state(id).documents });
      return await (isSample(id) ? this.#openSample(id, embedder) : this.#openOwn(embedder));
    } catch (error) {
      this.#fail(id, error);
      return undefined;
    }
  }

  async #openOwn(embedder: Embedder): Promise<Collection> {
    const collection = await openCollection(OWN, { embedder });
    this.#show('documents', { phase: 'ready', documents: await collection.count() });
    return collection;
  }

  async #openSample(id: SampleId, embedder: Embedder): Promise<Collection | undefined> {
    const { model } = embedder.info;
    const collection = await openCollection(nameOf(id, model), { embedder });
    const documents = await collection.count();
    if (documents < SAMPLE_FILES[id].rows) {
      if (model !== 'starter') return await this.#withdraw(id, collection, documents);
      await this.#install(id, collection);
    }
    this.#fetched.delete(id);
    this.#show(id, { phase: 'ready', documents: SAMPLE_FILES[id].rows });
    return collection;
  }

  async #install(id: SampleId, collection: Collection): Promise<void> {
    const { documents, vectors } = await this.#sample(id);
    await collection.addEmbedded(documents, vectors);
    remember(nameOf(id, vectors.model), 'installed');
    void removeOldReleases(id);
  }

  async #withdraw(id: SampleId, collection: Collection, documents: number): Promise<undefined> {
    await collection.close();
    this.#opened.delete(id);
    this.#show(id, { phase: 'unembedded', documents });
  }

  /** One fetch however many ask; a failed one is forgotten. */
  #sample(id: SampleId): Promise<Sample> {
    const known = this.#fetched.get(id);
    if (known) return known;
    const fetching = fetchSample(id);
    this.#fetched.set(id, fetching);
    fetching.catch(() => this.#fetched.delete(id));
    return fetching;
  }
}

interface EmbedJob {
  signal: AbortSignal;
  onProgress: (progress: { done: number; total: number }) => void;
}

async function embedSample(id: SampleId, embedder: Embedder, job: EmbedJob): Promise<void> {
  const { documents } = await fetchDocuments(id);
  const collection = await openCollection(nameOf(id, embedder.info.model), { embedder });
  try {
    await collection.add(documents, job);
  } finally {
    await collection.close();
  }
}

async function reembedOwn(embedder: Embedder, job: EmbedJob): Promise<void> {
  const collection = await openCollection(OWN, { embedder, onMismatch: 're-embed', ...job });
  await collection.close();
}

function nameOf(id: SampleId, model: string): string {
  return `${SAMPLE_PREFIX}${id}-${sampleVersion(id)}-${model}`;
}

async function removeOldReleases(id: SampleId): Promise<void> {
  for (const { name } of await listCollections()) {
    const ours = name.startsWith(`${SAMPLE_PREFIX}${id}-`);
    if (ours && !name.includes(sampleVersion(id))) await deleteCollection(name);
  }
}
