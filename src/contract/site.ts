/** What a site's index is asked, and what it answers. */

import type { Embedder } from './embedding.ts';
import type { Filter, Metadata, Snippet } from './collection.ts';
import type { Pooling } from './model.ts';

/**
 * What a search of a site needs on the visitor's device, each tier beside the ones before it:
 * `words` nothing, `light` a query encoder of a few megabytes that belongs to the index, `model` the
 * model whose vectors the index holds.
 */
export type SiteTier = 'words' | 'light' | 'model';

/** The model that made a site's vectors. */
export interface SiteModel {
  /** Catalogue id, hub repository id or URL, as `createEmbedder` takes it. */
  model: string;
  revision: string;
  pooling: Pooling;
  /** Width of the vectors in the index; the first values of the model's where it has more. */
  dimensions: number;
}

export interface SiteInfo {
  /** Of this build: changes when anything in the index does. */
  readonly site: string;
  readonly pages: number;
  readonly passages: number;
  /** Base languages of the pages that say theirs, most pages first. */
  readonly languages: readonly string[];
  /** Fields that `filter` may ask for and that visitors choose by. */
  readonly filters: readonly string[];
  /** Absent where the index has words alone. */
  readonly model?: SiteModel;
  /** Download of the query encoder; absent where there is none. */
  readonly light?: { readonly bytes: number };
}

export interface SiteIndexOptions {
  signal?: AbortSignal;
  /** What reads the index's files. @default the page's own `fetch` */
  fetch?: (url: string, init: { signal: AbortSignal; cache?: RequestCache }) => Promise<Response>;
}

export interface SiteSearchOptions {
  /** Most pages to give. @default 10 */
  limit?: number;
  /** Most passages of a page. @default 3 */
  passages?: number;
  /** The highest tier to use. @default the highest that is ready */
  tier?: SiteTier;
  /** Only pages whose metadata passes. @default all */
  filter?: Filter;
  /** BCP 47 tag of the query, for endings of words. @default every language of the index is tried */
  language?: string;
  /** Most UTF-16 units of a snippet. @default 240 */
  snippet?: number;
  signal?: AbortSignal;
}

export interface SitePassageHit {
  /** Number of the passage in this build; `similar` takes it. */
  id: number;
  /** Of the section: the page's address, with the anchor where there is one. */
  url: string;
  /** Of the sections it lies in, the outermost first. */
  headings: readonly string[];
  snippet: Snippet;
  /** What it was ranked by; scores of different queries or tiers do not compare. */
  score: number;
  /** What it was found by. */
  via: 'words' | 'meaning' | 'both';
}

export interface SitePageHit {
  url: string;
  title: string;
  /** BCP 47 tag, where the page has one. */
  language?: string;
  /** What the page says of itself, to show; `image` and `image_alt` among it. */
  metadata: Metadata;
  /** Of its best passage. */
  score: number;
  /** Best first; at least one. */
  passages: SitePassageHit[];
}

export interface SiteAnswer {
  /** What was searched by. Lower than what was asked for where that is not ready or knows no word. */
  tier: SiteTier;
  /** Best first. */
  pages: SitePageHit[];
  /** Files that could not be read or were damaged: without them, others may be missing. Mostly empty. */
  missing: string[];
}

export interface SiteFilterValue {
  value: string | number | boolean;
  /** Pages that have it. */
  pages: number;
}

export interface SiteIndex {
  readonly info: SiteInfo;
  /** The highest tier that is ready. */
  readonly tier: SiteTier;
  /** Read until now, whoever asked. */
  readonly traffic: { readonly files: number; readonly bytes: number };
  /**
   * Pages that answer a query; none for a blank one. Rejects with `bad-input`, `aborted`, `closed`;
   * `download-failed` or `integrity` where nothing of the index could be read.
   */
  search(query: string, options?: SiteSearchOptions): Promise<SiteAnswer>;
  /** Pages like a passage's, by meaning; that page itself is left out. As `search`. */
  similar(id: number, options?: SiteSearchOptions): Promise<SiteAnswer>;
  /** The values of a field of `info.filters`, those of most pages first. */
  filterValues(field: string, options?: { signal?: AbortSignal }): Promise<SiteFilterValue[]>;
  /**
   * Fetches the query encoder and what queries by meaning need; `tier` is `light` afterwards. Does
   * nothing where there is none, or it is there. Throws `download-failed`, `integrity`, `aborted`.
   */
  prepare(options?: { signal?: AbortSignal }): Promise<void>;
  /** What `use` was given; undefined where there is none, and once the index is closed. */
  readonly embedder: Embedder | undefined;
  /**
   * Searches with the index's own model from now on; undefined goes back, and does nothing on a closed
   * index. Throws `incompatible-index` where the embedder is of another model or revision, `closed`. The
   * caller closes the embedder.
   */
  use(embedder: Embedder | undefined): void;
  close(): void;
}
