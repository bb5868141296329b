import { describe, expect, it } from 'vitest';
import { page, refusal } from './read-in-test.ts';

const MAIN = '<main><p>text</p></main>';

describe('title', () => {
  it.each([
    [
      'og:title',
      '<meta property="og:title" content=" A &amp; B "><title>T</title><main><h1>H</h1>x</main>',
      'A & B',
    ],
    [
      'the first h1 of the content',
      `<title>T</title><header><h1>Site</h1></header><main><h1>H</h1>x</main>`,
      'H',
    ],
    ['title', `<title> T\n t </title><header><h1>Site</h1></header>${MAIN}`, 'T t'],
    ['another h1', `<div><h1>Site</h1></div>${MAIN}`, 'Site'],
    ['nothing', MAIN, undefined],
  ])('is %s', (_, html, expected) => {
    expect(page(html).title).toBe(expected);
  });
});

describe('image', () => {
  it('is og:image, or the first one of the content with an address', () => {
    const html = `<img src="/logo.png"><main><img src="data:image/png;base64,AA=="><nav><img src=n.png></nav>
      <img src="owl.jpg" alt=" A barn  owl "><img src="b.jpg">x</main>`;
    expect(page(html).image).toEqual({ url: '/docs/owl.jpg', alt: 'A barn owl' });
    const og =
      '<meta property=og:image content=https://cdn.org/a.png><meta property=og:image:alt content=Alt>';
    expect(page(og + html).image).toEqual({ url: 'https://cdn.org/a.png', alt: 'Alt' });
    expect(page(`<base href="/x/">${html}`).image?.url).toBe('/x/owl.jpg');
    expect(page(MAIN).image).toBe(undefined);
  });

  it('never has an address that runs', () => {
    const html =
      '<meta property="og:image" content="javascript:alert(1)"><main>x<img src=" javascript:1"></main>';
    expect(page(html).image).toBe(undefined);
  });
});

describe('description and canonical URL', () => {
  it('are read from the head', () => {
    const html = `<meta name="Description" content="About &quot;owls&quot;">
      <link rel="alternate canonical" href="../owls/">${MAIN}`;
    expect(page(html)).toMatchObject({ description: 'About "owls"', canonical: '/owls/' });
    expect(page(`<link rel=canonical href="https://x.org/a b">${MAIN}`).canonical).toBe(
      'https://x.org/a%20b',
    );
    expect(page(`<link rel=canonical href="javascript:x">${MAIN}`).canonical).toBe(undefined);
    expect(page(`<meta property="og:description" content="OG">${MAIN}`).description).toBe('OG');
  });
});

describe('language', () => {
  it('is that of html, else of its content-language', () => {
    expect(page(`<html lang="pt-br">${MAIN}`).language).toBe('pt-BR');
    expect(page(`<meta http-equiv="Content-Language" content="sv">${MAIN}`).language).toBe('sv');
  });
});

describe('a page that is not to be found', () => {
  it.each([
    ['noindex', '<meta name="robots" content="NoIndex, follow">'],
    ['noindex', '<meta name="ROBOTS" content="none">'],
    ['noindex', '<meta name="nearfield" content="noindex">'],
    ['redirect', '<meta http-equiv="refresh" content="0; URL=/elsewhere">'],
    ['redirect', `<meta http-equiv="refresh" content="5.5,url = '/elsewhere' ">`],
    ['redirect', '<meta http-equiv="refresh" content="0;/elsewhere">'],
    ['redirect', '<base href=/other/><meta http-equiv="refresh" content="0; url=page.html">'],
  ])('is left out: %s', (code, html) => {
    expect(refusal(() => page(html + MAIN))).toBe(code);
  });

  it.each([
    '<meta name="robots" content="index, nofollow, noimageindex">',
    '<meta name="googlebot" content="noindex">',
    '<meta http-equiv="refresh" content="30">',
    '<meta http-equiv="refresh" content="30; url=/elsewhere">',
    '<meta http-equiv="refresh" content="5; url=page.html">',
    '<meta http-equiv="refresh" content="0; url=\'/docs/page.html#new\'">',
    '<meta http-equiv="refresh" content="0; url=">',
    '<meta http-equiv="refresh" content="0; url=javascript:x">',
  ])('is not one with %s', (html) => {
    expect(refusal(() => page(html + MAIN))).toBe(undefined);
  });

  it.each([
    '',
    '   ',
    '<main></main>',
    '<frameset><frame src=a></frameset>',
    '<svg>x</svg>',
    '<!-- -->',
  ])('is empty: %j', (html) => {
    expect(refusal(() => page(html))).toBe('empty');
  });
});
