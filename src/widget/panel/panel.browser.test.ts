import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { userEvent } from 'vitest/browser';
import type { SiteTier } from '../../contract/index.ts';
import type { ErrorDetail, ProgressDetail, ResultsDetail, SelectDetail } from '../events.ts';
import '../index.ts';
import { Mounted, sharedHost } from '../mounted.ts';

let made: Mounted;

/** Opens an element with what it needs, and has nothing remembered before. */
async function open(attributes: Record<string, string> = {}): Promise<void> {
  made = await Mounted.on({ meaning: 'off', ...attributes });
  const ready = made.next('ready');
  made.element.open();
  await ready;
}

async function ask(query: string): Promise<ResultsDetail> {
  const results = made.next<ResultsDetail>('results');
  made.element.search(query);
  return results;
}

/** Keeps links from leading away from the tests. */
function stay(): SelectDetail[] {
  const chosen: SelectDetail[] = [];
  made.element.addEventListener('select', (event) => {
    event.preventDefault();
    chosen.push(event.detail);
  });
  return chosen;
}

beforeEach(() => localStorage.clear());
afterEach(() => made.remove());

describe('results', () => {
  it('are pages with their sections, as options in groups', async () => {
    await open();
    const { answer, query } = await ask('bread');
    expect(query).toBe('bread');
    expect(made.pages).toEqual(answer.pages.map(({ url }) => url));
    const [group] = made.all('[role="group"][part="group"]');
    const title = group!.querySelector('.title')!;
    expect(group!.getAttribute('aria-labelledby')).toBe(title.id);
    expect(title.textContent).toBe(answer.pages[0]!.title);
    expect(made.input.getAttribute('aria-expanded')).toBe('true');
    expect(made.one(`#${made.input.getAttribute('aria-controls')!}`)).toBe(made.list);
    for (const option of made.options) {
      expect(option).toBeInstanceOf(HTMLAnchorElement);
      expect((option as HTMLAnchorElement).origin).toBe(location.origin);
    }
    expect(made.one('mark').textContent.toLowerCase()).toBe('bread');
  });

  it('follow what is typed, once typing pauses', async () => {
    await open();
    const answers: string[] = [];
    made.element.addEventListener('results', ({ detail }) => answers.push(detail.query));
    await userEvent.type(made.input, 'river');
    await vi.waitFor(() => expect(answers).toContain('river'));
    expect(answers).not.toContain('r');
  });

  it('wait for what an input method has not finished', async () => {
    await open();
    const answers: string[] = [];
    made.element.addEventListener('results', ({ detail }) => answers.push(detail.query));
    made.input.value = 'ぱ';
    made.input.dispatchEvent(new InputEvent('input', { isComposing: true, bubbles: true }));
    made.input.dispatchEvent(
      new KeyboardEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true }),
    );
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(answers).toEqual([]);
    made.input.value = 'bread';
    made.input.dispatchEvent(new CompositionEvent('compositionend', { bubbles: true }));
    await vi.waitFor(() => expect(answers).toEqual(['bread']));
  });

  it('say that there are none', async () => {
    await open();
    await ask('qqqqqq');
    expect(made.one('.notice').textContent).toContain('Nothing found for “qqqqqq”');
    expect(made.input.getAttribute('aria-expanded')).toBe('false');
    await vi.waitFor(() =>
      expect(made.one('[role="status"]').textContent).toContain('Nothing found'),
    );
  });

  it("leave their place to the page's own words where there are none", async () => {
    await open();
    const own = document.createElement('p');
    own.slot = 'empty';
    own.textContent = 'Ask us';
    made.element.append(own);
    await ask('qqqqqq');
    expect(made.one('.notice .notice-text').checkVisibility()).toBe(false);
    expect(own.checkVisibility()).toBe(true);
  });

  it('are counted for who cannot see them', async () => {
    await open({ limit: '4' });
    await ask('bread');
    await vi.waitFor(() => expect(made.one('[role="status"]').textContent).toBe('4 pages'));
  });

  it('are told as partial where files are missing, until they are there', async () => {
    const host = await sharedHost();
    await open();
    host.fail(/fragments-/);
    await ask('bread').finally(() => host.fail(undefined));
    const line = made.one('.notice-line');
    expect(line.textContent).toContain('could not be read');
    const results = made.next('results');
    await userEvent.click(line.querySelector('button')!);
    await results;
    expect(made.all('.notice-line')).toEqual([]);
    expect(made.pages.length).toBeGreaterThan(0);
  });
});

