/** The collections on this page: two samples and the visitor's own documents. */

import {
  deleteCollection,
  listCollections,
  openCollection,
  type Collection,
  type Embedder,
} from '../index.ts';
import { isSample, type CorpusId, type SampleId } from './corpora/corpora.ts';
import { SAMPLE_FILES } from './corpora/files.ts';
import { fetchDocuments, fetchSample, sampleVersion, type Sample } from './corpora/samples.ts';
import type { ShelfState, State } from './state.ts';
import type { Store } from './store.ts';
import { isAbort, troubleOf } from './trouble.ts';

const OWN = 'my-documents';
const SAMPLE_PREFIX = 'sample-';

export interface Shelf {
  /** Fetches a sample while the model loads, when this browser does not have it yet. */
  prefetch(id: CorpusId): Promise<void>;
  /** Every collection follows to this embedder. */
  use(embedder: Embedder): Promise<void>;
  /** The collection, filled; undefined when it cannot be searched (its state says why). */
  open(id: CorpusId): Promise<Collection | undefined>;
  /** Embeds what this model has no vectors of: a sample, or documents of another model. */
  embed(id: CorpusId): Promise<void>;
  cancelEmbed(): void;
  /** Looks again at how many documents there are. */
  recount(id: CorpusId): Promise<void>;
  closeAll(): Promise<void>;
  /** After everything was deleted: shows empty shelves. */
  forget(): void;
}

export function createShelf(store: Store<State>): Shelf {
  const opened = new Map<CorpusId, Promise<Collection | undefined>>();
  const fetched = new Map<SampleId, Promise<Sample>>();
  let embedder: Embedder | undefined;
  let abort = new AbortController();

  function show(id: CorpusId, patch: ShelfState): void {
    store.set({ shelves: { ...store.get().shelves, [id]: patch } });
  }

  async function prefetch(id: CorpusId): Promise<void> {
    if (!isSample(id) || fetched.has(id)) return;
    const known = await listCollections();
    if (!known.includes(nameOf(id, 'starter'))) void sample(id).catch(() => undefined);
  }

  /** One fetch however many ask; a failed one is forgotten. */
  function sample(id: SampleId): Promise<Sample> {
    const running = fetched.get(id) ?? fetchSample(id);
    fetched.set(id, running);
    running.catch(() => fetched.delete(id));
    return running;
  }

  async function use(next: Embedder): Promise<void> {
    await closeAll();
    embedder = next;
  }

  function open(id: CorpusId): Promise<Collection | undefined> {
    const known = opened.get(id);
    if (known) return known;
    const opening = attempt(id, (user) => (isSample(id) ? openSample(id, user) : openOwn(user)));
    opened.set(id, opening);
    return opening;
  }

  async function attempt(
    id: CorpusId,
    work: (embedder: Embedder) => Promise<Collection | undefined>,
  ): Promise<Collection | undefined> {
    if (!embedder) return undefined;
    try {
      show(id, { ...store.get().shelves[id], phase: 'opening' });
      return await work(embedder);
    } catch (error) {
      opened.delete(id);
      const trouble = troubleOf(error);
      const phase = trouble.code === 'incompatible-index' ? 'mismatch' : 'failed';
      show(id, { phase, documents: 0, trouble });
      return undefined;
    }
  }

  async function openOwn(user: Embedder): Promise<Collection> {
    const collection = await openCollection(OWN, { embedder: user });
    show('documents', { phase: 'ready', documents: await collection.count() });
    return collection;
  }

  async function openSample(id: SampleId, user: Embedder): Promise<Collection | undefined> {
    const { model } = user.info;
    const collection = await openCollection(nameOf(id, model), { embedder: user });
    if ((await collection.count()) < SAMPLE_FILES[id].rows) {
      if (model !== 'starter') return await withdraw(id, collection);
      const { documents, vectors } = await sample(id);
      await collection.addEmbedded(documents, vectors);
      void removeOldReleases(id);
    }
    fetched.delete(id);
    show(id, { phase: 'ready', documents: SAMPLE_FILES[id].rows });
    return collection;
  }

  async function withdraw(id: SampleId, collection: Collection): Promise<undefined> {
    const documents = await collection.count();
    await collection.close();
    opened.delete(id);
    show(id, { phase: 'unembedded', documents });
  }

  async function embed(id: CorpusId): Promise<void> {
    const user = embedder;
    if (!user) return;
    abort = new AbortController();
    const { signal } = abort;
    const onProgress = (progress: { done: number; total: number }): void => {
      if (!signal.aborted) show(id, { ...store.get().shelves[id], phase: 'embedding', progress });
    };
    show(id, { phase: 'embedding', documents: store.get().shelves[id].documents });
    opened.delete(id);
    try {
      if (isSample(id)) await embedSample(id, user, { signal, onProgress });
      else await reembedOwn(user, { signal, onProgress });
    } catch (error) {
      if (!isAbort(error))
        return show(id, { phase: 'failed', documents: 0, trouble: troubleOf(error) });
    }
    opened.delete(id);
    await open(id);
  }

  return {
    prefetch,
    use,
    open,
    embed,
    cancelEmbed: () => abort.abort(),
    recount: async (id) => {
      const collection = await opened.get(id);
      if (collection) show(id, { phase: 'ready', documents: await collection.count() });
    },
    closeAll,
    forget: () => {
      fetched.clear();
      embedder = undefined;
      for (const id of ['udhr', 'wordnet', 'documents'] as const) {
        show(id, { phase: 'closed', documents: 0 });
      }
    },
  };

  async function closeAll(): Promise<void> {
    abort.abort();
    const all = [...opened.values()];
    opened.clear();
    for (const collection of all) await (await collection)?.close();
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
  for (const name of await listCollections()) {
    const ours = name.startsWith(`${SAMPLE_PREFIX}${id}-`);
    if (ours && !name.includes(sampleVersion(id))) await deleteCollection(name);
  }
}
