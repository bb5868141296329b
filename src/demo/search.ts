/** Search as you type: a pause before asking, and a counter that drops answers nobody waits for. */

import type { Collection, Embedder, Hit } from '../index.ts';
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
  /** Shows what is like a hit until something is asked again. */
  similar: (like: Hit) => void;
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
    begin();
    if (store.get().query.trim() === '') {
      store.set({ answer: undefined, searching: false, searchTrouble: undefined });
    } else running = answer(turn, abort.signal);
  }

  function similar(like: Hit): void {
    begin();
    running = answer(turn, abort.signal, like);
  }

  function begin(): void {
    clearTimeout(timer);
    turn++;
    abort.abort();
    abort = new AbortController();
  }

  async function answer(mine: number, signal: AbortSignal, like?: Hit): Promise<void> {
    const { corpus, language, mode, query: typed } = store.get();
    const query = typed.trim();
    store.set({ searching: true });
    try {
      const user = embedder();
      const byMeaning = mode !== 'lexical' && !like;
      // The samples of a first visit are being stored while the question is embedded.
      const [collection, embedded] = await Promise.all([
        shelf.open(corpus),
        byMeaning && user ? embedQuestion(query, user, signal) : undefined,
      ]);
      const asked = { query, corpus, mode, ...(like && { like }) };
      const found =
        collection && mine === turn ? await find(collection, asked, language, signal) : undefined;
      if (mine !== turn) return;
      store.set({
        answer: found && { ...asked, ...found, ...(embedded && { embedded }) },
        searching: false,
        searchTrouble: undefined,
      });
      if (user) store.set({ engine: user.info });
    } catch (error) {
      if (mine !== turn || isAbort(error)) return;
      store.set({ searching: false, answer: undefined, searchTrouble: troubleOf(error) });
    }
  }

  return { type, ask, similar, settled: () => running };
}

/** By itself, so that its time can be told; the search then finds the vector in the cache. */
async function embedQuestion(
  query: string,
  embedder: Embedder,
  signal: AbortSignal,
): Promise<NonNullable<Answer['embedded']>> {
  const hitsBefore = embedder.info.counts.cacheHits;
  const started = performance.now();
  await embedder.embed(query, { kind: 'query', signal });
  const ms = performance.now() - started;
  return { ms, fromCache: embedder.info.counts.cacheHits > hitsBefore };
}

async function find(
  collection: Collection,
  { query, mode, like }: Pick<Answer, 'query' | 'mode' | 'like'>,
  language: string,
  signal: AbortSignal,
): Promise<Pick<Answer, 'hits' | 'searchMs'>> {
  const options = { limit: LIMIT, signal, ...(language !== '' && { filter: { language } }) };
  const started = performance.now();
  const hits = like
    ? await collection.similar(like.id, options)
    : await collection.search(query, { ...options, mode });
  return { hits, searchMs: performance.now() - started };
}
