/** The things that act on the page's state, put together once. */

import { createIngest, type Ingest } from './documents/ingest.ts';
import { createEngine, type Engine } from './engine.ts';
import type { Opening } from './preferences.ts';
import { createSearch, type Search } from './search.ts';
import { createShelf, type Shelf } from './shelf.ts';
import { createState, type State } from './state.ts';
import type { Store } from './store.ts';

export interface Parts {
  store: Store<State>;
  shelf: Shelf;
  engine: Engine;
  search: Search;
  ingest: Ingest;
}

export function createParts({ corpus, query, device }: Opening): Parts {
  const store = createState({ corpus, query, device });
  const shelf = createShelf(store);
  const engine = createEngine(store, (embedder) => shelf.use(embedder));
  const search = createSearch(store, shelf, engine.current);
  const ingest = createIngest(
    store,
    () => shelf.open('documents'),
    () => shelf.recount('documents'),
  );
  return { store, shelf, engine, search, ingest };
}
