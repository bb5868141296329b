/** One hit: a heading that opens it, its passage, and what else can be said about it. */

import type { Hit } from '../../index.ts';
import { button, h } from '../dom.ts';
import { count, languageNames } from '../format.ts';
import { fullText, languageAttributes, languageOf, passageText } from './passage.ts';

export interface HitActions {
  /** The same text in a language the reader knows, where the corpus has it. */
  parallel(hit: Hit): Promise<{ text: string; language: string } | undefined>;
  similar: (hit: Hit) => void;
  remove?: (hit: Hit) => void;
}

export interface HitView {
  element: HTMLLIElement;
  toggle: HTMLButtonElement;
}

export function createHit(hit: Hit, index: number, actions: HitActions): HitView {
  const id = `hit-${index}`;
  const more = h('div', { class: 'hit-more', attrs: { id, hidden: true } });
  const passage = passageText(hit);
  const toggle = h(
    'button',
    {
      class: 'hit-toggle',
      attrs: { type: 'button', 'aria-expanded': 'false', 'aria-controls': id },
    },
    h('span', { attrs: languageAttributes(hit) }, titleOf(hit)),
  );
  const flip = (): void => {
    const open = toggle.getAttribute('aria-expanded') !== 'true';
    toggle.setAttribute('aria-expanded', String(open));
    if (open && !more.hasChildNodes()) fill(more, hit, actions);
    more.hidden = !open;
    passage.hidden = open;
  };
  toggle.addEventListener('click', flip);
  passage.addEventListener('click', () => {
    if (getSelection()?.isCollapsed) flip();
  });
  const element = h(
    'li',
    { class: 'hit' },
    h('div', { class: 'hit-head' }, h('h2', {}, toggle), tags(hit), score(hit)),
    passage,
    more,
    moreLike(hit, actions),
  );
  return { element, toggle };
}

export function titleOf({ id, title, metadata }: Hit): string {
  const heading = metadata?.['heading'];
  return title ?? (typeof heading === 'string' ? heading : id);
}

function tags(hit: Hit): HTMLElement {
  const { article, kind } = hit.metadata ?? {};
  const language = languageOf(hit);
  const numbered = typeof article === 'number';
  // A heading in other numerals says nothing to a reader who does not know the script.
  const telling = numbered && !new RegExp(`\\b${article}\\b`).test(titleOf(hit));
  return h(
    'span',
    { class: 'tags' },
    numbered && language !== undefined && languageTag(language),
    telling && h('span', {}, `Article ${article}`),
    typeof kind === 'string' && h('span', {}, kind),
  );
}

function languageTag(tag: string): HTMLElement {
  const { own, english } = languageNames(tag);
  return h(
    'span',
    {},
    h('span', { class: 'tag-own', attrs: { lang: tag, dir: 'auto' } }, own),
    own !== english && ` ${english}`,
  );
}

function score({ similarity, score: value }: Hit): HTMLElement {
  const byMeaning = similarity !== undefined;
  const title = byMeaning
    ? 'Cosine similarity: how near this passage is in meaning, 1 at most'
    : 'BM25: how much the words tell that were found in this passage';
  return h(
    'span',
    { class: 'score', attrs: { title } },
    h('span', { class: byMeaning ? 'sr-only' : 'score-name' }, byMeaning ? 'similarity ' : 'BM25 '),
    byMeaning ? similarity.toFixed(3) : value.toFixed(1),
  );
}

function moreLike(hit: Hit, { similar }: HitActions): HTMLElement {
  return h(
    'button',
    {
      class: 'hit-like',
      attrs: { type: 'button', 'aria-label': `More like this: ${titleOf(hit)}` },
      on: { click: () => similar(hit) },
    },
    'More like this',
  );
}

function fill(more: HTMLElement, hit: Hit, actions: HitActions): void {
  more.append(fullText(hit), facts(hit));
  const { remove } = actions;
  if (remove) {
    const label = `Delete ${titleOf(hit)}`;
    more.append(button('Delete document', () => remove(hit), { kind: 'danger', name: label }));
  }
  void actions.parallel(hit).then((found) => {
    if (found) more.append(parallelText(found));
  });
}

function facts({ passage, text }: Hit): HTMLElement {
  const whole = passage.start === 0 && passage.end === text.length;
  const where = whole
    ? `${count(text.length)} characters, one passage`
    : `Best passage: characters ${count(passage.start)} to ${count(passage.end)} of ${count(text.length)}`;
  return h('p', { class: 'facts' }, where);
}

function parallelText({ text, language }: { text: string; language: string }): HTMLElement {
  return h(
    'div',
    { class: 'parallel' },
    h('p', { class: 'parallel-title' }, `The same article in ${languageNames(language).english}`),
    h('p', { attrs: { lang: language, dir: 'auto' } }, text),
  );
}
