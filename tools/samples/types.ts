import type { DocumentInput } from '../../src/contract/index.ts';

/** A corpus before its vectors are made. */
export interface Corpus {
  id: string;
  title: string;
  source: string;
  sourceUrl: string;
  licence: string;
  /** File beside the corpus with the full terms. */
  licenceFile: string;
  documents: readonly DocumentInput[];
}
