import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkedBase, filesOfUrl, resolvedUrl, urlKey, urlOfFile } from './urls.ts';

describe('checkedBase', () => {
  it('ends in a slash', () => {
    expect(checkedBase('/')).toBe('/');
    expect(checkedBase('/docs')).toBe('/docs/');
    expect(checkedBase('https://x.org')).toBe('https://x.org/');
    expect(checkedBase('https://X.org/a b/')).toBe('https://x.org/a%20b/');
  });

  it.each(['', 'docs', '//x.org', 'ftp://x.org', 'javascript:1', 'https://', '/a?b', '/a#b'])(
    'is not %j',
    (base) => {
      expect(() => checkedBase(base)).toThrow(expect.objectContaining({ code: 'bad-input' }));
    },
  );
});

describe('urlOfFile', () => {
  it.each([
    ['index.html', '/d/', '/d/'],
    ['a/index.html', '/d/a/', '/d/a/'],
    ['a/INDEX.HTM', '/d/a/', '/d/a/'],
    ['a/b.html', '/d/a/b.html', '/d/a/b'],
    ['my index.html', '/d/my%20index.html', '/d/my%20index'],
    ['100%/a?b#c.html', '/d/100%25/a%3Fb%23c.html', '/d/100%25/a%3Fb%23c'],
    ['guide.md', '/d/guide', '/d/guide'],
    ['guide/README.md', '/d/guide/', '/d/guide/'],
    ['index.markdown', '/d/', '/d/'],
  ])('of %s', (path, plain, clean) => {
    expect(urlOfFile(path, '/d/', false)).toBe(plain);
    expect(urlOfFile(path, '/d/', true)).toBe(clean);
  });
});

describe('filesOfUrl', () => {
  it('finds what files may be meant', () => {
    expect(filesOfUrl('https://x.org/d/a%20b', '/d/')).toContain('a b.html');
    expect(filesOfUrl('/d/a/', '/d/')).toContain('a/index.html');
    expect(filesOfUrl('https://x.org/d', 'https://x.org/d/')).toContain('index.html');
    expect(filesOfUrl('/d/a.html?q#f', '/d/')[0]).toBe('a.html');
  });

  it('finds every file by its address', () => {
    const name = fc.oneof(
      fc.constantFrom('index', 'Index', 'readme', 'README', 'iNdEx', '100%', 'a b', '?#', ''),
      fc.stringMatching(/^[a-z\u00e9\\"%+;&]{1,4}$/),
    );
    const ending = fc.constantFrom(
      ...['html', 'htm', 'xhtml', 'md', 'markdown', 'json', 'txt', 'HTML', 'MD', 'Html'],
    );
    const file = fc
      .tuple(name, fc.array(ending, { minLength: 1, maxLength: 3 }))
      .map(([stem, endings]) => [stem, ...endings].join('.'));
    const folders = fc.array(
      fc.oneof(
        file,
        name.filter((folder) => folder !== ''),
      ),
      {
        maxLength: 2,
      },
    );
    const paths = fc.tuple(folders, file).map(([parents, last]) => [...parents, last].join('/'));
    const bases = fc.constantFrom('/', '/d/', 'https://x.org/a%20b/');
    fc.assert(
      fc.property(paths, bases, fc.boolean(), (path, base, cleanUrls) => {
        expect(filesOfUrl(urlOfFile(path, base, cleanUrls), base)).toContain(path);
      }),
      { numRuns: 1000 },
    );
  });

  it('finds none elsewhere', () => {
    expect(filesOfUrl('https://y.org/d/a', 'https://x.org/d/')).toEqual([]);
    expect(filesOfUrl('/e/a', '/d/')).toEqual([]);
    expect(filesOfUrl('/d/%ff', '/d/')).toEqual([]);
  });
});

describe('resolvedUrl', () => {
  it.each([
    ['a.png', '/docs/page', '/docs/a.png'],
    ['../a', 'https://x.org/b/c', 'https://x.org/a'],
    ['//cdn.org/a', '/docs/', 'https://cdn.org/a'],
    [' https://x.org ', '/', 'https://x.org/'],
    ['', '/docs/?q', '/docs/?q'],
  ])('%j on %s', (href, page, expected) => {
    expect(resolvedUrl(href, page)).toBe(expected);
  });

  it.each([
    'javascript:alert(1)',
    'data:text/html,x',
    'mailto:a@b.c',
    'https://',
    'java\nscript:1',
  ])('refuses %j', (href) => {
    expect(resolvedUrl(href, '/')).toBe(undefined);
  });
});

describe('urlKey', () => {
  it('does not count fragments', () => {
    expect(urlKey('/a?b#c\n#d')).toBe('/a?b');
  });
});
