import { afterEach, describe, expect, it, vi } from 'vitest';
import { userEvent } from 'vitest/browser';
import type { SiteInfo } from '../contract/index.ts';
import type { NearfieldSearch } from './index.ts';
import './index.ts';
import { Mounted } from './mounted.test-support.ts';

const mounted: Mounted[] = [];

async function mount(attributes?: Record<string, string>): Promise<Mounted> {
  const made = await Mounted.on(attributes);
  mounted.push(made);
  return made;
}

afterEach(() => {
  for (const made of mounted.splice(0)) made.remove();
});

function dialogOf({ root }: Mounted): HTMLDialogElement {
  return root.querySelector('dialog')!;
}

describe('the element', () => {
  it('reflects its attributes as properties', async () => {
    const { element } = await mount({ 'model-worker': '/worker.js' });
    element.theme = 'dark';
    expect(element.getAttribute('theme')).toBe('dark');
    expect(element.modelWorker).toBe('/worker.js');
    element.theme = null;
    expect(element.hasAttribute('theme')).toBe(false);
  });

  it('takes properties that were set before it was defined', async () => {
    const early = document.createElement('nearfield-search');
    Object.defineProperty(early, 'placeholder', {
      value: 'Ask the docs',
      configurable: true,
      writable: true,
    });
    document.body.append(early);
    expect(early.getAttribute('placeholder')).toBe('Ask the docs');
    expect(early.shadowRoot!.querySelector('input')!.placeholder).toBe('Ask the docs');
    early.remove();
  });

  it('is made once where it is upgraded with its attributes', () => {
    const made = vi.spyOn(DocumentFragment.prototype, 'replaceChildren');
    const attributes = { mode: 'inline', placeholder: 'Ask', limit: '5', hotkeys: 'none' };
    // Of a document without elements of ours, as a parser's fragment is: upgraded in its place, each
    // attribute told of by itself.
    const element = document.implementation.createHTMLDocument().createElement('nearfield-search');
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    expect(element.shadowRoot).toBeNull();
    document.body.append(element);
    const root = element.shadowRoot!;
    expect(made.mock.contexts.filter((context) => context === root)).toHaveLength(1);
    expect(root.querySelector('input')!.placeholder).toBe('Ask');
    made.mockRestore();
    element.remove();
  });

  it('listens once to the focus that leaves it, however often it was made anew', async () => {
    const made = await mount({ mode: 'inline' });
    const popups: HTMLElement[] = [];
    for (let i = 0; i <= 10; i++) {
      made.element.placeholder = `Ask ${i}`;
      made.element.open();
      popups.push(made.one('[part="popup"]'));
    }
    const elsewhere = { relatedTarget: document.body };
    made.element.dispatchEvent(new FocusEvent('focusout', elsewhere));
    // Those of before are not on the page any more: nobody listens for them.
    expect(popups.map(({ hidden }) => hidden)).toEqual([...Array<boolean>(10).fill(false), true]);
  });

  it("takes colours from the page's own properties, whatever they are called", async () => {
    const made = await mount();
    document.documentElement.style.setProperty('--text', 'rgb(1, 2, 3)');
    made.element.style.setProperty('--nearfield-text', 'var(--text)');
    expect(getComputedStyle(dialogOf(made)).color).toBe('rgb(1, 2, 3)');
    document.documentElement.removeAttribute('style');
  });

  it('has one size from the start, whatever the language', async () => {
    const sizes = new Set<string>();
    for (const lang of ['en', 'de', 'ja', 'ar']) {
      const { element } = await mount({ lang });
      const { width, height } = element.getBoundingClientRect();
      sizes.add(`${width} x ${height}`);
    }
    expect(sizes.size).toBe(1);
  });

  it('opens and closes, tells that it is ready, and gives the focus back', async () => {
    const made = await mount();
    const ready = made.next<{ info: SiteInfo }>('ready');
    await userEvent.click(made.one('.trigger'));
    expect(dialogOf(made).open).toBe(true);
    expect(made.root.activeElement).toBe(made.input);
    expect((await ready).info.pages).toBe(120);
    await userEvent.keyboard('{Escape}');
    await vi.waitFor(() => expect(dialogOf(made).open).toBe(false));
    expect(made.root.activeElement).toBe(made.one('.trigger'));
  });

  it('speaks the language of the page or its own, and strings in place of them', async () => {
    document.documentElement.lang = 'de-AT';
    const german = await mount();
    expect(german.one('.trigger').textContent).toContain('Suchen');
    const arabic = await mount({ lang: 'ar' });
    expect(arabic.one('.trigger').dir).toBe('rtl');
    arabic.element.strings = { search: 'Find' };
    expect(arabic.one('.trigger').textContent).toContain('Find');
    document.documentElement.removeAttribute('lang');
  });

  it('is light or dark as it is told', async () => {
    const made = await mount({ theme: 'dark' });
    const background = (): string => getComputedStyle(dialogOf(made)).backgroundColor;
    const dark = background();
    made.element.theme = 'light';
    expect(background()).toBe('rgb(255, 255, 255)');
    expect(dark).toBe('rgb(25, 27, 31)');
  });

  it('closes by a click beside it, and not by one in it', async () => {
    const made = await mount();
    made.element.open();
    const dialog = dialogOf(made);
    await userEvent.click(made.input);
    expect(dialog.open).toBe(true);
    dialog.dispatchEvent(new PointerEvent('pointerdown'));
    dialog.dispatchEvent(new MouseEvent('click'));
    expect(dialog.open).toBe(false);
  });

  it('gives its index back when it is taken away', async () => {
    const made = await mount();
    made.element.open();
    await made.next('ready');
    made.element.remove();
    expect(document.querySelector('nearfield-search')).toBeNull();
    // The page's own stays open.
    expect((await made.site!.search('bread')).pages.length).toBeGreaterThan(0);
  });
});

