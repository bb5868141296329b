/** Markdown to the HTML that our reader takes, each heading with the anchor GitHub gives it. */

import MarkdownIt, { type StateCore } from 'markdown-it';
import { addAnchors } from './anchors.ts';

const markdown = new MarkdownIt({ html: true });
markdown.core.ruler.push('anchors', addAnchors);
markdown.core.ruler.push('signs', dropSigns);

export function rendered(text: string): string {
  return markdown.render(text);
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
