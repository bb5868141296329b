/** What is on the page from the start: a trigger or a field, which fetch the rest when it is wanted. */

import { h } from './dom.ts';
import { type } from './field.ts';
import type { Frame, FrameEvents, Look } from './frame.ts';
import { makeInline } from './inline.ts';
import { makeModal } from './modal.ts';
import type { Panel, PanelHost } from './panel-host.ts';
import type { ShellStrings } from './strings/shell.ts';

/** All that the open search gets to know but where it is. */
export type ShellHost = Omit<PanelHost, 'frame'>;

export class Shell {
  readonly #host: ShellHost;
  readonly #strings: ShellStrings;
  readonly #frame: Frame;
  #panel: Promise<Panel> | undefined;
  #disposed = false;

  constructor(element: HTMLElement, host: ShellHost, look: Look) {
    this.#host = host;
    this.#strings = look.strings;
    const events: FrameEvents = {
      onIntent: () => void this.#load().catch(() => undefined),
      onShow: () => void this.#shown(),
      onHide: () => void this.#panel?.then((panel) => panel.hidden()),
    };
    this.#frame =
      host.settings.mode === 'inline'
        ? makeInline(element, host.root, look, events)
        : makeModal(host.root, look, events);
  }

  get isOpen(): boolean {
    return this.#frame.isOpen;
  }

  open(): void {
    if (this.#host.settings.mode === 'inline') this.#frame.focus();
    this.#frame.show();
  }

  close(): void {
    this.#frame.hide();
  }

  focus(): void {
    this.#frame.focus();
  }

  search(query: string): void {
    this.open();
    type(this.#frame.field.input, query);
  }

  dispose(): void {
    this.#disposed = true;
    this.#frame.dispose();
    void this.#panel?.then((panel) => panel.dispose());
  }

  async #shown(): Promise<void> {
    const { body } = this.#frame;
    try {
      const panel = await this.#load();
      if (this.#frame.isOpen) panel.shown();
    } catch {
      // The next opening tries again, too.
      const retry = h('button', { type: 'button', class: 'button' }, this.#strings.retry);
      retry.addEventListener('click', () => {
        this.#frame.focus();
        void this.#shown();
      });
      const text = h('p', {}, this.#strings.unavailable);
      body.replaceChildren(h('div', { class: 'notice', role: 'alert' }, text, retry));
    }
  }

  #load(): Promise<Panel> {
    if (this.#panel) return this.#panel;
    const panel = import('./panel/index.ts').then(async ({ makePanel }) => {
      const made = await makePanel({ ...this.#host, frame: this.#frame });
      if (this.#disposed) made.dispose();
      return made;
    });
    this.#panel = panel;
    panel.catch(() => {
      if (this.#panel === panel) this.#panel = undefined;
    });
    return panel;
  }
}
