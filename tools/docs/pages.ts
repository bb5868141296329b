/** The pages of the documentation: Markdown files of the repository, in the order of its menu. */

import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Token } from 'markdown-it';
import { shownText } from '../../src/crawl/markdown/anchors.ts';
import { parsed } from './markdown.ts';

export interface Heading {
  anchor: string;
  text: string;
}

export interface DocsPage {
  /** From the root of the repository, with forward slashes. */
  source: string;
  /** File below the documentation's folder. */
  file: string;
  text: string;
  title: string;
  /** Of its first paragraph, some 160 letters. */
  description: string;
  /** Of the second level, in order: its table of contents. */
  contents: Heading[];
  /** Every anchor that a link may name. */
  anchors: ReadonlySet<string>;
}

export const MENU: readonly { title: string; sources: readonly string[] }[] = [
  { title: 'Start', sources: ['docs/README.md', 'docs/guide.md'] },
  {
    title: 'Site search',
    sources: ['docs/integrations.md', 'docs/widget.md', 'docs/crawl.md', 'docs/index-format.md'],
  },
  { title: 'In an app', sources: ['docs/api.md', 'docs/collection-file.md'] },
  {
    title: 'Running it',
    sources: ['docs/models.md', 'docs/hosting.md', 'docs/security.md', 'docs/benchmarks.md'],
  },
  { title: 'The project', sources: ['docs/architecture.md', 'CONTRIBUTING.md', 'CHANGELOG.md'] },
];

const MOST_LETTERS = 160;

/** All pages of the menu, by their sources. */
export async function readPages(): Promise<ReadonlyMap<string, DocsPage>> {
  const sources = MENU.flatMap(({ sources }) => sources);
  const pages = await Promise.all(
    sources.map(async (source) => pageOf(source, await readFile(source, 'utf8'))),
  );
  return new Map(pages.map((page) => [page.source, page]));
}

export function pageOf(source: string, text: string): DocsPage {
  const tokens = parsed(text);
  const headings = tokens.flatMap((token, i) =>
    token.type === 'heading_open'
      ? [{ level: token.tag, anchor: String(token.attrGet('id')), text: lineAt(tokens, i + 1) }]
      : [],
  );
  const [first] = headings;
  if (first?.level !== 'h1') throw new Error(`${source}: expected a title (# …) as its head.`);
  const name = basename(source, '.md').toLowerCase();
  return {
    source,
    file: `${source === 'docs/README.md' ? 'index' : name}.html`,
    text,
    title: first.text,
    description: description(tokens),
    contents: headings
      .filter(({ level }) => level === 'h2')
      .map(({ anchor, text }) => ({ anchor, text })),
    anchors: new Set(headings.map(({ anchor }) => anchor)),
  };
}

function lineAt(tokens: readonly Token[], i: number): string {
  return shownText(tokens[i]?.children ?? []);
}

function description(tokens: readonly Token[]): string {
  const at = tokens.findIndex(({ type, level }) => type === 'paragraph_open' && level === 0);
  const parts = tokens[at + 1]?.children ?? [];
  const text = parts.map((part) => (part.type === 'softbreak' ? ' ' : shownText([part]))).join('');
  return text.length <= MOST_LETTERS
    ? text
    : `${text.slice(0, MOST_LETTERS).replace(/\s+\S*$/, '')} …`;
}
