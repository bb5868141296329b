import { button, h, icon } from '../dom.ts';
import type { Trouble } from '../trouble.ts';

export interface Way {
  label: string;
  go: () => void;
}

/** What happened, what to do, and a button or two that do it. */
export function troubleCard(
  { about, title, advice, detail }: Trouble,
  ways: readonly Way[],
): HTMLElement {
  return h(
    'div',
    { class: 'card card-trouble' },
    about !== undefined && h('p', { class: 'label' }, about),
    h('h2', {}, icon('alert'), title),
    h('p', {}, advice),
    h('details', {}, h('summary', {}, 'Detail'), h('p', { class: 'detail' }, detail)),
    h('div', { class: 'card-actions' }, ...ways.map(({ label, go }) => button(label, go))),
  );
}
