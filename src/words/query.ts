/** A query as words to look up. */

import type { Analyser } from './analyse.ts';
import { allowedEdits } from './fuzzy.ts';
import { isOpenEnded, languageOfScript } from './scripts.ts';
import { stemmedLanguage } from './stemmers.ts';

export interface QueryOptions {
  /**
   * BCP 47 tag of the query. @default what its script tells; where that tells nothing, its words are
   * stemmed in each language of the index
   */
  language?: string | undefined;
  /** The last word may be the beginning of one, unless something follows it. @default true */
  prefix?: boolean | undefined;
  /** Long words that nobody has may be misspelt. @default true */
  fuzzy?: boolean | undefined;
}

export interface QueryWord {
  form: string;
  /** Keys of its stems, one a language. */
  stems: readonly string[];
  /** Longer forms that begin with it count, too. */
  prefix: boolean;
  /** Most edits to a form that counts where no other does. */
  edits: number;
}

/** Shorter beginnings have too many words to tell anything. */
const SHORTEST_PREFIX = 2;

/** Each word once, in the order of the query. */
export function parseQuery(
  query: string,
  analyser: Analyser,
  { language, prefix = true, fuzzy = true }: QueryOptions,
  indexed: readonly string[],
): QueryWord[] {
  const words = new Map<string, QueryWord>();
  for (const { word, form, end } of analyser.terms(query)) {
    const openEnded = isOpenEnded(form);
    const unfinished = openEnded || (end === query.length && form.length >= SHORTEST_PREFIX);
    const before = words.get(form);
    words.set(form, {
      form,
      stems: before?.stems ?? stemsOf(word, analyser, language, indexed),
      prefix: before?.prefix === true || (prefix && unfinished),
      edits: fuzzy && !openEnded ? allowedEdits(form.length) : 0,
    });
  }
  return [...words.values()];
}

function stemsOf(
  word: string,
  analyser: Analyser,
  tag: string | undefined,
  indexed: readonly string[],
): string[] {
  const language = tag ?? languageOfScript(word);
  const stemmed = language === undefined ? undefined : stemmedLanguage(language);
  const languages = language === undefined ? indexed : stemmed === undefined ? [] : [stemmed];
  return languages.flatMap((language) => analyser.stemKey(word, language) ?? []);
}