describe('the keyboard', () => {
  it('moves through the options and round, and back into the text by typing', async () => {
    await open({ limit: '3' });
    await ask('bread');
    expect(made.active).toBeUndefined();
    await userEvent.keyboard('{ArrowDown}');
    expect(made.active).toBe(made.options[0]);
    expect(made.active!.getAttribute('aria-selected')).toBe('true');
    await userEvent.keyboard('{ArrowDown}');
    expect(made.active).toBe(made.options[1]);
    await userEvent.keyboard('{End}');
    expect(made.active).toBe(made.options.at(-1));
    await userEvent.keyboard('{ArrowDown}');
    expect(made.active).toBe(made.options[0]);
    await userEvent.keyboard('{ArrowUp}');
    expect(made.active).toBe(made.options.at(-1));
    await userEvent.keyboard('{Home}');
    expect(made.active).toBe(made.options[0]);
    expect(made.all('[aria-selected="true"]')).toHaveLength(1);
    await userEvent.keyboard('s');
    expect(made.active).toBeUndefined();
    expect(made.root.activeElement).toBe(made.input);
  });

  it('chooses the active option, else the first, and closes', async () => {
    await open();
    const chosen = stay();
    const { answer } = await ask('bread');
    await userEvent.keyboard('{ArrowDown}{ArrowDown}{Enter}');
    expect(chosen).toHaveLength(1);
    expect(chosen[0]).toMatchObject({ query: 'bread', page: { url: answer.pages[0]!.url } });
    expect(made.root.querySelector('dialog')!.open).toBe(false);
    made.element.open();
    await userEvent.keyboard('{Enter}');
    expect(chosen[1]!.url).toBe(new URL(answer.pages[0]!.url, location.href).href);
    expect(chosen[1]!.passage).toBeUndefined();
  });

  it('does not choose from the answer to another question', async () => {
    await open();
    const chosen = stay();
    await ask('bread');
    const results = made.next<ResultsDetail>('results');
    made.input.value = 'river';
    made.input.dispatchEvent(new InputEvent('input', { bubbles: true }));
    await userEvent.keyboard('{Enter}');
    expect(chosen).toEqual([]);
    expect((await results).query).toBe('river');
  });

  it('goes to pages like the active one, and back by Esc', async () => {
    await open();
    const { answer } = await ask('bread');
    await userEvent.keyboard('{ArrowDown}');
    const similar = made.next<ResultsDetail>('results');
    await userEvent.keyboard('{Alt>}{Enter}{/Alt}');
    const { pages } = (await similar).answer;
    expect(pages.map(({ url }) => url)).not.toContain(answer.pages[0]!.url);
    expect(made.one('.similar-bar').textContent).toBe(`Similar to “${answer.pages[0]!.title}”`);
    const back = made.next<ResultsDetail>('results');
    await userEvent.keyboard('{Escape}');
    expect((await back).answer.pages).toEqual(answer.pages);
    expect(made.root.querySelector('dialog')!.open).toBe(true);
    expect(made.one('.similar-bar').hidden).toBe(true);
  });
});

describe('the pointer', () => {
  it('makes an option active where it moves, and chooses it', async () => {
    await open();
    const chosen = stay();
    await ask('bread');
    await userEvent.hover(made.options[3]!);
    expect(made.active).toBe(made.options[3]);
    await userEvent.click(made.options[3]!);
    expect(chosen).toHaveLength(1);
    expect(chosen[0]!.url).toBe((made.options[3] as HTMLAnchorElement).href);
  });

  it('stays open where the result opens elsewhere', async () => {
    await open();
    stay();
    await ask('bread');
    made.options[0]!.dispatchEvent(
      new MouseEvent('click', { ctrlKey: true, bubbles: true, cancelable: true }),
    );
    expect(made.root.querySelector('dialog')!.open).toBe(true);
  });

  it('asks for similar pages by a button of the row', async () => {
    await open();
    await ask('bread');
    const similar = made.next('results');
    await userEvent.click(made.all('.similar')[0]!);
    await similar;
    expect(made.one('.similar-bar').hidden).toBe(false);
  });
});

