/** The 10,000 pages with questions of which it is known what page answers them. */

import { declarationArticles } from '../../tools/recall/articles.ts';
import { wordnetSenses } from '../../tools/recall/senses.ts';
import { benchPages, spread, type Page } from './corpus.ts';

/**
 * - `known`: the heading of a section that no other page has, or the words of a sense that are on its page
 *   alone
 * - `paraphrase`: what a word of the dictionary means, which its own page does not tell: it has the word
 *   and sentences with it
 * - `translation`: the beginning of an article of the Declaration in English, which is in the other 35
 *   languages too; the English page itself does not count
 */
export type QueryKind = 'known' | 'paraphrase' | 'translation';

export interface LabelledQuery {
  kind: QueryKind;
  text: string;
  /** Any of them is an answer. */
  urls: ReadonlySet<string>;
  /** Not counted among what was found. */
  without?: string;
}

export interface Labelled {
  pages: Page[];
  queries: LabelledQuery[];
}

const PARAPHRASES = 200;
const HEADINGS = 100;
const NAMES = 100;
/** Definitions that are a question: shorter ones say little, longer ones nobody types. */
const ASKED = /^[^;,(]{24,90}$/;
/** Headings that somebody would type. */
const TYPED = /^[A-Za-z][a-z]+( [a-z]+){1,4}$/;

export function labelledPages(): Labelled {
  const plain = new Set(benchPages().flatMap(({ senses = [] }) => senses));
  const senses = wordnetSenses().filter(({ id }) => plain.has(id));
  const untold = spread(
    senses.filter(({ definition, examples }) => ASKED.test(definition) && examples.length > 0),
    PARAPHRASES,
  );
  const pages = benchPages(new Set(untold.map(({ id }) => id)));
  const urlOf = new Map(pages.flatMap(({ url, senses = [] }) => senses.map((id) => [id, url])));
  const paraphrases = untold.map(({ id, definition }): LabelledQuery => ({
    kind: 'paraphrase',
    text: definition,
    urls: new Set([urlOf.get(id)!]),
  }));
  const names = unique(
    senses.flatMap(({ id, words }) => words.map((word) => [word, urlOf.get(id)!] as const)),
  );
  const headings = unique(
    pages.flatMap(({ url, sections }) =>
      sections.flatMap(({ heading = '' }) =>
        TYPED.test(heading) ? [[heading, url] as const] : [],
      ),
    ),
  );
  return {
    pages,
    queries: [
      ...known(spread(headings, HEADINGS)),
      ...known(spread(names, NAMES)),
      ...paraphrases,
      ...translations(),
    ],
  };
}

/** Texts that are of one page alone. */
function unique(pairs: readonly (readonly [text: string, url: string])[]): [string, string][] {
  const urls = new Map<string, Set<string>>();
  for (const [text, url] of pairs) {
    const key = text.toLowerCase();
    urls.set(key, (urls.get(key) ?? new Set()).add(url));
  }
  return [...urls].flatMap(([text, [url, ...others]]): [string, string][] =>
    others.length === 0 ? [[text, url!]] : [],
  );
}

function known(pairs: readonly [string, string][]): LabelledQuery[] {
  return pairs.map(([text, url]) => ({ kind: 'known', text, urls: new Set([url]) }));
}

function translations(): LabelledQuery[] {
  const articles = declarationArticles();
  const urlOf = ({ language, number }: (typeof articles)[number]): string =>
    `/rights/${language}/${number}/`;
  return articles
    .filter(({ language }) => language === 'en')
    .map((article): LabelledQuery => {
      const others = articles.filter(
        ({ language, number }) => number === article.number && language !== 'en',
      );
      return {
        kind: 'translation',
        text: article.text.split(/\s+/).slice(0, 12).join(' '),
        urls: new Set(others.map(urlOf)),
        without: urlOf(article),
      };
    });
}
