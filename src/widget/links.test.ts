import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pageLink, placeOf } from './links.ts';

const BASE = 'https://site.example/guide/start';

describe('links of an index', () => {
  it('lead to pages, wherever these are', () => {
    expect(pageLink('/docs/a#b', BASE)).toBe('https://site.example/docs/a#b');
    expect(pageLink('c', BASE)).toBe('https://site.example/guide/c');
    expect(pageLink('http://else.example/', BASE)).toBe('http://else.example/');
  });

  it('are none where they would run or show something else', () => {
    const bad = ['javascript:alert(1)', ' JavaScript:alert(1)', 'java\tscript:alert(1)'];
    bad.push('data:text/html,<b>', 'vbscript:x', 'blob:https://site.example/1', 'file:///etc');
    for (const url of [...bad, 'https://', '\u0000javascript:alert(1)']) {
      const link = pageLink(url, BASE);
      expect(link === undefined || link.startsWith('https://site.example/'), url).toBe(true);
    }
  });

  it('begin with http or https, whatever the string', () => {
    const scheme = fc.constantFrom(
      'javascript:',
      'data:',
      'JAVASCRIPT:',
      '\tjavascript:',
      '//',
      '',
    );
    fc.assert(
      fc.property(scheme, fc.string({ unit: 'binary' }), (start, rest) => {
        const link = pageLink(start + rest, BASE);
        expect(link === undefined || /^https?:\/\//.test(link)).toBe(true);
      }),
    );
  });
});

describe('the place of a page', () => {
  it('is its path for people, with the host where that is another', () => {
    const place = (url: string): string => placeOf(url, 'site.example');
    expect(place('https://site.example/docs/%C3%BCber/index.html#x')).toBe('docs › über');
    expect(place('https://else.example/a.html')).toBe('else.example › a');
    expect(place('https://site.example/')).toBe('');
    expect(place('https://site.example/%E0%A4%A')).toBe('%E0%A4%A');
  });
});
