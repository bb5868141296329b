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
      const collection = await shelf.open(corpus);
      const user = embedder();
      const found =
        collection && user && mine === turn
          ? await find({ query, corpus, language, collection, embedder: user, signal })
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
  embedder: Embedder;
  signal: AbortSignal;
}

/** The question is embedded first and by itself, so that both times can be told apart. */
async function find(question: Question): Promise<Answer> {
  const { query, corpus, collection, embedder, signal } = question;
  const hitsBefore = embedder.info.counts.cacheHits;
  const started = performance.now();
  await embedder.embed(query, { kind: 'query', signal });
  const embedded = performance.now();
  const fromCache = embedder.info.counts.cacheHits > hitsBefore;
  const hits = await collection.search(query, { limit: limitFor(question), signal });
  return {
    query,
    corpus,
    hits: hits.filter(inLanguage(question.language)).slice(0, LIMIT),
    embedMs: embedded - started,
    searchMs: performance.now() - embedded,
    fromCache,
  };
}

/** A collection has no filter yet: one language is sifted out of all hits. */
function limitFor({ corpus, language }: Question): number {
  return language !== '' && isSample(corpus) ? SAMPLE_FILES[corpus].rows : LIMIT;
}

function inLanguage(language: string): (hit: Hit) => boolean {
  return (hit) => language === '' || hit.metadata?.['language'] === language;
}
