import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { addressesOf, brokenLinks } from './links.ts';
import { rendered } from './markdown.ts';
import { MENU, pageOf, readPages, type DocsPage } from './pages.ts';

const pages = (...all: DocsPage[]): ReadonlyMap<string, DocsPage> =>
  new Map(all.map((page) => [page.source, page]));

it('has every Markdown file of docs/ in its menu, once', () => {
  const inMenu = MENU.flatMap(({ sources }) => sources);
  const there = readdirSync('docs').filter((name) => name.endsWith('.md'));
  expect(inMenu.filter((source) => source.startsWith('docs/')).sort()).toEqual(
    there.map((name) => `docs/${name}`).sort(),
  );
});

it('has no broken link in any page', async () => {
  const all = await readPages();
  expect([...all.values()].flatMap((page) => brokenLinks(page, all))).toEqual([]);
});

it('finds links that lead nowhere', () => {
  const guide = pageOf('docs/guide.md', '# Guide\n\n## First steps\n\n[a](api.md#missing)');
  const api = pageOf(
    'docs/api.md',
    '# API\n\n[a](guide.md) [b](guide.md#first-steps) [c](#api) [d](https://example.org) [e](cli.md) [f](../src/index.ts) ![g](images/none.png)',
  );
  const all = pages(guide, api);
  expect(brokenLinks(guide, all)).toEqual([
    'docs/guide.md: api.md#missing: docs/api.md has no heading with that anchor',
  ]);
  expect(brokenLinks(api, all)).toEqual([
    'docs/api.md: cli.md: expected a page of the menu or a file of docs/images/',
    'docs/api.md: ../src/index.ts: expected a page of the menu or a file of docs/images/',
    'docs/api.md: images/none.png: there is no such file',
  ]);
});

it('leads from page to page in the built site as it does on GitHub', () => {
  const home = pageOf('docs/README.md', '# Nearfield');
  const guide = pageOf('docs/guide.md', '# Guide');
  const contributing = pageOf('CONTRIBUTING.md', '# Contributing');
  const all = pages(home, guide, contributing);
  expect(addressesOf(guide, all)('README.md#nearfield')).toBe('index.html#nearfield');
  expect(addressesOf(guide, all)('../CONTRIBUTING.md')).toBe('contributing.html');
  expect(addressesOf(contributing, all)('docs/guide.md')).toBe('guide.html');
  expect(addressesOf(guide, all)('images/demo.png')).toBe('images/demo.png');
  expect(addressesOf(guide, all)('#guide')).toBe('#guide');
  expect(addressesOf(guide, all)('https://example.org/a.md')).toBe('https://example.org/a.md');
});

it('marks what scrolls for the keyboard, and takes no markup', () => {
  const html = rendered(
    '| a |\n| - |\n| b |\n\n```js\nlong();\n```\n\n<b>bold</b>',
    (link) => link,
  );
  expect(html).toMatch(/<div class="wide" role="group"[^>]* tabindex="0">\s*<table>/);
  expect(html).toContain('<pre tabindex="0"><code class="language-js">');
  expect(html).toContain('&lt;b&gt;bold');
});
