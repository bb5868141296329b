/** The things that act on the page's state, put together once. */

import { Ingest } from './documents/ingest.ts';
import { Engine } from './engine.ts';
import type { Opening } from './preferences.ts';
import { createSearch, type Search } from './search.ts';
import { Shelf } from './shelf.ts';
import { createState, type State } from './state.ts';
import type { Store } from './store.ts';

export interface Parts {
  store: Store<State>;
  shelf: Shelf;
  engine: Engine;
  search: Search;
  ingest: Ingest;
}

export function createParts({ corpus, query, mode, device }: Opening): Parts {
  const store = createState({ corpus, query, mode, device });
  const shelf = new Shelf(store);
  const engine = new Engine(
    store,
    (embedder) => shelf.use(embedder),
    () => store.set({ modelStored: true }),
  );
  const search = createSearch(store, shelf, () => engine.current);
  const ingest = new Ingest(store, {
    open: () => shelf.open('documents'),
    onChange: () => shelf.recount('documents'),
  });
  return { store, shelf, engine, search, ingest };
}
