/** Questions with known answers, from texts that npm packages bring. */

import { declarationArticles } from './articles.ts';
import { wordnetSenses } from './senses.ts';

/** Among `documents`, each query is to find those in the rows `answers`. */
export interface RecallTask {
  name: string;
  documents: readonly string[];
  queries: readonly RecallQuery[];
}

interface RecallQuery {
  text: string;
  answers: readonly number[];
}

/** Every so many synsets; 4,062 of the 117,791 by default. */
const WORDNET_STEP = 29;

/**
 * Of some synsets, evenly spread over nouns, verbs, adjectives and adverbs: `wordnet-rev`, from a
 * definition to the words it defines, and `wordnet-ex`, from an example sentence to the words and the
 * definition of what it shows.
 */
export function wordnetTasks(step = WORDNET_STEP): RecallTask[] {
  const senses = wordnetSenses()
    .filter((_, i) => i % step === 0)
    .map(({ words, ...rest }) => ({ words: words.join(', '), ...rest }));
  return [
    {
      name: 'wordnet-rev',
      documents: senses.map(({ words }) => words),
      queries: senses.map(({ definition }, row) => ({ text: definition, answers: [row] })),
    },
    {
      name: 'wordnet-ex',
      documents: senses.map(({ words, definition }) => `${words}: ${definition}`),
      queries: senses.flatMap(({ examples }, row) =>
        examples.map((text) => ({ text, answers: [row] })),
      ),
    },
  ];
}

/**
 * `declaration`: from the first sentence of an article of the Universal Declaration of Human Rights, in
 * any of its languages, to that article in English.
 */
export function declarationTask(): RecallTask {
  const articles = readArticles();
  return {
    name: 'declaration',
    documents: articles.filter(({ language }) => language === 'en').map(({ text }) => text),
    queries: articles.map(({ number, sentence }) => ({ text: sentence, answers: [number - 1] })),
  };
}

/**
 * `translations`: from the first sentence of an article, in any language, to the same in all
 * languages, itself among them. @param numbers of the articles that take part
 */
export function translationsTask(numbers: readonly number[]): RecallTask {
  const articles = readArticles().filter(({ number }) => numbers.includes(number));
  return {
    name: 'translations',
    documents: articles.map(({ sentence }) => sentence),
    queries: articles.map(({ number, sentence }) => ({
      text: sentence,
      answers: articles.flatMap((other, row) => (other.number === number ? [row] : [])),
    })),
  };
}

/** With their first sentences. */
function readArticles() {
  return declarationArticles().map((article) => ({
    ...article,
    sentence: firstSentence(article.text),
  }));
}

/** Without the mark that ends it, in any of the scripts. */
function firstSentence(text: string): string {
  return text.split(/[.。।።։۔]/, 1)[0]!.trim();
}
