/** From a text to what is looked up: folded forms, and the stem that forms of one word share. */

import { fold, lowered } from './fold.ts';
import { languageOfScript } from './scripts.ts';
import { stemmedLanguage, type Stemmers } from './stemmers.ts';
import { tokensOf, type Token } from './tokens.ts';

export interface Term extends Token {
  /** Folded: `fold(word)`. */
  form: string;
  /** Key of the stem, `en:run`; undefined where the language has no stemmer or is not known. */
  stem: string | undefined;
}

/** Between a language and a stem, in the key that names both. */
export const STEM_MARK = ':';

/** Words kept with their forms, so that a frequent one is folded once. */
const REMEMBERED = 1 << 16;
/** UTF-16 units of a text that are looked at for its script. */
const SAMPLE = 1000;

type Spelling = Pick<Term, 'form' | 'stem'>;

/** The stemmer's language of a text: as its tag says, else as its script tells; undefined for none. */
export function languageOf(text: string, tag?: string): string | undefined {
  const language = tag ?? languageOfScript(text.slice(0, SAMPLE));
  return language === undefined ? undefined : stemmedLanguage(language);
}

/** Analyses texts alike for documents and queries. */
export class Analyser {
  readonly #stemmers: Stemmers;
  readonly #known = new Map<string, Map<string, Spelling>>();

  constructor(stemmers: Stemmers) {
    this.#stemmers = stemmers;
  }

  /**
   * @param language as `languageOf` gives it; terms have no stems without one.
   * Throws `internal` where its stemmer is not loaded.
   */
  *terms(text: string, language?: string): Generator<Term> {
    const spellings = this.#spellings(language ?? '');
    for (const token of tokensOf(text)) {
      let spelling = spellings.get(token.word);
      if (!spelling) {
        spelling = this.#spell(token.word, language);
        if (spellings.size >= REMEMBERED) spellings.clear();
        spellings.set(token.word, spelling);
      }
      const { word, start, end } = token;
      // Spelt out: spreading would take most of the time of indexing.
      if (spelling.form !== '')
        yield { word, start, end, form: spelling.form, stem: spelling.stem };
    }
  }

  /** Key of a word's stem; undefined where the language's stemmer is not loaded. */
  stemKey(word: string, language: string): string | undefined {
    return this.#stemmers.has(language) ? this.#keyOf(word, language) : undefined;
  }

  #spell(word: string, language: string | undefined): Spelling {
    const form = fold(word);
    return { form, stem: language === undefined ? undefined : this.#keyOf(word, language) };
  }

  #keyOf(word: string, language: string): string {
    return language + STEM_MARK + fold(this.#stemmers.of(language)(lowered(word)));
  }

  #spellings(language: string): Map<string, Spelling> {
    let spellings = this.#known.get(language);
    if (!spellings) {
      spellings = new Map();
      this.#known.set(language, spellings);
    }
    return spellings;
  }
}
