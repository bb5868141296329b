/** Before the first question: what is here, and questions worth asking of it. */

import type { CORPORA } from '../corpora/corpora.ts';
import { h } from '../dom.ts';

type Corpus = (typeof CORPORA)[keyof typeof CORPORA];

export function drawWelcome(corpus: Corpus, ask: (query: string) => void): HTMLElement {
  const suggestions = corpus.suggestions.map(({ text, language }) =>
    h(
      'li',
      {},
      h(
        'button',
        {
          class: 'suggestion',
          attrs: { type: 'button', lang: language, dir: 'auto' },
          on: { click: () => ask(text) },
        },
        text,
      ),
    ),
  );
  return h(
    'div',
    { class: 'welcome' },
    h('p', { class: 'about' }, corpus.about),
    h('h2', { class: 'label', attrs: { id: 'try-title' } }, 'Try one of these'),
    h('ul', { class: 'suggestions', attrs: { 'aria-labelledby': 'try-title' } }, ...suggestions),
    corpus.source && source(corpus.source),
  );
}

function source({ label, url, licence }: NonNullable<Corpus['source']>): HTMLElement {
  return h(
    'p',
    { class: 'source' },
    'Text: ',
    h('a', { attrs: { href: url, rel: 'noreferrer' } }, label),
    ' · ',
    h('a', { attrs: { href: licence } }, 'terms'),
  );
}
