/** What is said above or in place of results: nothing found, errors, what is missing, what can be had. */

import { h, icon, type Child } from '../dom.ts';

export interface Notice {
  icon?: string;
  /** In the middle of an empty list, or a line above the results. */
  kind: 'empty' | 'line';
  text: string;
  hint?: string;
  /** Bad news: said at once to who cannot see it. */
  alert?: boolean;
  action?: { name: string; run: () => void };
  /** By which the page puts something of its own in its place. */
  slot?: string;
}

export function noticeView({
  kind,
  text,
  hint,
  alert,
  action,
  slot,
  icon: drawing,
}: Notice): HTMLElement {
  const button = action && actionButton(action);
  const children: Child[] = [
    drawing !== undefined && icon(drawing),
    h('p', { class: 'notice-text', dir: 'auto' }, text),
    hint !== undefined && h('p', { class: 'hint' }, hint),
    button,
  ];
  return h(
    'div',
    { class: `notice notice-${kind}`, part: 'notice', role: alert && 'alert' },
    ...(slot === undefined ? children : [h('slot', { name: slot }, ...children)]),
  );
}

function actionButton({ name, run }: { name: string; run: () => void }): HTMLElement {
  const button = h('button', { type: 'button', class: 'button', part: 'button' }, name);
  button.addEventListener('click', run);
  return button;
}

/** Draws the same notices once: a screen reader would say them again. */
export class Notices {
  readonly element = h('div', { class: 'notices' });
  #drawn = '';

  show(notices: readonly Notice[]): void {
    const drawing = JSON.stringify(notices);
    if (drawing === this.#drawn) return;
    this.#drawn = drawing;
    this.element.replaceChildren(...notices.map(noticeView));
  }
}
