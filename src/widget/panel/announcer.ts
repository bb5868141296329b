/** What a screen reader hears: outcomes, once typing pauses, never every step. */

import { h } from '../dom.ts';

const PAUSE = 600;

export class Announcer {
  readonly element = h('div', { class: 'announcer', role: 'status', 'aria-live': 'polite' });
  #timer: ReturnType<typeof setTimeout> | undefined;

  say(text: string): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      // The same text again would be no change, and not be said.
      this.element.textContent = text === this.element.textContent ? `${text}\u00a0` : text;
    }, PAUSE);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
