/** An element on a page of its own, with a real index behind it: for tests. */

import type { SiteIndex } from '../contract/index.ts';
import { meantInput } from '../site/meant-site.ts';
import type { ResultsDetail } from './events.ts';
import type { NearfieldSearch } from './index.ts';
import { SlowHost } from './slow-host.test-support.ts';

let built: Promise<SlowHost> | undefined;

/** The same for all tests of a file: an index of 120 pages, with words, a query encoder and filters. */
export function sharedHost(): Promise<SlowHost> {
  return (built ??= meantInput().then((input) => SlowHost.of(input)));
}

export class Mounted {
  readonly element: NearfieldSearch;
  readonly site: SiteIndex | undefined;

  private constructor(element: NearfieldSearch, site: SiteIndex | undefined) {
    this.element = element;
    this.site = site;
  }

  /** @param attributes of the element; `index` in place of an index of the shared host */
  static async on(attributes: Readonly<Record<string, string>> = {}): Promise<Mounted> {
    const element = document.createElement('nearfield-search');
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    const site = 'index' in attributes ? undefined : await (await sharedHost()).open();
    if (site) element.site = site;
    document.body.append(element);
    return new Mounted(element, site);
  }

  /** Open, with its index, and with nothing that loads by itself unless the attributes say so. */
  static async opened(attributes: Readonly<Record<string, string>> = {}): Promise<Mounted> {
    const made = await Mounted.on({ meaning: 'off', ...attributes });
    const ready = made.next('ready');
    made.element.open();
    await ready;
    return made;
  }

  /** The first answer to a question. */
  async ask(query: string): Promise<ResultsDetail> {
    const results = this.next<ResultsDetail>('results');
    this.element.search(query);
    return results;
  }

  get root(): ShadowRoot {
    return this.element.shadowRoot!;
  }

  get input(): HTMLInputElement {
    return this.root.querySelector('input')!;
  }

  get list(): HTMLElement {
    return this.one('[role="listbox"]');
  }

  get options(): HTMLElement[] {
    return this.all('[role="option"]');
  }

  /** The one that `aria-activedescendant` names. */
  get active(): HTMLElement | undefined {
    const id = this.input.getAttribute('aria-activedescendant');
    return id === null ? undefined : this.one(`#${id}`);
  }

  /** Addresses of the pages that are shown, in order. */
  get pages(): string[] {
    return this.all<HTMLAnchorElement>('.hit-page').map(({ href }) => new URL(href).pathname);
  }

  one(selector: string): HTMLElement {
    const found = this.root.querySelector<HTMLElement>(selector);
    if (!found) throw new Error(`There is no ${selector} in the element.`);
    return found;
  }

  all<T extends HTMLElement = HTMLElement>(selector: string): T[] {
    return [...this.root.querySelectorAll<T>(selector)];
  }

  /** Resolves with the detail of the next event of a type. */
  next<T>(type: string): Promise<T> {
    return new Promise((resolve) =>
      this.element.addEventListener(type, (event) => resolve((event as CustomEvent<T>).detail), {
        once: true,
      }),
    );
  }

  remove(): void {
    this.element.remove();
    this.site?.close();
    localStorage.clear();
  }
}
