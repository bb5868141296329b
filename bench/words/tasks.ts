/**
 * Labelled searches: which rows answer which query.
 *
 * - `rev`: a definition of WordNet, and the word it defines among 4,000
 * - `ex`: a sentence, and the sense of a word in it among 4,000, each its words and definition
 * - `articles-en`: an article of the Declaration of Human Rights in half of the 36 languages, and the
 *   same in English among 30
 * - `articles`: the same in the 35 other languages, among the 1,050 articles in those
 * - `articles-own`: as before, with the other 29 in the query's language in the way
 */

import { readFileSync } from 'node:fs';
import { SAMPLE_FILES } from '../../src/demo/corpora/files.ts';
import { fromFloat16 } from '../../src/demo/corpora/float16.ts';
import { declarationArticles, type Article } from '../../tools/recall/articles.ts';
import type { Sense } from '../../tools/recall/senses.ts';
import { starterVectors, WIDTH } from '../starter.ts';
import { exampleOf, glossOf, namesOf, sensesOf } from '../wordnet/splits.ts';

export type Split = 'train' | 'test';

export interface Text {
  text: string;
  language?: string;
}

export interface Task {
  name: string;
  documents: readonly Text[];
  queries: readonly Text[];
  /** Unit rows, of the documents and of the queries. */
  documentVectors: Float32Array;
  queryVectors: Float32Array;
  /** Rows that answer each query. */
  relevant: readonly (readonly number[])[];
  /** Rows that each query may find, a bit each. @default all */
  filters?: readonly Uint32Array[];
}

export async function loadTasks(split: Split): Promise<Task[]> {
  const embedded: Task[] = [];
  for (const { documents, queries, ...rest } of senseTasks(split)) {
    const texts = (list: readonly Text[]): string[] => list.map(({ text }) => text);
    embedded.push({
      ...rest,
      documents,
      queries,
      documentVectors: await starterVectors(texts(documents), 'document'),
      queryVectors: await starterVectors(texts(queries), 'query'),
    });
  }
  return [...embedded, ...articleTasks(split)];
}

/** `rev` and `ex` without their vectors: the first document answers the first query, and so on. */
export function senseTasks(split: Split): Omit<Task, 'documentVectors' | 'queryVectors'>[] {
  const senses = sensesOf(split);
  const relevant = senses.map((_, row) => [row]);
  const textsOf = (text: (sense: Sense) => string): Text[] =>
    senses.map((sense) => ({ text: text(sense), language: 'en' }));
  return [
    {
      name: 'rev',
      documents: textsOf(namesOf),
      queries: textsOf(({ definition }) => definition),
      relevant,
    },
    {
      name: 'ex',
      documents: textsOf(glossOf),
      queries: textsOf(exampleOf),
      relevant,
    },
  ];
}

type EmbeddedArticle = Article & { vector: Float32Array };

/** With the vectors of the demo's sample. */
function embeddedArticles(): EmbeddedArticle[] {
  const file = Uint8Array.from(readFileSync(`public/${SAMPLE_FILES.udhr.vectors}`));
  const data = fromFloat16(new Uint16Array(file.buffer));
  return declarationArticles().map((article, row) => ({
    ...article,
    vector: data.subarray(row * WIDTH, (row + 1) * WIDTH),
  }));
}

/** Queries in every other language are learnt from; the rest are for the test. */
function queryRows(split: Split, all: readonly EmbeddedArticle[]): number[] {
  const languages = [...new Set(all.map(({ language }) => language))];
  return [...all.keys()].filter(
    (row) => languages.indexOf(all[row]!.language) % 2 === (split === 'test' ? 0 : 1),
  );
}

export function articleTasks(split: Split): Task[] {
  const all = embeddedArticles();
  const english = all.filter(({ language }) => language === 'en');
  const queries = queryRows(split, all).map((row) => all[row]!);
  const foreign = queries.filter(({ language }) => language !== 'en');
  const others = (query: EmbeddedArticle, row: EmbeddedArticle): boolean =>
    row.language !== query.language;
  return [
    articleTask('articles-en', english, foreign),
    articleTask('articles', all, queries, others),
    articleTask('articles-own', all, queries, (query, row) => row !== query),
  ];
}

/** @param mayFind rows that are searched. @default all */
function articleTask(
  name: string,
  documents: readonly EmbeddedArticle[],
  queries: readonly EmbeddedArticle[],
  mayFind: (query: EmbeddedArticle, row: EmbeddedArticle) => boolean = () => true,
): Task {
  return {
    name,
    documents,
    queries,
    documentVectors: joined(documents),
    queryVectors: joined(queries),
    relevant: queries.map(({ number, language }) =>
      [...documents.keys()].filter(
        (row) => documents[row]!.number === number && documents[row]!.language !== language,
      ),
    ),
    filters: queries.map((query) => bitsOf(documents, (row) => mayFind(query, row))),
  };
}

function bitsOf(
  documents: readonly EmbeddedArticle[],
  holds: (row: EmbeddedArticle) => boolean,
): Uint32Array {
  const bits = new Uint32Array(Math.ceil(documents.length / 32));
  for (const [row, document] of documents.entries()) {
    if (holds(document)) bits[row >>> 5]! |= 1 << (row & 31);
  }
  return bits;
}

function joined(articles: readonly EmbeddedArticle[]): Float32Array {
  const data = new Float32Array(articles.length * WIDTH);
  for (const [i, { vector }] of articles.entries()) data.set(vector, i * WIDTH);
  return data;
}