describe('stale answers', () => {
  it('are dropped', async () => {
    const host = await sharedHost();
    await open();
    const release = host.hold(/terms-/);
    made.element.search('bread');
    await new Promise((resolve) => setTimeout(resolve, 150));
    const results = made.next<ResultsDetail>('results');
    made.element.search('river');
    await new Promise((resolve) => setTimeout(resolve, 150));
    release();
    expect((await results).query).toBe('river');
    expect(made.all('mark').map(({ textContent }) => textContent.toLowerCase())).not.toContain(
      'bread',
    );
  });
});

describe('meaning', () => {
  it('comes by itself after the words, and keeps what is active where it is', async () => {
    const host = await sharedHost();
    const release = host.hold(/light-/);
    await open({ meaning: 'auto', limit: '8' });
    const words = await ask('boat');
    expect(words.answer.tier).toBe('words');
    await userEvent.keyboard('{ArrowDown}{ArrowDown}{ArrowDown}{ArrowDown}');
    const { active } = made;
    const held = made.all('.page').findIndex((group) => group.contains(active!));
    const before = made.pages;
    const top = active!.getBoundingClientRect().top;
    expect(held).toBeGreaterThan(0);
    const better = made.next<ResultsDetail>('results');
    release();
    expect((await better).answer.tier).toBe('light');
    expect(made.active).toBe(active);
    expect(active!.getBoundingClientRect().top).toBe(top);
    expect(made.pages.slice(0, held + 1)).toEqual(before.slice(0, held + 1));
    for (const { url } of (await better).answer.pages) expect(made.pages).toContain(url);
    // The next keystroke shows an answer as it is.
    const { answer } = await ask('boat storm');
    expect(made.pages).toEqual(answer.pages.map(({ url }) => url));
  });

  it('keeps what is under a pointer at rest', async () => {
    const host = await sharedHost();
    const release = host.hold(/light-/);
    await open({ meaning: 'auto', limit: '8' });
    await ask('boat');
    await userEvent.hover(made.all('.hit-page')[1]!);
    const under = made.all('.page')[1];
    made.root.querySelector('input')!.dispatchEvent(new Event('focus'));
    const better = made.next('results');
    release();
    await better;
    expect(made.all('.page')[1]).toBe(under);
  });

  it('finds what has none of the words', async () => {
    await open({ meaning: 'auto' });
    const words = await ask('loaf');
    const { answer } =
      words.answer.tier === 'light' ? words : await made.next<ResultsDetail>('results');
    expect(answer.pages[0]!.passages[0]!.snippet.text).toMatch(/bread/);
  });

  it('is switched off and on, and that is remembered', async () => {
    await open({ meaning: 'auto' });
    const progress: ProgressDetail[] = [];
    const tiers: SiteTier[] = [];
    made.element.addEventListener('progress', ({ detail }) => progress.push(detail));
    made.element.addEventListener('results', ({ detail }) => tiers.push(detail.answer.tier));
    await ask('boat');
    await vi.waitFor(() => expect(tiers.at(-1)).toBe('light'));
    const knob = made.one('[role="switch"]');
    expect(knob.dataset['state']).toBe('ready');
    expect(knob.getAttribute('aria-checked')).toBe('true');
    expect(progress.map(({ phase }) => phase)).toEqual(['begin', 'ready']);
    await userEvent.click(knob);
    await vi.waitFor(() => expect(tiers.at(-1)).toBe('words'));
    expect(knob.getAttribute('aria-checked')).toBe('false');
    made.remove();
    localStorage.setItem('nearfield-search:meaning', 'off');
    await open({ meaning: 'auto' });
    expect((await ask('boat')).answer.tier).toBe('words');
    expect(made.one('[role="switch"]').dataset['state']).toBe('off');
    expect(made.site!.tier).toBe('words');
  });

  it('waits for a click where it is to ask, or where the visitor saves data', async () => {
    await open({ meaning: 'ask' });
    await ask('boat');
    expect(made.site!.tier).toBe('words');
    const offer = made.one('.notice-line button');
    expect(offer.textContent).toMatch(/^Search by meaning, too \(\d+ kB\)$/);
    const results = made.next<ResultsDetail>('results');
    await userEvent.click(offer);
    expect((await results).answer.tier).toBe('light');
    expect(made.all('.notice-line')).toEqual([]);
    made.remove();
    const saving = vi.spyOn(navigator, 'connection' as never, 'get');
    saving.mockReturnValue({ saveData: true } as never);
    await open({ meaning: 'auto' });
    await ask('boat');
    expect(made.one('[role="switch"]').dataset['state']).toBe('offered');
    saving.mockRestore();
  });

  it('that cannot be had leaves the words', async () => {
    const host = await sharedHost();
    await open({ meaning: 'auto' });
    const errors: ErrorDetail[] = [];
    made.element.addEventListener('error', (event) =>
      errors.push((event as CustomEvent<ErrorDetail>).detail),
    );
    host.fail(/light-/);
    await ask('boat');
    await vi.waitFor(() => expect(errors).toHaveLength(1)).finally(() => host.fail(undefined));
    expect(errors[0]!.code).toBe('download-failed');
    expect(made.pages.length).toBeGreaterThan(0);
    const results = made.next<ResultsDetail>('results');
    await userEvent.click(made.one('[role="switch"]'));
    expect((await results).answer.tier).toBe('light');
  });
});

