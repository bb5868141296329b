import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { SiteAnswer, SiteTier } from '../../contract/index.ts';
import { meantInput } from '../../site/meant-site.ts';
import { SlowHost } from '../slow-host.test-support.ts';
import { codeOf, Session, type Question } from './session.ts';

let host: SlowHost;

beforeAll(async () => {
  host = await SlowHost.of(await meantInput());
});

interface Told {
  answers: { answer: SiteAnswer; question: Question; improves: boolean }[];
  errors: unknown[];
}

function sessionOf(tier: () => SiteTier = () => 'words'): { session: Session; told: Told } {
  const told: Told = { answers: [], errors: [] };
  const session = new Session(
    { open: () => host.open(), limit: 5, tier },
    {
      onAnswer: (answer, question, improves) => told.answers.push({ answer, question, improves }),
      onError: (error) => told.errors.push(error),
      onChange: () => undefined,
    },
  );
  return { session, told };
}

describe('a session', () => {
  it('answers by words, and says while it searches', async () => {
    const { session, told } = sessionOf();
    const asked = session.ask({ query: 'bread' });
    expect(session.isSearching).toBe(true);
    await asked;
    expect(session.isSearching).toBe(false);
    expect(told.answers).toHaveLength(1);
    expect(told.answers[0]).toMatchObject({ improves: false, answer: { tier: 'words' } });
    expect(told.answers[0]!.answer.pages).toHaveLength(5);
  });

  it('drops the answer to what was asked before', async () => {
    const { session, told } = sessionOf();
    const release = host.hold(/terms-/);
    const first = session.ask({ query: 'bread' });
    await vi.waitFor(() => expect(session.isSearching).toBe(true));
    const second = session.ask({ query: 'river' });
    release();
    await Promise.all([first, second]);
    expect(told.answers.map(({ question }) => question.query)).toEqual(['river']);
    expect(told.errors).toEqual([]);
  });

  it('asks nobody about a blank question, and gives up the one before', async () => {
    const { session, told } = sessionOf();
    const release = host.hold(/terms-/);
    const first = session.ask({ query: 'bread' });
    await session.ask({ query: '  ' });
    release();
    await first;
    expect(told.answers).toEqual([]);
    expect(session.isSearching).toBe(false);
  });

  it('shows words first where meaning takes its time, and improves on them', async () => {
    let tier: SiteTier = 'words';
    const { session, told } = sessionOf(() => tier);
    await (await session.index()).prepare();
    tier = 'light';
    const release = host.hold(/cell|group|rest|vectors/);
    const asked = session.ask({ query: 'loaf boat' });
    await vi.waitFor(() => expect(told.answers).toHaveLength(1));
    expect(told.answers[0]).toMatchObject({ improves: false, answer: { tier: 'words' } });
    release();
    await asked;
    expect(told.answers[1]).toMatchObject({ improves: true, answer: { tier: 'light' } });
  });

  it('shows one answer where meaning is as quick', async () => {
    const { session, told } = sessionOf(() => 'light');
    await (await session.index()).prepare();
    await session.ask({ query: 'loaf' });
    expect(told.answers).toHaveLength(1);
    expect(told.answers[0]).toMatchObject({ improves: false, answer: { tier: 'light' } });
    // By meaning alone: no text has the word.
    expect(told.answers[0]!.answer.pages[0]!.passages[0]!.snippet.text).toMatch(/bread/i);
  });

  it('improves on the answer that is shown once there is a better tier', async () => {
    let tier: SiteTier = 'words';
    const { session, told } = sessionOf(() => tier);
    await session.ask({ query: 'bread' });
    await (await session.index()).prepare();
    tier = 'light';
    await session.improve();
    expect(told.answers.map(({ improves }) => improves)).toEqual([false, true]);
    expect(told.answers[1]!.answer.tier).toBe('light');
  });

  it('finds what is like a passage', async () => {
    const { session, told } = sessionOf();
    await session.ask({ query: 'bread' });
    const [page] = told.answers[0]!.answer.pages;
    const id = page!.passages[0]!.id;
    await session.ask({ query: 'bread', like: { id, title: page!.title } });
    const found = told.answers[1]!.answer.pages.map(({ url }) => url);
    expect(found.length).toBeGreaterThan(0);
    expect(found).not.toContain(page!.url);
  });

  it('tells of failures, and goes on when asked again', async () => {
    const { session, told } = sessionOf();
    host.fail(/./);
    await session.ask({ query: 'bread' });
    expect(told.errors.map(codeOf)).toEqual(['download-failed']);
    expect(session.error).toBe(told.errors[0]);
    host.fail(undefined);
    await session.again();
    expect(session.error).toBeUndefined();
    expect(told.answers).toHaveLength(1);
  });

  it('filters', async () => {
    const { session, told } = sessionOf();
    await session.ask({ query: 'bread', filter: { kind: 'odd' } });
    const kinds = told.answers[0]!.answer.pages.map(({ metadata }) => metadata['kind']);
    expect(new Set(kinds)).toEqual(new Set(['odd']));
  });
});

it('knows the code of any error', () => {
  expect(codeOf({ code: 'integrity' })).toBe('integrity');
  expect(codeOf(new TypeError('no'))).toBe('internal');
  expect(codeOf(null)).toBe('internal');
});
