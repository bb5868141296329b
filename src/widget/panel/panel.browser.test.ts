import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { userEvent } from 'vitest/browser';
import type { ErrorDetail, ResultsDetail, SelectDetail } from '../events.ts';
import '../index.ts';
import { Mounted, sharedHost } from '../mounted.test-support.ts';

let made: Mounted;

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
    made = await Mounted.opened();
    const { answer, query } = await made.ask('bread');
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
    made = await Mounted.opened();
    const answers: string[] = [];
    made.element.addEventListener('results', ({ detail }) => answers.push(detail.query));
    await userEvent.type(made.input, 'river');
    await vi.waitFor(() => expect(answers).toContain('river'));
    expect(answers).not.toContain('r');
  });

  it('wait for what an input method has not finished', async () => {
    made = await Mounted.opened();
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
    made = await Mounted.opened();
    await made.ask('qqqqqq');
    expect(made.one('.notice').textContent).toContain('Nothing found for “qqqqqq”');
    expect(made.input.getAttribute('aria-expanded')).toBe('false');
    await vi.waitFor(() =>
      expect(made.one('[role="status"]').textContent).toContain('Nothing found'),
    );
  });

  it("leave their place to the page's own words where there are none", async () => {
    made = await Mounted.opened();
    const own = document.createElement('p');
    own.slot = 'empty';
    own.textContent = 'Ask us';
    made.element.append(own);
    await made.ask('qqqqqq');
    expect(made.one('.notice .notice-text').checkVisibility()).toBe(false);
    expect(own.checkVisibility()).toBe(true);
  });

  it('are counted for who cannot see them', async () => {
    made = await Mounted.opened({ limit: '4' });
    await made.ask('bread');
    await vi.waitFor(() => expect(made.one('[role="status"]').textContent).toBe('4 pages'));
  });

  it('are told as partial where files are missing, until they are there', async () => {
    const host = await sharedHost();
    made = await Mounted.opened();
    host.fail(/fragments-/);
    await made.ask('bread').finally(() => host.fail(undefined));
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
    made = await Mounted.opened({ limit: '3' });
    await made.ask('bread');
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
    made = await Mounted.opened();
    const chosen = stay();
    const { answer } = await made.ask('bread');
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
    made = await Mounted.opened();
    const chosen = stay();
    await made.ask('bread');
    const results = made.next<ResultsDetail>('results');
    made.input.value = 'river';
    made.input.dispatchEvent(new InputEvent('input', { bubbles: true }));
    await userEvent.keyboard('{Enter}');
    expect(chosen).toEqual([]);
    expect((await results).query).toBe('river');
  });

  it('goes to pages like the active one, and back by Esc', async () => {
    made = await Mounted.opened();
    const { answer } = await made.ask('bread');
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
    made = await Mounted.opened();
    const chosen = stay();
    await made.ask('bread');
    await userEvent.hover(made.options[3]!);
    expect(made.active).toBe(made.options[3]);
    await userEvent.click(made.options[3]!);
    expect(chosen).toHaveLength(1);
    expect(chosen[0]!.url).toBe((made.options[3] as HTMLAnchorElement).href);
  });

  it('stays open where the result opens elsewhere', async () => {
    made = await Mounted.opened();
    stay();
    await made.ask('bread');
    made.options[0]!.dispatchEvent(
      new MouseEvent('click', { ctrlKey: true, bubbles: true, cancelable: true }),
    );
    expect(made.root.querySelector('dialog')!.open).toBe(true);
  });

  it('asks for similar pages by a button of the row', async () => {
    made = await Mounted.opened();
    await made.ask('bread');
    const similar = made.next('results');
    await userEvent.click(made.all('.similar')[0]!);
    await similar;
    expect(made.one('.similar-bar').hidden).toBe(false);
  });
});

describe('stale answers', () => {
  it('are dropped', async () => {
    const host = await sharedHost();
    made = await Mounted.opened();
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

describe('filters', () => {
  it('show how many there are of each value, and narrow', async () => {
    made = await Mounted.opened();
    await made.ask('bread');
    await vi.waitFor(() => expect(made.all('.chip')).toHaveLength(2));
    const odd = made.all('.chip').find(({ textContent }) => textContent === 'odd60')!;
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
    made = await Mounted.opened({ filters: 'none' });
    await made.ask('bread');
    expect(made.one('[part="filters"]').hidden).toBe(true);
  });
});

describe('recent searches', () => {
  it('are those that led to something, newest first, can be asked again and cleared', async () => {
    made = await Mounted.opened();
    stay();
    for (const query of ['bread', 'river']) {
      await made.ask(query);
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
    made = await Mounted.opened({ recent: 'off' });
    stay();
    await made.ask('bread');
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

  it('is opened by the next question, with all that comes with it', async () => {
    const host = await sharedHost();
    const fetched = vi
      .spyOn(globalThis, 'fetch')
      .mockImplementation((url) => host.fetch(url as string));
    made = await Mounted.on({ index: host.url, meaning: 'auto' });
    const errors: string[] = [];
    const told: string[] = [];
    made.element.addEventListener('error', ({ detail }) => errors.push(detail.code));
    for (const type of ['ready', 'results']) {
      made.element.addEventListener(type, () => told.push(type));
    }
    host.fail(/nearfield\.json/);
    made.element.open();
    await vi.waitFor(() => expect(errors).toHaveLength(1)).finally(() => host.fail(undefined));
    expect(made.one('[role="alert"]').checkVisibility()).toBe(true);
    await made.ask('bread');
    await vi.waitFor(() => expect(made.one('[role="switch"]').dataset['state']).toBe('ready'));
    expect(told.slice(0, 2)).toEqual(['ready', 'results']);
    expect(told.filter((type) => type === 'ready')).toHaveLength(1);
    expect(made.list.checkVisibility()).toBe(true);
    expect(made.all('[role="alert"]')).toEqual([]);
    expect(made.options.length).toBeGreaterThan(0);
    await vi.waitFor(() => expect(made.all('.chip')).toHaveLength(2));
    expect(errors).toHaveLength(1);
    fetched.mockRestore();
  });
});

describe('inline', () => {
  it('shows its list while it is used, and closes by Esc, then clears', async () => {
    made = await Mounted.opened({ mode: 'inline' });
    await made.ask('bread');
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
    made = await Mounted.opened({ mode: 'inline' });
    await made.ask('bread');
    await userEvent.click(document.body, { position: { x: 2, y: document.body.clientHeight - 2 } });
    document.body.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true }));
    expect(made.one('[part="popup"]').hidden).toBe(true);
  });
});
