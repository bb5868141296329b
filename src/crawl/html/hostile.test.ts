import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sealedPage } from '../hash.ts';
import { LeftOut } from '../page.ts';
import { pagePassages } from '../page-passages.ts';
import { wellFormed } from '../text.ts';
import { decodedHtml, readFragment, readPage, type HtmlContent } from './index.ts';

const SECRET = 'secretOfAScript';

/** What is read, or why it is not; anything else that is thrown fails the test. */
function read(html: string, reader = readPage): HtmlContent | undefined {
  try {
    return reader(html, '/', () => undefined);
  } catch (error) {
    if (error instanceof LeftOut) return undefined;
    throw error;
  }
}

/** Every string in what was read, once it is sure that there is nothing but data. */
function strings(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'number' || value === undefined) return [];
  const isPlain = Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
  if (!isPlain) expect.fail(`expected plain data, got ${typeof value}`);
  return Object.values(value as object).flatMap(strings);
}

function assertSound(content: HtmlContent | undefined): void {
  if (content === undefined) return;
  const { sections, canonical, image } = content;
  expect(sections.length).toBeGreaterThan(0);
  const isFilled = (text: string): boolean => text.trim() !== '';
  const unsound = sections.filter(
    ({ text, weight, headings }) => !isFilled(text) || weight <= 0 || !headings.every(isFilled),
  );
  expect(unsound).toEqual([]);
  for (const url of [canonical, image?.url])
    if (url !== undefined) expect(url).toMatch(/^(?:https?:|\/)/);
  // Anchors are as the page has them: a URL has to name them.
  const ownWords = sections.map((section) => ({ ...section, anchor: '' }));
  expect(strings({ ...content, sections: ownWords }).join('')).not.toContain('\u00ad');
  const page = sealedPage({ path: 'a.html', url: '/a' }, { ...content, title: 'A' });
  expect(pagePassages(page, { characters: 1200 }).length).toBeGreaterThanOrEqual(sections.length);
}

const PAGE = `<!doctype html><html lang=en><head><meta charset=utf-8><title>Owls &amp; bats</title>
<link rel=canonical href=/owls/><meta property="og:image" content="/owl.png">
<script>${SECRET}("</p>")</script><style>p::after { content: "${SECRET}" }</style></head>
<body><header><a href=/>Home</a></header><main data-nearfield-weight=2><h1 id=top>Owls</h1>
<p>They <b>hunt <i>at</b> night</i>. <a name=x></a><h2>Food</h2><ul><li>Mice<li>Moths</ul>
<table><tr><td>Barn owl<td>35 cm</table><pre><code>if (a &lt; b) {}</code></pre>
<svg><script>${SECRET}()</script><text>drawn</text></svg><template><p>${SECRET}</p></template>
<blockquote lang=fr>Chouette</blockquote><img src=a.png alt="An owl">
<i data-nearfield-meta="author, kind:bird" data-nearfield-filter="tag">x</i>
<noscript><p>${SECRET}</p></noscript></main><footer>end</footer></body></html>`;