describe('hotkeys', () => {
  it('open and close, and are letters where somebody writes', async () => {
    const made = await mount();
    const field = document.createElement('input');
    document.body.append(field);
    field.focus();
    await userEvent.keyboard('/');
    expect(field.value).toBe('/');
    expect(dialogOf(made).open).toBe(false);
    field.remove();
    await userEvent.keyboard('/');
    expect(dialogOf(made).open).toBe(true);
    await userEvent.keyboard('{Control>}k{/Control}');
    await vi.waitFor(() => expect(dialogOf(made).open).toBe(false));
  });

  it('open the first of two', async () => {
    const second = await mount();
    const first = await mount();
    document.body.prepend(first.element);
    await userEvent.keyboard('{Control>}k{/Control}');
    expect(dialogOf(first).open).toBe(true);
    expect(dialogOf(second).open).toBe(false);
  });

  it('are those of the attribute, or none', async () => {
    const made = await mount({ hotkeys: 'Alt+J' });
    await userEvent.keyboard('/');
    expect(dialogOf(made).open).toBe(false);
    await userEvent.keyboard('{Alt>}j{/Alt}');
    expect(dialogOf(made).open).toBe(true);
    made.element.close();
    made.element.hotkeys = 'none';
    await userEvent.keyboard('{Alt>}j{/Alt}');
    expect(dialogOf(made).open).toBe(false);
    expect(made.root.querySelector('.keys')).toBeNull();
  });
});

describe('slots', () => {
  it("take the page's own trigger", async () => {
    const made = await mount();
    const own = document.createElement('button');
    own.slot = 'trigger';
    own.textContent = 'Find';
    made.element.append(own);
    await userEvent.click(own);
    expect(dialogOf(made).open).toBe(true);
  });
});

it('is typed as an element', () => {
  const element: NearfieldSearch = document.createElement('nearfield-search');
  element.addEventListener('select', ({ detail }) => detail.url.toUpperCase());
  expect(element.matches(':defined')).toBe(true);
});
