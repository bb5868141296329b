/** `<nearfield-search>`: the custom element, whose attributes and properties make its shell. */

import type { SiteIndex } from '../contract/index.ts';
import { emitterOf, type NearfieldSearchEventMap } from './events.ts';
import { hint, isMac, ownHotkeys, parseHotkeys, type Hotkey } from './hotkeys.ts';
import type { ModelLoadOptions } from './panel-host.ts';
import {
  attributeOf,
  ATTRIBUTES,
  DEFAULT_HOTKEYS,
  settingsOf,
  type AttributeName,
} from './settings.ts';
import { Shell } from './shell.ts';
import { directionOf, languageOf, SHELL_STRINGS } from './strings/shell.ts';
import type { WidgetStrings } from './strings/wording.ts';
import { shellSheet } from './styles/shell.ts';

/** Where there are no elements, as on a server that renders pages, the module can be imported all the same. */
// eslint-disable-next-line @typescript-eslint/no-extraneous-class -- nothing is ever made of it
const Base = globalThis.HTMLElement ?? (class {} as typeof HTMLElement);

/** Those that make no other shell: a matter of style alone. */
const LIGHT_ATTRIBUTES = ['theme'];

/** Set as properties before the element was defined, they would hide the class's own. */
const PROPERTIES = [...ATTRIBUTES, 'site', 'strings', 'modelOptions'] as const;

/** Properties that reflect attributes: null takes the attribute away, a number is written out. */
type Reflected = { [K in AttributeName]: string | null };

// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging -- its properties are defined below
export interface NearfieldSearch extends Reflected {
  addEventListener<K extends keyof NearfieldSearchEventMap>(
    type: K,
    listener: (this: NearfieldSearch, event: NearfieldSearchEventMap[K]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener<K extends keyof HTMLElementEventMap>(
    type: K,
    listener: (this: HTMLElement, event: HTMLElementEventMap[K]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
}

// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging
export class NearfieldSearch extends Base {
  static readonly observedAttributes = [...ATTRIBUTES.map(attributeOf), 'lang', 'dir'];

  readonly #root: ShadowRoot;
  #shell: Shell | undefined;
  #letGoOfKeys: (() => void) | undefined;
  #site: SiteIndex | undefined;
  #strings: Partial<WidgetStrings> = {};
  #modelOptions: ModelLoadOptions = {};

  constructor() {
    super();
    this.#root = this.attachShadow({ mode: 'open' });
    this.#root.adoptedStyleSheets = [shellSheet()];
  }

  /** An index that is open already, in place of the one that `index` names. Its owner closes it. */
  get site(): SiteIndex | undefined {
    return this.#site;
  }
  set site(site: SiteIndex | undefined) {
    this.#site = site;
    this.#build();
  }

  /** Texts in place of those of the language. */
  get strings(): Partial<WidgetStrings> {
    return this.#strings;
  }
  set strings(strings: Partial<WidgetStrings>) {
    this.#strings = strings;
    this.#build();
  }

  /** How the index's own model is loaded, with `model="ask"`. */
  get modelOptions(): ModelLoadOptions {
    return this.#modelOptions;
  }
  set modelOptions(options: ModelLoadOptions) {
    this.#modelOptions = options;
    this.#build();
  }

  connectedCallback(): void {
    for (const name of PROPERTIES) this.#adopt(name);
    this.#letGoOfKeys ??= ownHotkeys({
      element: this,
      hotkeys: () => this.#hotkeys,
      press: () => (this.#shell?.isOpen ? this.close() : this.open()),
    });
    this.#build();
  }

  disconnectedCallback(): void {
    this.#letGoOfKeys?.();
    this.#letGoOfKeys = undefined;
    this.#shell?.dispose();
    this.#shell = undefined;
  }

  attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    // Before it is connected, each attribute that it has is told of by itself.
    const isConnected = this.#letGoOfKeys !== undefined;
    if (isConnected && before !== after && !LIGHT_ATTRIBUTES.includes(name)) this.#build();
  }

  /** Opens the dialog, or focuses the field where `mode` is `inline`. */
  open(): void {
    this.#shell?.open();
  }

  close(): void {
    this.#shell?.close();
  }

  override focus(): void {
    this.#shell?.focus();
  }

  /** Opens, and searches as if this had been typed. */
  search(query: string): void {
    this.#shell?.search(query);
  }

  get #hotkeys(): Hotkey[] {
    return parseHotkeys(this.getAttribute('hotkeys') ?? DEFAULT_HOTKEYS);
  }

  /** Made anew by each change: whatever was open is closed. */
  #build(): void {
    if (!this.isConnected) return;
    this.#shell?.dispose();
    const language = languageOf(this);
    const strings = { ...SHELL_STRINGS[language], ...this.#strings };
    const host = {
      root: this.#root,
      settings: settingsOf(this),
      language,
      strings: this.#strings,
      site: this.#site,
      modelOptions: this.#modelOptions,
      emit: emitterOf(this),
    };
    this.#shell = new Shell(this, host, {
      strings,
      placeholder: this.getAttribute('placeholder') ?? strings.placeholder,
      keys: hint(this.#hotkeys, isMac()),
      dir: this.dir === '' ? directionOf(language) : this.dir,
    });
  }

  #adopt(name: (typeof PROPERTIES)[number]): void {
    if (!Object.hasOwn(this, name)) return;
    const value: unknown = this[name];
    Reflect.deleteProperty(this, name);
    Reflect.set(this, name, value);
  }
}

for (const name of ATTRIBUTES) {
  const attribute = attributeOf(name);
  Object.defineProperty(NearfieldSearch.prototype, name, {
    configurable: true,
    enumerable: true,
    get(this: HTMLElement): string | null {
      return this.getAttribute(attribute);
    },
    set(this: HTMLElement, value: string | number | null | undefined): void {
      if (value === null || value === undefined) this.removeAttribute(attribute);
      else this.setAttribute(attribute, String(value));
    },
  });
}
