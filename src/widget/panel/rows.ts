/**
 * A page that was found, as nodes. All that comes from the index is put there as text or checked as a
 * link: whatever is in it, no other elements and no other addresses come of it.
 */

import type { SitePageHit, SitePassageHit } from '../../contract/index.ts';
import { h, icon, type Child } from '../dom.ts';
import { pageLink, placeOf } from '../links.ts';
import { ENTER, PAGE, SECTION, SIMILAR } from './icons.ts';
import { markedNodes } from './marks.ts';

/** What an option of the list stands for. */
export interface Choice {
  page: SitePageHit;
  /** Absent for the page itself. */
  passage?: SitePassageHit;
  /** What pages like this one are asked for by. */
  id: number;
  /** Absolute; absent where it is none that may be followed. */
  href?: string;
}

export interface PageView {
  /** Of its page, to know it again in another answer. */
  key: string;
  group: HTMLElement;
  choices: ReadonlyMap<Element, Choice>;
}

export interface PageViewOptions {
  /** The first number free for ids; each option takes one. */
  number: number;
  /** Name of the button for similar pages; undefined where there is none. */
  similar: string | undefined;
}

export function pageView(page: SitePageHit, { number, similar }: PageViewOptions): PageView {
  const choices = new Map<Element, Choice>();
  const title = titleOf(page);
  const titleId = `title-${number}`;
  // A passage before the first heading is the page's own.
  const [top, ...rest] = page.passages;
  const own = top && (top.headings.length === 0 || top.url === page.url) ? top : undefined;
  const sections = onePerSection(own ? rest : page.passages);
  const rows = [
    row('page', { page, ...linked(page.url), id: (own ?? top)?.id ?? -1 }, [
      h('span', { class: 'title', part: 'title', id: titleId, dir: 'auto' }, title),
      place(page.url),
      own && excerpt(own),
    ]),
    ...sections.map((passage) =>
      row('section', { page, passage, ...linked(passage.url), id: passage.id }, [
        h('span', { class: 'heading', part: 'heading', dir: 'auto' }, headingOf(passage, title)),
        excerpt(passage),
      ]),
    ),
  ];
  const group = h('div', {
    class: 'page',
    part: 'group',
    role: 'group',
    'aria-labelledby': titleId,
    lang: page.language,
  });
  for (const [i, { element, option, choice }] of rows.entries()) {
    option.id = `option-${number + i}`;
    if (similar !== undefined && choice.id >= 0) element.append(similarButton(similar));
    choices.set(option, choice);
    group.append(element);
  }
  return { key: page.url, group, choices };
}

/** The best passage of each section: to choose between two that lead to one place is no choice. */
function onePerSection(passages: readonly SitePassageHit[]): SitePassageHit[] {
  const best = new Map<string, SitePassageHit>();
  for (const passage of passages) if (!best.has(passage.url)) best.set(passage.url, passage);
  return [...best.values()];
}

interface Row {
  element: HTMLElement;
  option: HTMLElement;
  choice: Choice;
}

function row(kind: 'page' | 'section', choice: Choice, text: readonly Child[]): Row {
  const option = h(
    'a',
    {
      class: `hit hit-${kind}`,
      part: `result result-${kind}`,
      role: 'option',
      'aria-selected': 'false',
      'aria-disabled': choice.href === undefined && 'true',
      href: choice.href,
      tabindex: -1,
    },
    icon(kind === 'page' ? PAGE : SECTION),
    h('span', { class: 'text' }, ...text),
    icon(ENTER),
  );
  return { element: h('div', { class: 'row', role: 'presentation' }, option), option, choice };
}

/**
 * For the pointer alone, since options hold no controls: keyboards and screen readers have the
 * button below the list, which does the same for the active option.
 */
function similarButton(name: string): HTMLElement {
  return h(
    'button',
    {
      type: 'button',
      class: 'similar',
      part: 'similar',
      tabindex: -1,
      'aria-hidden': 'true',
      title: name,
    },
    icon(SIMILAR),
  );
}

function excerpt({ snippet }: SitePassageHit): HTMLElement {
  return h('span', { class: 'excerpt', part: 'excerpt', dir: 'auto' }, ...markedNodes(snippet));
}

function place(url: string): HTMLElement | undefined {
  const href = pageLink(url);
  const text = href === undefined ? '' : placeOf(href);
  return text === '' ? undefined : h('span', { class: 'place', part: 'place', dir: 'auto' }, text);
}

function linked(url: string): { href?: string } {
  const href = pageLink(url);
  return href === undefined ? {} : { href };
}

/** Pages without a title are called by their address. */
function titleOf({ title, url }: SitePageHit): string {
  return title.trim() === '' ? url : title;
}

/** The headings from the outermost to its own, without the page's title. */
function headingOf({ headings }: SitePassageHit, title: string): string {
  const inner = headings[0] === title ? headings.slice(1) : headings;
  return inner.length === 0 ? title : inner.join(' › ');
}
