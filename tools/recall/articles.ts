/** The Universal Declaration of Human Rights in 36 languages, article by article. */

import { udhrCorpus } from '../samples/udhr.ts';

export interface Article {
  /** BCP 47 tag. */
  language: string;
  /** From 1 on. */
  number: number;
  text: string;
}

/** In the order of the demo's sample: 30 of each language, by their numbers. */
export function declarationArticles(): Article[] {
  return udhrCorpus().documents.map(({ id, text }) => {
    const [language = '', number] = id.split('-');
    return { language, number: Number(number), text };
  });
}
