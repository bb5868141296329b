/** A passage with the words that were found marked, and a little of what stands around it. */

import type { Hit } from '../../index.ts';
import { h } from '../dom.ts';
import { foundWords, spansOf } from '../text/marks.ts';

const CONTEXT = 90;

/** The piece of the passage that tells most; with it, where it is not cut, ends of its neighbours. */
export function passageText(hit: Hit): HTMLElement {
  const { passage, snippet, text } = hit;
  const begins = passage.text.startsWith(snippet.text.slice(0, -1));
  const ends = passage.text.endsWith(snippet.text.slice(1));
  const before = begins && text.slice(Math.max(0, passage.start - CONTEXT), passage.start);
  const after = ends && text.slice(passage.end, passage.end + CONTEXT);
  return h(
    'p',
    { class: 'passage', attrs: languageAttributes(hit) },
    before && h('span', { class: 'context' }, `${passage.start > CONTEXT ? '…' : ''}${before}`),
    ...marked(snippet.text, hit),
    after &&
      h('span', { class: 'context' }, `${after}${passage.end + CONTEXT < text.length ? '…' : ''}`),
  );
}

/** The whole document, its best passage standing out. */
export function fullText(hit: Hit): HTMLElement {
  const { passage, text } = hit;
  return h(
    'div',
    {
      class: 'full',
      attrs: { ...languageAttributes(hit), tabindex: 0, role: 'group', 'aria-label': 'Full text' },
    },
    text.slice(0, passage.start),
    h('span', { class: 'best' }, ...marked(passage.text, hit)),
    text.slice(passage.end),
  );
}

export function languageOf(hit: Hit): string | undefined {
  const tag = hit.metadata?.['language'];
  return typeof tag === 'string' && tag !== '' ? tag : undefined;
}

export function languageAttributes(hit: Hit): Record<string, string | undefined> {
  const direction = hit.metadata?.['direction'];
  return { lang: languageOf(hit), dir: typeof direction === 'string' ? direction : 'auto' };
}

function marked(text: string, hit: Hit): (Node | string)[] {
  const parts: (Node | string)[] = [];
  let at = 0;
  for (const { start, end } of spansOf(foundWords(hit), text)) {
    parts.push(text.slice(at, start), h('mark', {}, text.slice(start, end)));
    at = end;
  }
  parts.push(text.slice(at));
  return parts;
}