describe('filters', () => {
  it('show how many there are of each value, and narrow', async () => {
    await open();
    await ask('bread');
    await vi.waitFor(() => expect(made.all('.chip')).toHaveLength(2));
    const odd = made.all('.chip').find(({ textContent }) => textContent === 'odd120')!;
    const results = made.next<ResultsDetail>('results');
    await userEvent.click(odd);
    const { answer } = await results;
    expect(new Set(answer.pages.map(({ metadata }) => metadata['kind']))).toEqual(new Set(['odd']));
    expect(odd.getAttribute('aria-pressed')).toBe('true');
    const all = made.next<ResultsDetail>('results');
    await userEvent.click(odd);
    expect((await all).answer.pages.length).toBeGreaterThan(0);
  });

  it('are left out where the attribute says so', async () => {
    await open({ filters: 'none' });
    await ask('bread');
    expect(made.one('[part="filters"]').hidden).toBe(true);
  });
});

describe('recent searches', () => {
  it('are those that led to something, newest first, can be asked again and cleared', async () => {
    await open();
    stay();
    for (const query of ['bread', 'river']) {
      await ask(query);
      await userEvent.keyboard('{Enter}');
    }
    made.element.search('');
    await vi.waitFor(() =>
      expect(made.options.map(({ textContent }) => textContent)).toEqual(['river', 'bread']),
    );
    const results = made.next<ResultsDetail>('results');
    await userEvent.keyboard('{ArrowDown}{ArrowDown}{Enter}');
    expect((await results).query).toBe('bread');
    made.element.search('');
    await userEvent.keyboard('{ArrowDown}{Delete}');
    expect(made.options.map(({ textContent }) => textContent)).toEqual(['bread']);
    await userEvent.click(made.one('.clear-recent'));
    expect(made.options).toEqual([]);
    expect(localStorage).toHaveLength(0);
  });

  it('are not kept where the page does not want it', async () => {
    await open({ recent: 'off' });
    stay();
    await ask('bread');
    await userEvent.keyboard('{Enter}');
    expect(localStorage).toHaveLength(0);
  });
});

describe('an index that cannot be opened', () => {
  it('is told, as an event and to the visitor', async () => {
    made = await Mounted.on({ index: '/nowhere/' });
    const error = made.next<ErrorDetail>('error');
    made.element.open();
    expect(['download-failed', 'integrity']).toContain((await error).code);
    expect(made.one('[role="alert"]').textContent).toContain('did not work');
    const again = made.next<ErrorDetail>('error');
    await userEvent.click(made.one('[role="alert"] button'));
    expect(['download-failed', 'integrity']).toContain((await again).code);
  });
});

describe('inline', () => {
  it('shows its list while it is used, and closes by Esc, then clears', async () => {
    await open({ mode: 'inline' });
    await ask('bread');
    const popup = made.one('[part="popup"]');
    expect(popup.hidden).toBe(false);
    await userEvent.keyboard('{Escape}');
    expect(popup.hidden).toBe(true);
    expect(made.input.getAttribute('aria-expanded')).toBe('false');
    await userEvent.keyboard('{ArrowDown}');
    expect(popup.hidden).toBe(false);
    await vi.waitFor(() => expect(made.input.getAttribute('aria-expanded')).toBe('true'));
    await userEvent.keyboard('{Escape}{Escape}');
    expect(made.input.value).toBe('');
  });

  it('closes where another thing is clicked or focused', async () => {
    await open({ mode: 'inline' });
    await ask('bread');
    await userEvent.click(document.body, { position: { x: 2, y: document.body.clientHeight - 2 } });
    document.body.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true }));
    expect(made.one('[part="popup"]').hidden).toBe(true);
  });
});
