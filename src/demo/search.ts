/** Search as you type: a pause before asking, and a counter that drops answers nobody waits for. */

import type { Collection, Embedder, Hit } from '../index.ts';
import { SAMPLE_FILES } from './corpora/files.ts';
import { isSample, type CorpusId } from './corpora/corpora.ts';
import type { Shelf } from './shelf.ts';
import type { Answer, State } from './state.ts';
import type { Store } from './store.ts';
import { isAbort, troubleOf } from './trouble.ts';

const PAUSE_MS = 90;
const LIMIT = 10;

export interface Search {
  /** Asks after a short pause in typing. */
  type: (query: string) => void;
  /** Asks what is in the state now. */
  ask: () => void;
  /** When the question asked last is answered, or given up. */
  settled: () => Promise<void>;
}

export function createSearch(
  store: Store<State>,
  shelf: Shelf,
  embedder: () => Embedder | undefined,
): Search {
  let turn = 0;
  let timer = 0;
  let running = Promise.resolve();
  let abort = new AbortController();

  function type(query: string): void {
    store.set({ query });
    clearTimeout(timer);
    if (query.trim() === '') ask();
    else timer = window.setTimeout(ask, PAUSE_MS);
  }

  function ask(): void {
    clearTimeout(timer);
    turn++;
    abort.abort();
    abort = new AbortController();
    const { query } = store.get();
    if (query.trim() === '') {
      store.set({ answer: undefined, searching: false, searchTrouble: undefined });
    } else running = answer(query.trim(), turn, abort.signal);
  }

  async function answer(query: string, mine: number, signal: AbortSignal): Promise<void> {
    const { corpus, language } = store.get();
    store.set({ searching: true });
    try {
      const user = embedder();
      // The samples of a first visit are being stored while the question is embedded.
      const [collection, embedded] = await Promise.all([
        shelf.open(corpus),
        user && embedQuestion(query, user, signal),
      ]);
      const found =
        collection && embedded && mine === turn
          ? await find({ query, corpus, language, collection, embedded, signal })
          : undefined;
      if (mine !== turn) return;
      store.set({ answer: found, searching: false, searchTrouble: undefined });
      if (user) store.set({ engine: user.info });
    } catch (error) {
      if (mine !== turn || isAbort(error)) return;
      store.set({ searching: false, answer: undefined, searchTrouble: troubleOf(error) });
    }
  }

  return { type, ask, settled: () => running };
}

interface Question {
  query: string;
  corpus: CorpusId;
  language: string;
  collection: Collection;
  embedded: Embedded;
  signal: AbortSignal;
}

interface Embedded {
  ms: number;
  fromCache: boolean;
}

/** By itself, so that its time can be told; the search then finds the vector in the cache. */
async function embedQuestion(
  query: string,
  embedder: Embedder,
  signal: AbortSignal,
): Promise<Embedded> {
  const hitsBefore = embedder.info.counts.cacheHits;
  const started = performance.now();
  await embedder.embed(query, { kind: 'query', signal });
  const ms = performance.now() - started;
  return { ms, fromCache: embedder.info.counts.cacheHits > hitsBefore };
}

async function find(question: Question): Promise<Answer> {
  const { query, corpus, collection, embedded, signal } = question;
  const started = performance.now();
  const hits = await collection.search(query, { limit: limitFor(question), signal });
  return {
    query,
    corpus,
    hits: hits.filter(inLanguage(question.language)).slice(0, LIMIT),
    embedMs: embedded.ms,
    searchMs: performance.now() - started,
    fromCache: embedded.fromCache,
  };
}

/** A collection has no filter yet: one language is sifted out of all hits. */
function limitFor({ corpus, language }: Question): number {
  return language !== '' && isSample(corpus) ? SAMPLE_FILES[corpus].rows : LIMIT;
}

function inLanguage(language: string): (hit: Hit) => boolean {
  return (hit) => language === '' || hit.metadata?.['language'] === language;
}
