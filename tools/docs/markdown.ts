/** Markdown of the documentation to HTML: anchors, links between pages, and what may be too wide. */

import { posix } from 'node:path';
import MarkdownIt, { type Token } from 'markdown-it';
import { addAnchors } from '../../src/crawl/markdown/anchors.ts';

/** Where a page's links lead, from its own place. */
export type Address = (link: string) => string;

const markdown = new MarkdownIt({ html: false });
markdown.core.ruler.push('anchors', addAnchors);

/** Scrolls by itself, so a keyboard must be able to reach it. */
const SCROLLS = 'tabindex="0"';
const { fence: plainFence } = markdown.renderer.rules;
if (!plainFence) throw new Error('markdown-it has no rule for code.');

markdown.renderer.rules.fence = (...given) =>
  plainFence(...given).replace('<pre>', `<pre ${SCROLLS}>`);
markdown.renderer.rules.table_open = () =>
  `<div class="wide" role="group" aria-label="Table" ${SCROLLS}>\n<table>\n`;
markdown.renderer.rules.table_close = () => '</table>\n</div>\n';
markdown.renderer.rules.heading_close = (tokens, i) => {
  const { tag } = tokens[i]!;
  const anchor = tokens[i - 2]?.attrGet('id');
  const mark = `<a class="anchor" href="#${anchor}" aria-hidden="true" tabindex="-1">#</a>`;
  return `${tag === 'h1' ? '' : ` ${mark}`}</${tag}>\n`;
};

export function parsed(text: string): Token[] {
  return markdown.parse(text, {});
}

export function rendered(text: string, address: Address): string {
  const tokens = parsed(text);
  for (const token of eachLink(tokens)) {
    const name = token.type === 'image' ? 'src' : 'href';
    token.attrSet(name, address(String(token.attrGet(name))));
  }
  return markdown.renderer.render(tokens, markdown.options, {});
}

/** What links and images of a text name, as it stands there. */
export function linksOf(text: string): string[] {
  return [...eachLink(parsed(text))].map((token) =>
    String(token.attrGet(token.type === 'image' ? 'src' : 'href')),
  );
}

function* eachLink(tokens: readonly Token[]): Generator<Token> {
  for (const { children } of tokens) {
    for (const child of children ?? []) {
      if (child.type === 'link_open' || child.type === 'image') yield child;
    }
  }
}

/** Whether a link leads to a file of the repository, or to a place in one. */
export function isLocal(link: string): boolean {
  return !/^[a-z][a-z\d+.-]*:/i.test(link);
}

/** The file of the repository and the anchor that a local link names. */
export function targetOf(source: string, link: string): { file: string; anchor: string } {
  const [path = '', anchor = ''] = link.split('#');
  const file = path === '' ? source : posix.normalize(posix.join(posix.dirname(source), path));
  return { file, anchor: decodeURIComponent(anchor) };
}
