import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { SitePageHit, SitePassageHit } from '../../contract/index.ts';
import { markedNodes } from './marks.ts';
import { pageView } from './rows.ts';

/** What a page of results may be made of. */
const OURS = new Set(['div', 'a', 'button', 'span', 'mark', 'svg', 'path']);

const markup = fc.constantFrom(
  '<img src=x onerror="globalThis.attacked = true">',
  '<script>globalThis.attacked = true</script>',
  '"><svg onload=globalThis.attacked=true>',
  '</span></a><iframe src="javascript:globalThis.attacked=true">',
  '&lt;b&gt;',
  '{{constructor}}',
  '\u202e\u0000\ud800',
);
const text = fc.oneof(fc.string({ unit: 'binary' }), markup, fc.tuple(markup, markup).map(String));
const url = fc.oneof(
  fc.webUrl(),
  text,
  fc.constantFrom(
    'javascript:attacked=true',
    ' javascript:1',
    'data:text/html,x',
    '//else.example',
  ),
);
/** Of any numbers, as a tampered index may have them. */
const mark = fc.tuple(
  fc.oneof(fc.integer({ min: -5, max: 60 }), fc.double()),
  fc.oneof(fc.integer({ min: -5, max: 60 }), fc.double()),
);
const snippet = fc.record({ text, marks: fc.array(mark, { maxLength: 6 }) });
const passage: fc.Arbitrary<SitePassageHit> = fc.record({
  id: fc.nat(),
  url,
  headings: fc.array(text, { maxLength: 4 }),
  snippet,
  score: fc.double(),
  via: fc.constantFrom('words', 'meaning', 'both'),
});
const page: fc.Arbitrary<SitePageHit> = fc.record({
  url,
  title: text,
  language: text,
  metadata: fc.constant({}),
  score: fc.double(),
  passages: fc.array(passage, { minLength: 1, maxLength: 4 }),
});

const stage = document.createElement('div');
document.body.append(stage);
afterAll(() => stage.remove());

describe('a page of an index that anybody may have written', () => {
  it('makes no other elements and no other links than ours', () => {
    fc.assert(
      fc.property(page, (hit) => {
        const { group, choices } = pageView(hit, { number: 7, similar: 'Similar pages' });
        stage.replaceChildren(group);
        for (const element of stage.querySelectorAll('*')) {
          expect(OURS).toContain(element.localName);
          for (const { name, value } of element.attributes) {
            expect(name).not.toMatch(/^(on|style$|src)/);
            if (name === 'href') expect(value).toMatch(/^https?:\/\//);
          }
        }
        expect(choices.size).toBeGreaterThan(0);
        for (const [option, { href }] of choices) {
          expect(option.getAttribute('href')).toBe(href ?? null);
          expect(option.hasAttribute('aria-disabled')).toBe(href === undefined);
        }
      }),
      { numRuns: 400 },
    );
    expect(globalThis).not.toHaveProperty('attacked');
  });

  it('shows titles and excerpts as the text that they are', () => {
    fc.assert(
      fc.property(page, (hit) => {
        const { group } = pageView(hit, { number: 1, similar: undefined });
        const title = hit.title.trim() === '' ? hit.url : hit.title;
        expect(group.querySelector('.title')!.textContent).toBe(title);
        const texts = hit.passages.map(({ snippet: { text: excerpt } }) => excerpt);
        for (const { textContent } of group.querySelectorAll('.excerpt')) {
          expect(texts).toContain(textContent);
        }
      }),
    );
  });

  it('is not led to by what would run', () => {
    const hit = { url: 'javascript:attacked=true', title: 'Free', metadata: {}, score: 1 };
    const passages = [
      { id: 1, url: hit.url, headings: [], snippet: { text: '', marks: [] }, score: 1 },
    ].map((one) => ({ ...one, via: 'words' as const }));
    const { group } = pageView({ ...hit, passages }, { number: 1, similar: undefined });
    stage.replaceChildren(group);
    group.querySelector<HTMLElement>('[role="option"]')!.click();
    expect(globalThis).not.toHaveProperty('attacked');
    expect(group.querySelector('[href]')).toBeNull();
  });
});

describe('marks', () => {
  it('are pieces of the text, in order, and change nothing of it', () => {
    fc.assert(
      fc.property(snippet, (given) => {
        const box = document.createElement('p');
        box.append(...markedNodes(given));
        expect(box.textContent).toBe(given.text);
        for (const node of box.childNodes) {
          expect(['#text', 'MARK']).toContain(node.nodeName);
          expect(node.textContent).not.toBe('');
        }
      }),
    );
  });

  it('are those that are given, where they are sound', () => {
    const nodes = markedNodes({ text: 'green tea', marks: [[0, 5]] });
    expect(nodes.map(({ nodeName, textContent }) => [nodeName, textContent])).toEqual([
      ['MARK', 'green'],
      ['#text', ' tea'],
    ]);
  });
});

describe('a page', () => {
  const section = (id: number, at: string, headings: string[]): SitePassageHit => ({
    id,
    url: at,
    headings,
    snippet: { text: `Text ${id}`, marks: [] },
    score: 1,
    via: 'words',
  });

  it('has one row for itself and one for each section, without its own title in them', () => {
    const hit: SitePageHit = {
      url: '/tea/',
      title: 'Tea',
      metadata: {},
      score: 1,
      passages: [
        section(1, '/tea/#green', ['Tea', 'Kinds', 'Green']),
        section(2, '/tea/#green', ['Tea', 'Kinds', 'Green']),
        section(3, '/tea/#black', ['Tea', 'Black']),
      ],
    };
    const { group, choices } = pageView(hit, { number: 1, similar: undefined });
    const headings = [...group.querySelectorAll('.heading')].map(({ textContent }) => textContent);
    expect(headings).toEqual(['Kinds › Green', 'Black']);
    expect([...choices.values()].map(({ href }) => new URL(href!).hash)).toEqual([
      '',
      '#green',
      '#black',
    ]);
    expect([...choices.values()].map(({ id }) => id)).toEqual([1, 1, 3]);
  });

  it('takes a best passage of its own, before the first heading, as its excerpt', () => {
    const hit: SitePageHit = {
      url: '/tea/',
      title: 'Tea',
      metadata: {},
      score: 1,
      passages: [section(1, '/tea/', []), section(3, '/tea/#black', ['Black'])],
    };
    const { group } = pageView(hit, { number: 1, similar: undefined });
    expect(group.querySelector('.hit-page .excerpt')!.textContent).toBe('Text 1');
    expect(group.querySelectorAll('.hit-section')).toHaveLength(1);
  });
});
