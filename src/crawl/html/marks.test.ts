import { describe, expect, it } from 'vitest';
import { page, warnings } from './read-in-test.ts';

const MAIN = '<main><p>text</p></main>';

describe('data-nearfield-meta', () => {
  it('takes text, attributes and values, the first of each name', () => {
    const html = `<head><meta content="2026-01-02" data-nearfield-meta="date[content]"></head>
      <p data-nearfield-meta="author">Jane <b>Doe</b></p><p data-nearfield-meta="author">Other</p>
      <a href="/x" rel="me" data-nearfield-meta="link[href], rel[REL], place:Portland, Oregon">x</a>${MAIN}`;
    expect(page(html).metadata).toEqual({
      author: 'Jane Doe',
      date: '2026-01-02',
      link: '/x',
      place: 'Portland, Oregon',
      rel: 'me',
    });
  });

  it('replaces what every page has', () => {
    const html = `<title>T</title><meta name=description content=D><main>x<img src="a.png"></main>
      <div data-nearfield-meta="title">Better</div><div data-nearfield-meta="description:Longer, too"></div>
      <img src="b.png" alt="B" data-nearfield-meta="image[src], image_alt[alt]">`;
    expect(page(html)).toMatchObject({
      title: 'Better',
      description: 'Longer, too',
      image: { url: '/docs/b.png', alt: 'B' },
      metadata: {},
    });
  });

  it('is read where text is ignored, but not where all is', () => {
    const html = `<div data-nearfield-ignore data-nearfield-meta="a:1"></div>
      <div data-nearfield-ignore="all"><i data-nearfield-meta="b:2"></i></div>${MAIN}`;
    expect(page(html).metadata).toEqual({ a: '1' });
  });

  it('leaves out empty values, and says which items it does not understand', () => {
    const html = `<p data-nearfield-meta="empty, a[, [b], :v"></p>${MAIN}`;
    expect(page(html).metadata).toEqual({});
    expect(warnings(html).map(([code]) => code)).toEqual(Array(3).fill('bad-attribute'));
  });

  it('has 1,000 characters or fewer', () => {
    const long = 'x'.repeat(1001);
    const blanks = ' '.repeat(3000);
    const html = `<p data-nearfield-meta="a">${long}</p><p title="${long}" data-nearfield-meta="b[title]"></p>
      <p data-nearfield-meta="c:${long}"></p><p data-nearfield-meta="d">${blanks}<b>${long.slice(1)}</b>${blanks}</p>
      <p data-nearfield-meta="d">${long}</p>${MAIN}`;
    expect(page(html).metadata).toEqual({ d: long.slice(1) });
    expect(warnings(html).map(([code]) => code)).toEqual(Array(3).fill('bad-attribute'));
  });

  it('has 10,000 values or fewer', () => {
    const names = Array.from({ length: 10_002 }, (_, i) => `n${i}`).join();
    const html = `<p data-nearfield-meta="${names}">x</p>${MAIN}`;
    expect(Object.keys(page(html).metadata)).toHaveLength(10_000);
    expect(warnings(html)).toHaveLength(2);
  });

  it('is text without furniture, of furniture too', () => {
    const html = `<nav data-nearfield-meta="a">N<button>b</button></nav><p data-nearfield-meta="b">
      one <i data-nearfield-meta="c"> two </i><b hidden data-nearfield-meta="d">three</b>four<br>five</p>${MAIN}`;
    expect(page(html).metadata).toEqual({ a: 'N', b: 'one two four five', c: 'two', d: 'three' });
  });

  it('takes any name for a name', () => {
    const { metadata } = page(`<p data-nearfield-meta="__proto__:x"></p>${MAIN}`);
    expect(Object.entries(metadata)).toEqual([['__proto__', 'x']]);
    expect(Object.getPrototypeOf(metadata)).toBe(Object.prototype);
  });
});

describe('data-nearfield-filter', () => {
  it('collects every value of a name, once, in order', () => {
    const html = `<i data-nearfield-filter="tag">owls</i><i data-nearfield-filter="tag">birds</i>
      <i data-nearfield-filter="tag:owls"></i><html data-nearfield-filter="section:Docs">${MAIN}`;
    expect(page(html).filters).toEqual({ section: ['Docs'], tag: ['birds', 'owls'] });
  });
});
