/** The ranked list, and moving through it with the arrow keys. */

import type { Hit } from '../../index.ts';
import { button, byId, h } from '../dom.ts';
import type { Answer } from '../state.ts';
import { createHit, titleOf, type HitActions, type HitView } from './hit.ts';
import { languageAttributes } from './passage.ts';
import { createStrip } from './strip.ts';

export interface ResultActions extends HitActions {
  /** From what is like a hit to the question's own answers. */
  back: () => void;
  /** The same question by meaning and words. */
  askBoth: () => void;
}

/** @param documents how many there are to be found */
export function drawResults(
  answer: Answer,
  documents: number,
  actions: ResultActions,
): HTMLElement {
  const { hits, like } = answer;
  const heading = like && likeHeading(like, answer.query, actions.back);
  if (hits.length === 0)
    return h('div', { class: 'results' }, heading, nothing(answer, documents, actions));
  const strip = createStrip(hits);
  const views = hits.map((hit, index) => createHit(hit, index, actions));
  views.forEach(({ element }, index) => {
    for (const type of ['pointerenter', 'focusin']) {
      element.addEventListener(type, () => strip?.point(index));
    }
    for (const type of ['pointerleave', 'focusout']) {
      element.addEventListener(type, () => strip?.point(undefined));
    }
  });
  const list = h('ol', { class: 'hits', attrs: { 'aria-label': 'Passages, best first' } });
  list.append(...views.map(({ element }) => element));
  list.addEventListener('keydown', (event) => move(event, views));
  return h('div', { class: 'results' }, heading, strip?.element, list, keys());
}

function likeHeading(like: Hit, query: string, back: () => void): HTMLElement {
  return h(
    'div',
    { class: 'like-head' },
    h('h2', {}, 'More like “', h('span', { attrs: languageAttributes(like) }, titleOf(like)), '”'),
    button('Back to the question', back, { name: `Back to the question: ${query}` }),
  );
}

/** Nothing was found, and what can be done. */
function nothing(
  { mode, like }: Answer,
  documents: number,
  { askBoth }: ResultActions,
): HTMLElement {
  if (like) {
    return card(
      'Nothing else is here',
      'Add a document, or choose another language for the answers.',
    );
  }
  if (documents === 0) {
    return card(
      'Nothing to show yet',
      'This collection has no text that could answer. Add a document or search another one.',
    );
  }
  if (mode !== 'lexical') {
    return card('Nothing was found', 'Try other words, or another language for the answers.');
  }
  return card(
    'No text here has these words',
    'Search by “Meaning and words”: it also finds what is said in other words, and in other languages.',
    button('Search by meaning and words', askBoth, { kind: 'primary' }),
  );
}

function card(title: string, advice: string, way?: HTMLElement): HTMLElement {
  return h(
    'div',
    { class: 'card' },
    h('h2', {}, title),
    h('p', {}, advice),
    way && h('div', { class: 'card-actions' }, way),
  );
}

function keys(): HTMLElement {
  const key = (name: string, does: string): HTMLElement =>
    h('span', {}, h('kbd', {}, name), ` ${does}`);
  return h(
    'p',
    { class: 'keys', attrs: { 'aria-hidden': 'true' } },
    key('/', 'search'),
    key('↑ ↓', 'move'),
    key('Enter', 'open'),
    key('Esc', 'clear'),
  );
}

function move(event: KeyboardEvent, views: readonly HitView[]): void {
  const at = views.findIndex(({ toggle }) => toggle === document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: views.length - 1 }[event.key];
  if (at === -1 || to === undefined) return;
  event.preventDefault();
  if (to < 0) byId('question', HTMLInputElement).focus();
  else views[Math.min(to, views.length - 1)]?.toggle.focus();
}
