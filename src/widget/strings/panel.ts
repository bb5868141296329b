/** What the open search says, as each language's file has it. */

/** By the plural rules of the language; `other` always. */
export type Plural = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };

/** `{…}` stands for a value. */
export interface PanelStrings {
  results: string;
  loading: string;
  /** Before anything is typed. */
  start: string;
  /** {query} */
  nothing: string;
  nothingHint: string;
  failed: string;
  offline: string;
  partial: string;
  /** {count} */
  pages: Plural;
  recent: string;
  clearRecent: string;
  filters: string;
  /** Of a field's values. */
  all: string;
  similar: string;
  /** {title} */
  similarTo: string;
  back: string;
  meaning: string;
  /** {size} */
  meaningOffer: string;
  meaningLoading: string;
  meaningFailed: string;
  model: string;
  /** {size} */
  modelOffer: string;
  download: string;
  cancel: string;
  /** {percent} */
  modelLoading: string;
  modelReady: string;
  modelFailed: string;
  toMove: string;
  toOpen: string;
  toClose: string;
}
