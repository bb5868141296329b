/** Below the results: the switch for meaning, the full model, similar pages, and which keys do what. */

import { h, icon, set, type Child } from '../dom.ts';
import type { Wording } from '../strings/wording.ts';
import type { FullModel } from './full-model.ts';
import { ARROWS, ENTER, SIMILAR } from './icons.ts';
import type { Meaning } from './meaning.ts';

export interface FooterParts {
  meaning: Meaning;
  model: FullModel;
  onSimilar: () => void;
}

export class Footer {
  readonly element: HTMLElement;
  readonly #wording: Wording;
  readonly #parts: FooterParts;
  readonly #switch: HTMLButtonElement;
  readonly #state = h('span', { class: 'switch-state' });
  readonly #model = h('div', { class: 'model', part: 'model', hidden: true });
  readonly #similar: HTMLButtonElement;
  #drawnModel = '';

  /** @param dialog whether Esc closes */
  constructor(wording: Wording, parts: FooterParts, dialog: boolean) {
    this.#wording = wording;
    this.#parts = parts;
    this.#switch = h(
      'button',
      { type: 'button', class: 'switch', part: 'switch', role: 'switch', hidden: true },
      h('span', { class: 'knob' }),
      h('span', {}, wording.text('meaning')),
      this.#state,
    );
    this.#switch.addEventListener('click', () => this.#toggle());
    this.#similar = h(
      'button',
      { type: 'button', class: 'link to-similar', hidden: true, 'aria-keyshortcuts': 'Alt+Enter' },
      icon(SIMILAR),
      h('span', {}, wording.text('similar')),
    );
    this.#similar.addEventListener('click', parts.onSimilar);
    this.element = h(
      'div',
      { class: 'footer', part: 'footer' },
      this.#switch,
      this.#model,
      h('slot', { name: 'footer' }),
      this.#similar,
      this.#keys(dialog),
    );
  }

  update({ hasSimilar }: { hasSimilar: boolean }): void {
    set(this.#similar, 'hidden', !hasSimilar);
    const { meaning } = this.#parts;
    set(this.#switch, 'hidden', meaning.state === 'none');
    set(this.#switch, 'aria-checked', String(['loading', 'ready'].includes(meaning.state)));
    set(this.#switch, 'data-state', meaning.state);
    const text = this.#meaningText();
    if (this.#state.textContent !== text) this.#state.textContent = text;
    this.#updateModel();
  }

  #meaningText(): string {
    const { state, bytes } = this.#parts.meaning;
    if (state === 'loading') return this.#wording.text('meaningLoading');
    if (state === 'failed') return this.#wording.text('meaningFailed');
    const isThere = state === 'ready' || state === 'none' || bytes === 0;
    return isThere ? '' : this.#wording.size(bytes);
  }

  #toggle(): void {
    const { meaning } = this.#parts;
    if (meaning.state === 'ready' || meaning.state === 'loading') meaning.turnOff();
    else void meaning.turnOn();
  }

  #updateModel(): void {
    const { model } = this.#parts;
    set(this.#model, 'hidden', model.state === 'none');
    const text = this.#modelText();
    this.#model.style.setProperty('--_share', String(model.share));
    // Buttons are made anew only where there are others: one that is focused stays.
    if (model.state === 'loading' && this.#drawnModel === 'loading') {
      this.#model.querySelector('.model-text')!.textContent = text;
      return;
    }
    if (this.#drawnModel === model.state) return;
    const hadFocus = this.#model.contains(focusedIn(this.#model));
    this.#drawnModel = model.state;
    this.#model.replaceChildren(h('span', { class: 'model-text' }, text), ...this.#modelButtons());
    set(this.#model, 'data-state', model.state);
    if (hadFocus) this.#model.querySelector('button')?.focus();
  }

  #modelText(): string {
    const { state, bytes, share } = this.#parts.model;
    const wording = this.#wording;
    if (state === 'measured') return wording.text('modelOffer', { size: wording.size(bytes) });
    if (state === 'loading') {
      return wording.text('modelLoading', { percent: wording.percent(share) });
    }
    if (state === 'ready') return wording.text('modelReady');
    return state === 'failed' ? wording.text('modelFailed') : '';
  }

  #modelButtons(): HTMLElement[] {
    const { model } = this.#parts;
    const button = (
      key: 'model' | 'download' | 'cancel' | 'retry',
      run: () => unknown,
    ): HTMLElement => {
      const made = h('button', { type: 'button', class: 'link' }, this.#wording.text(key));
      made.addEventListener('click', () => void run());
      return made;
    };
    const cancel = (): HTMLElement => button('cancel', () => model.leave());
    switch (model.state) {
      case 'none':
        return [];
      case 'offered':
        return [button('model', () => model.measure())];
      case 'asking':
      case 'loading':
      case 'ready':
        return [cancel()];
      case 'measured':
        return [button('download', () => model.load()), cancel()];
      case 'failed':
        return [button('retry', () => model.measure())];
    }
  }

  #keys(dialog: boolean): HTMLElement {
    const hint = (key: Child, does: 'toMove' | 'toOpen' | 'toClose'): HTMLElement =>
      h('span', {}, h('kbd', {}, key), this.#wording.text(does));
    return h(
      'div',
      { class: 'hints', 'aria-hidden': 'true' },
      hint(icon(ARROWS), 'toMove'),
      hint(icon(ENTER), 'toOpen'),
      dialog && hint('esc', 'toClose'),
    );
  }
}

function focusedIn(node: Node): Element | null {
  const root = node.getRootNode();
  return root instanceof ShadowRoot ? root.activeElement : document.activeElement;
}
