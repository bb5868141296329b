/** 10,000 pages of real text out of what is installed here, and what visitors might ask them. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { declarationArticles } from '../../tools/recall/articles.ts';
import { wordnetSenses, type Sense } from '../../tools/recall/senses.ts';
import type { SitePassage } from '../../src/site/passage.ts';

export interface Page {
  url: string;
  title: string;
  /** BCP 47 tag. */
  language: string;
  sections: { heading?: string; text: string }[];
  /** Of a page of the dictionary: ids of what it explains. */
  senses?: readonly string[];
}

const PAGES = 10_000;
/** Senses on a page of the dictionary, neighbours in its files: 1.4 KB of text. */
const SENSES = 16;
/** UTF-16 units of a page out of a package's Markdown, about. */
const MARKDOWN_PAGE = 3000;
/** UTF-16 units of a passage, at most, unless a paragraph is longer. */
const PASSAGE = 1000;

/**
 * Three kinds: the Declaration of Human Rights, an article in one of 36 languages a page; all Markdown
 * files of installed packages, cut at headings into pages of about 3,000 units; and WordNet, 16
 * neighbouring senses a page with their words, definitions and examples, for the rest of them.
 *
 * @param untold senses whose definitions are left out
 */
export function benchPages(untold: ReadonlySet<string> = new Set()): Page[] {
  const articles = declarationArticles().map(({ language, number, text }): Page => ({
    url: `/rights/${language}/${number}/`,
    title: `${number} (${language})`,
    language,
    sections: [{ text }],
  }));
  const pages = [...articles, ...markdownPages()];
  return [...pages, ...dictionaryPages(PAGES - pages.length, untold)];
}

export function* passagesOf(pages: Iterable<Page>): Generator<SitePassage> {
  for (const { url, title, language, sections } of pages) {
    for (const [i, { heading, text }] of sections.entries()) {
      for (const piece of piecesOf(text)) {
        yield {
          url,
          title,
          language,
          text: piece,
          ...(heading !== undefined && { headings: [heading], anchor: `s${i}` }),
          metadata: { kind: url.split('/')[1]!, language },
        };
      }
    }
  }
}

/** 50: headings of the Markdown, beginnings of definitions, words of the Declaration. */
export function benchQueries(pages: readonly Page[]): string[] {
  const headings = pages
    .flatMap(({ sections }) => sections.map(({ heading }) => heading ?? ''))
    .filter((heading) => /^[A-Za-z][a-z]+( [a-z]+){1,4}$/.test(heading));
  const senses = wordnetSenses().map(({ definition }) => definition.split(/[;,(]/)[0]!.trim());
  const definitions = senses.filter((text) => /^[a-z]+( [a-z]+){2,5}$/.test(text));
  const articles = pages.filter(({ url }) => url.startsWith('/rights/'));
  return [
    ...spread([...new Set(headings)], 25),
    ...spread(definitions, 15),
    ...spread(articles, 10).map(({ sections }) => {
      const words = sections[0]!.text.split(/\s+/).slice(3, 6).join(' ');
      // Where no blanks part words, so much of a sentence.
      return words.slice(0, 30) || sections[0]!.text.slice(0, 8);
    }),
  ];
}

export function spread<T>(items: readonly T[], count: number): T[] {
  const step = items.length / count;
  return Array.from({ length: count }, (_, i) => items[Math.floor((i + 0.5) * step)]!);
}

function dictionaryPages(most: number, untold: ReadonlySet<string>): Page[] {
  const senses = wordnetSenses();
  const pages: Page[] = [];
  for (let at = 0; at < senses.length && pages.length < most; at += SENSES) {
    const group = senses.slice(at, at + SENSES);
    pages.push({
      url: `/words/${group[0]!.id}/`,
      title: `${group[0]!.words[0]!} to ${group.at(-1)!.words[0]!}`,
      language: 'en',
      senses: group.map(({ id }) => id),
      sections: [{ text: group.map((sense) => entryOf(sense, untold)).join('\n\n') }],
    });
  }
  return pages;
}

function entryOf({ id, words, definition, examples }: Sense, untold: ReadonlySet<string>): string {
  const head = untold.has(id) ? words.join(', ') : `${words.join(', ')}: ${definition}.`;
  return [head, ...examples].join('\n');
}

function markdownPages(): Page[] {
  return markdownFiles('node_modules').flatMap((path) => {
    const sections = sectionsOf(readFileSync(path, 'utf8'));
    const title = path.replace(/^node_modules\//, '').replace(/\.md$/i, '');
    return grouped(sections).map((sections, i): Page => ({
      url: `/packages/${title}/${i}/`,
      title,
      language: 'en',
      sections,
    }));
  });
}

/** In rising order, which is the same on each machine with these packages. */
function markdownFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.md$/i.test(entry.name))
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((path) => !path.includes('/.'))
    .sort();
}

function sectionsOf(markdown: string): Page['sections'] {
  return markdown.split(/^(?=#{1,4} )/m).flatMap((part) => {
    const [, heading, text = part] = /^#{1,4} (.*)\n([^]*)$/.exec(part) ?? [];
    if (text.trim() === '') return [];
    return [{ ...(heading !== undefined && { heading }), text: text.trim() }];
  });
}

function grouped(sections: Page['sections']): Page['sections'][] {
  const groups: Page['sections'][] = [];
  let filled = Infinity;
  for (const section of sections) {
    if (filled > MARKDOWN_PAGE) {
      groups.push([]);
      filled = 0;
    }
    groups.at(-1)!.push(section);
    filled += section.text.length;
  }
  return groups;
}

/** Paragraphs together, as many as fit. */
function piecesOf(text: string): string[] {
  const pieces: string[] = [];
  for (const paragraph of text.split(/\n{2,}/)) {
    const last = pieces.at(-1);
    if (last !== undefined && last.length + paragraph.length < PASSAGE) {
      pieces[pieces.length - 1] = `${last}\n\n${paragraph}`;
    } else pieces.push(paragraph);
  }
  return pieces;
}
