/** The ranked list, and moving through it with the arrow keys. */

import type { Hit } from '../../index.ts';
import { byId, h } from '../dom.ts';
import type { Answer } from '../state.ts';
import { createHit, type HitActions, type HitView } from './hit.ts';
import { createStrip } from './strip.ts';

export function drawResults(answer: Answer, actions: Omit<HitActions, 'query'>): HTMLElement {
  if (answer.hits.length === 0) return nothing();
  const strip = createStrip(answer.hits);
  const views = answer.hits.map((hit: Hit, index) =>
    createHit(hit, index, { ...actions, query: answer.query }),
  );
  views.forEach(({ element }, index) => {
    for (const type of ['pointerenter', 'focusin']) {
      element.addEventListener(type, () => strip.point(index));
    }
    for (const type of ['pointerleave', 'focusout']) {
      element.addEventListener(type, () => strip.point(undefined));
    }
  });
  const list = h('ol', { class: 'hits', attrs: { 'aria-label': 'Passages, nearest first' } });
  list.append(...views.map(({ element }) => element));
  list.addEventListener('keydown', (event) => move(event, views));
  return h('div', { class: 'results' }, strip.element, list, keys());
}

function nothing(): HTMLElement {
  return h(
    'div',
    { class: 'card' },
    h('h2', {}, 'Nothing to show yet'),
    h(
      'p',
      {},
      'This collection has no text that could answer. Add a document or search another one.',
    ),
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