const word = fc.stringMatching(/^[a-z &;#0-9\u00e9\u00ad\u0000\ud83e\udd89]{0,8}$/);
const tag = fc.constantFrom(
  ...'p div b i a table tr td th tbody h1 h2 h3 main article section nav aside header footer'.split(
    ' ',
  ),
  ...'ul li dl dt pre code svg math template select option form button ruby rt hr br'.split(' '),
  ...'body html head details summary blockquote center font my-element caption'.split(' '),
);
const attributes = fc.constantFrom(
  ...['', ' id=a', ' hidden', ' lang=de', ' role=main', ' name=b', ' class=anchor href=#a'],
  ...[' data-nearfield-body', ' data-nearfield-ignore', ' data-nearfield-weight=3'],
  ...[
    ' data-nearfield-meta=a,b[id],c:d',
    ' data-nearfield-filter=a:',
    ' src=javascript:1',
    ' role=article',
    ' role=heading',
  ],
);
const soup = fc
  .array(
    fc.oneof(
      word,
      fc.tuple(tag, attributes).map(([name, rest]) => `<${name}${rest}>`),
      word.map((id) => `<h2 id="${id}">`),
      tag.map((name) => `</${name}>`),
      attributes.map((rest) => `<script${rest}>${SECRET}()</script>`),
      fc.constant('<!-- c -->'),
    ),
    { maxLength: 60 },
  )
  // As decoders and feeds give it.
  .map((parts) => wellFormed(parts.join('')));

describe('hostile HTML', () => {
  it('of random bytes is read, or left out', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        assertSound(read(decodedHtml(bytes, () => undefined)));
      }),
      { numRuns: 500 },
    );
  });

  it('of tag soup gives plain text, and never a script', () => {
    fc.assert(
      fc.property(soup, (html) => {
        for (const reader of [readPage, readFragment]) {
          const content = read(html, reader);
          assertSound(content);
          expect(strings(content).join()).not.toContain(SECRET);
        }
      }),
      { numRuns: 1500 },
    );
  });

  it('is read whole', () => {
    const content = read(PAGE);
    assertSound(content);
    expect(strings(content).join()).not.toContain(SECRET);
    expect(content?.sections.map(({ text }) => text)).toEqual([
      'They hunt at night.',
      'Mice\nMoths\n\nBarn owl 35 cm\n\nif (a < b) {}',
      'Chouette',
      'x',
    ]);
  });

  it('cut short anywhere never shows a script', () => {
    for (let end = 0; end <= PAGE.length; end++) {
      const content = read(PAGE.slice(0, end));
      assertSound(content);
      expect(strings(content).join()).not.toContain(SECRET);
    }
  });

  it('with flipped bits is read, or left out', () => {
    const bytes = new TextEncoder().encode(PAGE);
    const flip = fc.tuple(fc.nat(bytes.length - 1), fc.nat(7));
    fc.assert(
      fc.property(fc.array(flip, { minLength: 1, maxLength: 20 }), (flips) => {
        const flipped = bytes.slice();
        for (const [at, bit] of flips) flipped[at]! ^= 1 << bit;
        assertSound(read(decodedHtml(flipped, () => undefined)));
      }),
      { numRuns: 500 },
    );
  });

  it('gives the same twice', () => {
    fc.assert(
      fc.property(soup, (html) => {
        expect(read(html)).toEqual(read(html));
      }),
    );
  });

  const MUCH = 200_000;
  it.each([
    ['<div>'],
    ['<a>'],
    ['<b>x'],
    ['<p><b id=1>'],
    ['<a><p>'],
    ['<table>'],
    ['<table><tr><td>x'],
    ['x<table>'],
    ['<li>x'],
    ['<h2>x'],
    ['<h2>x</h2>'],
    ['<section><h2>x</h2></section>'],
    ['<i></i>'],
    ['<svg>'],
    ['<math><mi>'],
    ['<template>'],
    ['<select><option>'],
    ['<body a=1>'],
    ['</p>'],
    ['<!--'],
    ['<![CDATA['],
    ['&amp'],
    ['\u00ad \n'],
    ['<div lang=de>x</div>'],
    ['<p data-nearfield-weight=2>x</p>'],
    ['<i data-nearfield-filter=a>x</i>'],
    ['<button role=button>x</button>'],
    ['<article>x</article>'],
  ])('of 200 KB of %j is read, or left out', (unit) => {
    assertSound(read(`x ${unit.repeat(MUCH / unit.length)}`));
  });

  it.each([
    ['attributes', '<p ', 'a%d ', '>x'],
    ['values', '<p title="', 'a%d ', '">x'],
    ['links in a heading', '<h2>x', '<a class=anchor href=#>x%d</a>', '</h2>x'],
    ['codes in a pre', '<pre>', '<code>x%d</code>', '</pre>'],
    ['text of one block', '<main>', 'word%d ', '</main>'],
    ['blanks', '<main>x', ' \t', 'x</main>'],
    ['marks', '<p data-nearfield-meta="', 'a%d,', '">x'],
    ['anchors', '<main>', '<a id=a%d></a>', '<h2>x</h2>'],
    ['blanks in code', '<pre>x', '  ', 'x</pre>'],
    ['blanks in a style', '<p style="', '; ', 'x">x'],
  ])('of 200 KB of %s is read, or left out', (_, before, unit, after) => {
    const many = Math.floor(MUCH / unit.length);
    const middle = Array.from({ length: many }, (_, i) => unit.replace('%d', String(i))).join('');
    assertSound(read(before + middle + after));
  });

  const LEVELS = 900;
  const WIDE = 100_000;
  const deep = (before: string, inside: string, after = ''): string =>
    before.repeat(LEVELS) + inside + after.repeat(LEVELS);
  it.each([
    ['filters', deep('<div data-nearfield-filter=a>', `<i>${'x'.repeat(100)}</i>`.repeat(WIDE))],
    ['blank filters', `x${deep('<div data-nearfield-filter=a>', '<i> </i>'.repeat(WIDE))}`],
    ['headers', deep('<div>', `<p>x</p>${'<header>x</header>'.repeat(4 * WIDE)}`)],
    ['headings after', deep('<div>', `${'<i></i>'.repeat(WIDE)}<h2>x</h2>`, '</div><h2>x</h2>')],
    ['roots', deep('<div>', '<article>x</article>'.repeat(4 * WIDE))],
    ['titles', `x${deep('<div role=heading aria-level=1>', '<i></i>'.repeat(WIDE), '</div>')}<p>x`],
    [
      'links of a heading',
      `<h2>${'<a href=#x><table><tr><td>'.repeat(150)}${'<i>-</i>'.repeat(WIDE)}${'</table>x</a>'.repeat(150)}</h2>x`,
    ],
  ])('takes no time in proportion to the depth: %s', { timeout: 15_000 }, (_, html) => {
    const content = read(html);
    expect(content).not.toBe(undefined);
    assertSound(content);
  });

  it('nested too deep is left out', () => {
    const html = `${'<div>'.repeat(1100)}x`;
    expect(() => readPage(html, '/', () => undefined)).toThrow(
      expect.objectContaining({ code: 'too-complex' }),
    );
    expect(read(`${'<div>'.repeat(900)}x`)?.sections).toHaveLength(1);
    expect(read('<div></div>'.repeat(2000) + '<p>x')?.sections).toHaveLength(1);
  });
});
