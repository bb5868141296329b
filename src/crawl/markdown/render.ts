/** Markdown to the HTML that our reader takes, each heading with the anchor GitHub gives it. */

import GithubSlugger from 'github-slugger';
import MarkdownIt, { type StateCore, type Token } from 'markdown-it';

const markdown = new MarkdownIt({ html: true });
markdown.core.ruler.push('anchors', addAnchors);
markdown.core.ruler.push('signs', dropSigns);

export function rendered(text: string): string {
  return markdown.render(text);
}

/** `## Heading {#id}`, as Docusaurus, Hugo and kramdown have it. */
const CUSTOM_ID = /\{#([^\s{}]+)\}\s*$/;

function addAnchors({ tokens }: StateCore): void {
  const slugger = new GithubSlugger();
  for (const [i, token] of tokens.entries()) {
    if (token.type !== 'heading_open') continue;
    const parts = tokens[i + 1]?.children ?? [];
    const last = parts.at(-1);
    const custom = last?.type === 'text' ? CUSTOM_ID.exec(last.content) : undefined;
    if (last && custom) last.content = last.content.slice(0, custom.index).trimEnd();
    token.attrSet('id', custom?.[1] ?? slugger.slug(shown(parts)));
  }
}

function shown(parts: readonly Token[]): string {
  const isShown = ({ type }: Token): boolean => type === 'text' || type === 'code_inline';
  return parts.map((part) => (isShown(part) ? part.content : '')).join('');
}

/** `[!NOTE]`, `:::tip`, `[x]`: what other renderers make boxes of. */
const SIGNS = /^(?:\[![A-Z]+\][^\S\n]*|:{3,}[^\n]*|\[[ xX]\](?=\s))/;

function dropSigns({ tokens }: StateCore): void {
  for (const { children } of tokens) {
    let isLineStart = true;
    for (const part of children ?? []) {
      if (part.type === 'text' && isLineStart) part.content = part.content.replace(SIGNS, '');
      isLineStart = part.type === 'softbreak' || part.type === 'hardbreak';
    }
  }
}
