/** The line above pages like another one, and the way back from them. */

import { h, icon, set } from '../dom.ts';
import type { Wording } from '../strings/wording.ts';
import { BACK } from './icons.ts';

export class SimilarBar {
  readonly element: HTMLElement;
  readonly #title = h('span', { class: 'similar-title', dir: 'auto' });
  readonly #wording: Wording;

  constructor(wording: Wording, onBack: () => void) {
    this.#wording = wording;
    const name = wording.text('back');
    const back = h('button', { type: 'button', class: 'back', 'aria-label': name }, icon(BACK));
    back.addEventListener('click', onBack);
    this.element = h('div', { class: 'similar-bar', hidden: true }, back, this.#title);
  }

  show(title: string | undefined): void {
    set(this.element, 'hidden', title === undefined);
    if (title !== undefined) this.#title.textContent = this.text(title);
  }

  text(title: string): string {
    return this.#wording.text('similarTo', { title });
  }
}
