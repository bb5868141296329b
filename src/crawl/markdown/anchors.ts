/** Gives each heading the anchor that GitHub gives it, or the one that it names. */

import GithubSlugger from 'github-slugger';
import type { StateCore, Token } from 'markdown-it';

/** `## Heading {#id}`, as Docusaurus, Hugo and kramdown have it. */
const CUSTOM_ID = /\{#([^\s{}]+)\}\s*$/;

/** A core rule of markdown-it. */
export function addAnchors({ tokens }: StateCore): void {
  const slugger = new GithubSlugger();
  for (const [i, token] of tokens.entries()) {
    if (token.type !== 'heading_open') continue;
    const parts = tokens[i + 1]?.children ?? [];
    const last = parts.at(-1);
    const custom = last?.type === 'text' ? CUSTOM_ID.exec(last.content) : undefined;
    if (last && custom) last.content = last.content.slice(0, custom.index).trimEnd();
    token.attrSet('id', custom?.[1] ?? slugger.slug(shownText(parts)));
  }
}

/** What is read of a line, without its markup. */
export function shownText(parts: readonly Token[]): string {
  const isShown = ({ type }: Token): boolean => type === 'text' || type === 'code_inline';
  return parts.map((part) => (isShown(part) ? part.content : '')).join('');
}
