import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { userEvent } from 'vitest/browser';
import type { SiteTier } from '../../contract/index.ts';
import type { ErrorDetail, ProgressDetail, ResultsDetail } from '../events.ts';
import '../index.ts';
import { Mounted, sharedHost } from '../mounted.test-support.ts';

let made: Mounted;

beforeEach(() => localStorage.clear());
afterEach(() => made.remove());

describe('meaning', () => {
  it('comes by itself after the words, and keeps what is active where it is', async () => {
    const host = await sharedHost();
    const release = host.hold(/light-/);
    made = await Mounted.opened({ meaning: 'auto', limit: '8' });
    const words = await made.ask('boat');
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
    const { answer } = await made.ask('boat storm');
    expect(made.pages).toEqual(answer.pages.map(({ url }) => url));
  });

  it('keeps what is under a pointer at rest', async () => {
    const host = await sharedHost();
    const release = host.hold(/light-/);
    made = await Mounted.opened({ meaning: 'auto', limit: '8' });
    await made.ask('boat');
    await userEvent.hover(made.all('.hit-page')[1]!);
    const under = made.all('.page')[1];
    made.root.querySelector('input')!.dispatchEvent(new Event('focus'));
    const better = made.next('results');
    release();
    await better;
    expect(made.all('.page')[1]).toBe(under);
  });

  it('finds what has none of the words', async () => {
    made = await Mounted.opened({ meaning: 'auto' });
    const words = await made.ask('loaf');
    const { answer } =
      words.answer.tier === 'light' ? words : await made.next<ResultsDetail>('results');
    expect(answer.pages[0]!.passages[0]!.snippet.text).toMatch(/bread/);
  });

  it('is switched off and on, and that is remembered', async () => {
    made = await Mounted.opened({ meaning: 'auto' });
    const progress: ProgressDetail[] = [];
    const tiers: SiteTier[] = [];
    made.element.addEventListener('progress', ({ detail }) => progress.push(detail));
    made.element.addEventListener('results', ({ detail }) => tiers.push(detail.answer.tier));
    await made.ask('boat');
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
    made = await Mounted.opened({ meaning: 'auto' });
    expect((await made.ask('boat')).answer.tier).toBe('words');
    expect(made.one('[role="switch"]').dataset['state']).toBe('off');
    expect(made.site!.tier).toBe('words');
  });

  it('waits for a click where it is to ask, or where the visitor saves data', async () => {
    made = await Mounted.opened({ meaning: 'ask' });
    await made.ask('boat');
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
    made = await Mounted.opened({ meaning: 'auto' });
    await made.ask('boat');
    expect(made.one('[role="switch"]').dataset['state']).toBe('offered');
    saving.mockRestore();
  });

  it('that cannot be had leaves the words', async () => {
    const host = await sharedHost();
    made = await Mounted.opened({ meaning: 'auto' });
    const errors: ErrorDetail[] = [];
    made.element.addEventListener('error', ({ detail }) => errors.push(detail));
    host.fail(/light-/);
    await made.ask('boat');
    await vi.waitFor(() => expect(errors).toHaveLength(1)).finally(() => host.fail(undefined));
    expect(errors[0]!.code).toBe('download-failed');
    expect(made.pages.length).toBeGreaterThan(0);
    const results = made.next<ResultsDetail>('results');
    await userEvent.click(made.one('[role="switch"]'));
    expect((await results).answer.tier).toBe('light');
  });
});
