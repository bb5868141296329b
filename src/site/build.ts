/** Writes a site's index: words, texts, filters, vectors and the query encoder, and what names them. */

import type { SiteModel } from '../contract/index.ts';
import type { SiteFile } from './files/index.ts';
import type { SitePassage } from './passage.ts';

export interface SiteMeaning {
  model: SiteModel;
  /** Unit rows in the passages' order, passages x dimensions. */
  vectors: Float32Array;
  /** Mean of the vectors of some queries. @default the encoder's, else the rows' */
  queryMean?: Float32Array;
  /** As `fitLight` gives it. @default none: meaning needs the model itself */
  light?: Uint8Array<ArrayBuffer>;
}

export interface SiteInput {
  /** Those of a page one after the other. */
  passages: readonly SitePassage[];
  /** Fields of their metadata that visitors choose by; the rest is shown and no more. @default all */
  filters?: readonly string[];
  /** @default words alone */
  meaning?: SiteMeaning;
}

export interface BuiltSite {
  /** Hash of all of it, and the folder that `files` lie in. */
  site: string;
  /** One after the other, once; those of this folder never change. */
  files: Iterable<SiteFile>;
  /** `nearfield.json`, beside that folder: to be written last. */
  manifest: SiteFile;
}

/** The same input gives the same bytes. Throws `bad-input`. */
export function buildSite(input: SiteInput): Promise<BuiltSite> {
  return Promise.reject(new Error(`not yet: ${input.passages.length}`));
}
