/** Models that the widgets of a page gave to an index: who takes one back leaves those of others alone. */

import type { Embedder, SiteIndex } from '../../contract/index.ts';

/** By index, those that are open; the last was given last. */
const GIVEN = new WeakMap<SiteIndex, readonly Embedder[]>();

/** Searches are by this one from now on. Throws as `use`. */
export function giveTo(index: SiteIndex, embedder: Embedder): void {
  const { embedder: before } = index;
  index.use(embedder);
  // The first may take the place of one that the page itself gave.
  GIVEN.set(index, [...(GIVEN.get(index) ?? (before ? [before] : [])), embedder]);
}

/** Goes back to the one that was given before, unless the page uses another by now or has closed the index. */
export function takeFrom(index: SiteIndex, embedder: Embedder): void {
  const others = (GIVEN.get(index) ?? []).filter((other) => other !== embedder);
  GIVEN.set(index, others);
  if (index.embedder === embedder) index.use(others.at(-1));
}
