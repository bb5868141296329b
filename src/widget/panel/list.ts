/** The list below the field: pages that were found or searches made before, and which option is active. */

import type { SitePageHit } from '../../contract/index.ts';
import { h, icon, set } from '../dom.ts';
import { blended } from './blend.ts';
import { CLOCK } from './icons.ts';
import { pageView, type Choice, type PageView } from './rows.ts';

const ID = 'results';

export interface ListEvents {
  onChoose(choice: Choice, event: MouseEvent): void;
  onRecent(query: string): void;
  onSimilar(choice: Choice): void;
  /** Another option is active, or none. */
  onActive(): void;
}

export class List {
  readonly element: HTMLElement;
  readonly #input: HTMLInputElement;
  readonly #events: ListEvents;
  #views: PageView[] = [];
  #recent = new Map<Element, string>();
  #active: HTMLElement | undefined;
  #similar: string | undefined;
  /** Ids are never used twice: a screen reader may still hold an old one. */
  #number = 0;

  constructor(input: HTMLInputElement, name: string, events: ListEvents) {
    this.#input = input;
    this.#events = events;
    this.element = h('div', {
      id: ID,
      class: 'list',
      part: 'list',
      role: 'listbox',
      'aria-label': name,
    });
    this.element.addEventListener('click', (event) => this.#click(event));
    // Not pointerenter: rows that come under a pointer at rest are not chosen by it.
    this.element.addEventListener('pointermove', ({ target, pointerType }) => {
      if (pointerType !== 'touch') this.#activate(optionAt(target) ?? this.#active);
    });
    // The field keeps the focus, and a click leads nowhere else.
    this.element.addEventListener('mousedown', (event) => {
      if (event.button === 0) event.preventDefault();
    });
    set(input, 'aria-controls', ID);
  }

  /** Name of the buttons for similar pages; undefined: none. Counts from the next answer on. */
  set similar(name: string | undefined) {
    this.#similar = name;
  }

  get size(): number {
    return this.#options.length;
  }

  /** The active option's, else the first's. */
  get choice(): Choice | undefined {
    const option = this.#active ?? this.#options[0];
    return option && this.#choiceOf(option);
  }

  show(pages: readonly SitePageHit[]): void {
    this.#clear();
    this.#views = pages.map((page) => this.#view(page));
    this.element.replaceChildren(...this.#views.map(({ group }) => group));
    this.element.scrollTop = 0;
    this.tell();
  }

  /** As `show`, but what is looked at stays where it is: see blend.ts. */
  improve(pages: readonly SitePageHit[]): void {
    const held = this.#held();
    const shown = new Map(this.#views.slice(0, held).map((view) => [view.key, view]));
    const found = new Map(pages.map((page) => [page.url, page]));
    const keys = blended(
      this.#views.map(({ key }) => key),
      [...found.keys()],
      held,
    );
    this.#views = keys.map((key) => shown.get(key) ?? this.#view(found.get(key)!));
    // Nodes that stay are not touched: moving one takes the pointer's hover off it.
    for (const row of [...this.element.children].slice(held)) row.remove();
    this.element.append(...this.#views.slice(held).map(({ group }) => group));
    this.tell();
  }

  showRecent(queries: readonly string[]): void {
    this.#clear();
    const options = queries.map((query) => {
      const text = h('span', { class: 'text', dir: 'auto' }, query);
      const option = h(
        'div',
        { class: 'hit hit-recent', part: 'recent', role: 'option', 'aria-selected': 'false' },
        icon(CLOCK),
        text,
      );
      option.id = `option-${this.#number++}`;
      this.#recent.set(option, query);
      return option;
    });
    this.element.replaceChildren(...options);
    this.tell();
  }

  /** @param to of the options, from the active one on or from the ends */
  move(to: 'next' | 'previous' | 'first' | 'last'): void {
    const options = this.#options;
    const at = this.#active ? options.indexOf(this.#active) : -1;
    const last = options.length - 1;
    const next = {
      next: at === last ? 0 : at + 1,
      previous: at <= 0 ? last : at - 1,
      first: 0,
      last,
    };
    const option = options[next[to]];
    this.#activate(option);
    option?.scrollIntoView({ block: 'nearest' });
    // The first one's page begins above it.
    if (next[to] === 0) this.element.scrollTop = 0;
  }

  get hasActive(): boolean {
    return this.#active !== undefined;
  }

  /** The active option's recent search, where it is one. */
  get activeRecent(): string | undefined {
    return this.#active && this.#recent.get(this.#active);
  }

  deactivate(): void {
    this.#activate(undefined);
  }

  /** Chooses the active option, else the first one, as a click on it would. */
  press(modifiers: Pick<MouseEventInit, 'ctrlKey' | 'metaKey' | 'shiftKey'>): void {
    const option = this.#active ?? this.#options[0];
    option?.dispatchEvent(
      new MouseEvent('click', { ...modifiers, bubbles: true, cancelable: true, composed: true }),
    );
  }

  get #options(): HTMLElement[] {
    return [...this.element.querySelectorAll<HTMLElement>('[role="option"]')];
  }

  #view(page: SitePageHit): PageView {
    const view = pageView(page, { number: this.#number, similar: this.#similar });
    this.#number += view.choices.size;
    return view;
  }

  /** Pages from the top that must not change. */
  #held(): number {
    const { scrollTop, clientHeight } = this.element;
    const end = this.element.getBoundingClientRect().top + clientHeight;
    const isLookedAt = ({ group }: PageView): boolean =>
      group.matches(':hover') ||
      (this.#active !== undefined && group.contains(this.#active)) ||
      (scrollTop > 0 && group.getBoundingClientRect().top < end);
    return this.#views.findLastIndex(isLookedAt) + 1;
  }

  #clear(): void {
    this.#activate(undefined);
    this.#views = [];
    this.#recent = new Map();
  }

  /** Says whether there is a list. */
  tell(): void {
    const { size } = this;
    set(this.#input, 'aria-expanded', size > 0 ? 'true' : 'false');
    this.element.hidden = size === 0;
  }

  #activate(option: HTMLElement | undefined): void {
    if (option === this.#active) return;
    if (this.#active) set(this.#active, 'aria-selected', 'false');
    this.#active = option;
    if (option) set(option, 'aria-selected', 'true');
    set(this.#input, 'aria-activedescendant', option?.id);
    this.#events.onActive();
  }

  #choiceOf(option: Element): Choice | undefined {
    for (const { choices } of this.#views) {
      const choice = choices.get(option);
      if (choice) return choice;
    }
    return undefined;
  }

  #click(event: MouseEvent): void {
    const option = optionAt(event.target);
    if (!option) return this.#clickSimilar(event);
    const query = this.#recent.get(option);
    if (query !== undefined) return this.#events.onRecent(query);
    const choice = this.#choiceOf(option);
    if (choice?.href !== undefined) this.#events.onChoose(choice, event);
  }

  #clickSimilar({ target }: MouseEvent): void {
    const button = target instanceof Element ? target.closest('.similar') : null;
    const option = button?.parentElement?.querySelector('[role="option"]');
    const choice = option && this.#choiceOf(option);
    if (choice) this.#events.onSimilar(choice);
  }
}

function optionAt(target: EventTarget | null): HTMLElement | undefined {
  if (!(target instanceof Element)) return undefined;
  return target.closest<HTMLElement>('[role="option"]') ?? undefined;
}
