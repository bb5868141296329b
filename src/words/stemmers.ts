/** Stemmers by language, each loaded when a text of that language comes. */

import { messageOf, NearfieldError } from '../contract/index.ts';

/** Cuts the endings off a word in lower case. */
export type Stem = (word: string) => string;

/**
 * Snowball's algorithms as Orama keeps them (Apache-2.0), one module a language: 1 to 28 KB each as
 * they come, 51 KB together when each is gzipped, of which a collection loads its own. Left out are
 * Bulgarian, which fails on some words, Serbian, which comes as 53 KB, and Sanskrit.
 */
const LOADERS: Readonly<Record<string, () => Promise<{ stemmer: Stem }>>> = {
  ar: () => import('@orama/stemmers/arabic'),
  da: () => import('@orama/stemmers/danish'),
  de: () => import('@orama/stemmers/german'),
  el: () => import('@orama/stemmers/greek'),
  en: () => import('@orama/stemmers/english'),
  es: () => import('@orama/stemmers/spanish'),
  fi: () => import('@orama/stemmers/finnish'),
  fr: () => import('@orama/stemmers/french'),
  ga: () => import('@orama/stemmers/irish'),
  hi: () => import('@orama/stemmers/indian'),
  hu: () => import('@orama/stemmers/hungarian'),
  hy: () => import('@orama/stemmers/armenian'),
  id: () => import('@orama/stemmers/indonesian'),
  it: () => import('@orama/stemmers/italian'),
  lt: () => import('@orama/stemmers/lithuanian'),
  ne: () => import('@orama/stemmers/nepali'),
  nl: () => import('@orama/stemmers/dutch'),
  no: () => import('@orama/stemmers/norwegian'),
  pt: () => import('@orama/stemmers/portuguese'),
  ro: () => import('@orama/stemmers/romanian'),
  ru: () => import('@orama/stemmers/russian'),
  sv: () => import('@orama/stemmers/swedish'),
  ta: () => import('@orama/stemmers/tamil'),
  tr: () => import('@orama/stemmers/turkish'),
  uk: () => import('@orama/stemmers/ukrainian'),
};
const ALIASES: Readonly<Record<string, string>> = { nb: 'no', nn: 'no' };

/** The stemmer's language for a BCP 47 tag: `en` for `en-GB`; undefined where there is none. */
export function stemmedLanguage(tag: string): string | undefined {
  const [language = ''] = tag.toLowerCase().split(/[-_]/);
  const name = ALIASES[language] ?? language;
  return Object.hasOwn(LOADERS, name) ? name : undefined;
}

/** Holds what is loaded, since adding and searching do not wait. */
export class Stemmers {
  readonly #loaded = new Map<string, Stem>();

  /** @param languages as `stemmedLanguage` gives them. Throws `download-failed` */
  async load(languages: Iterable<string>): Promise<void> {
    // All that can be had, whatever fails.
    await settle([...languages].map((language) => this.#load(language)));
  }

  /** Throws `internal` when it should have been loaded before. */
  of(language: string): Stem {
    const stem = this.#loaded.get(language);
    if (stem) return stem;
    throw new NearfieldError('internal', `The stemmer of "${language}" is not loaded yet.`);
  }

  has(language: string): boolean {
    return this.#loaded.has(language);
  }

  async #load(language: string): Promise<void> {
    // A stored index may name anything as a language.
    const loader = Object.hasOwn(LOADERS, language) ? LOADERS[language] : undefined;
    if (!loader || this.#loaded.has(language)) return;
    try {
      this.#loaded.set(language, (await loader()).stemmer);
    } catch (error) {
      const message = `The stemmer of "${language}" could not be fetched: ${messageOf(error)}`;
      throw new NearfieldError('download-failed', message, { cause: error });
    }
  }
}

async function settle(loads: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(loads)).find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
}
