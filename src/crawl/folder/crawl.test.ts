import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { crawl, type CrawlOptions, type Page, type Problem } from '../index.ts';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'nearfield-crawl-'));
});

afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

/** Writes files; a string without '<' is a page's text. */
async function files(contents: Record<string, string | Uint8Array>): Promise<void> {
  for (const [path, content] of Object.entries(contents)) {
    const isText = typeof content === 'string' && !/[<{[]/.test(content);
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), isText ? `<main>${content}</main>` : content);
  }
}

async function run(
  options: CrawlOptions = {},
  path = root,
): Promise<{ pages: Page[]; problems: Problem[] }> {
  const pages: Page[] = [];
  const problems: Problem[] = [];
  for await (const event of crawl(path, options)) {
    if (event.kind === 'page') pages.push(event.page);
    else problems.push(event.problem);
  }
  return { pages, problems };
}

const paths = ({ pages }: { pages: Page[] }): string[] => pages.map(({ path }) => path);
const urls = ({ pages }: { pages: Page[] }): string[] => pages.map(({ url }) => url);
const codes = ({ problems }: { problems: Problem[] }): [string, string][] =>
  problems.map(({ path, code }) => [path, code]);

describe('the walk', () => {
  it('goes in the order of the bytes of paths', async () => {
    const names = [
      'a/b.html',
      'a-b.html',
      'A.html',
      'a/a/z.htm',
      'é.html',
      '\u{1f989}.html',
      'ｚ.html',
    ];
    await files(Object.fromEntries(names.map((name) => [name, 'x'])));
    expect(paths(await run())).toEqual([
      ...['A.html', 'a-b.html', 'a/a/z.htm', 'a/b.html', 'é.html', 'ｚ.html', '\u{1f989}.html'],
    ]);
  });

  it('leaves out what is hidden, node_modules, 404.html and what is no page', async () => {
    await files({
      '.a/b.html': 'x',
      'node_modules/a.html': 'x',
      '.b.html': 'x',
      'b/404.html': 'x',
    });
    await files({ '404.html': 'x', 'a.js': 'x', 'a.json': '{}', 'a.png': 'x', 'a.html': 'x' });
    const found = await run();
    expect(paths(found)).toEqual(['a.html']);
    expect(found.problems).toEqual([]);
  });

  it('follows include and exclude', async () => {
    await files({ 'a/1.html': 'x', 'a/2.html': 'x', 'b/3.html': 'x', 'b/c/4.html': 'x' });
    expect(paths(await run({ include: ['a/**', '**/4.html'], exclude: ['**/1.*'] }))).toEqual([
      'a/2.html',
      'b/c/4.html',
    ]);
    expect(paths(await run({ exclude: ['b'] }))).toEqual(['a/1.html', 'a/2.html']);
  });

  it('ends where links lead in circles, and reads each folder once, by its own path', async () => {
    await files({ 'b/page.html': 'x', 'b/c/deep.html': 'y' });
    await symlink('.', join(root, 'all'));
    await symlink('../..', join(root, 'b/c/up'));
    await symlink('b', join(root, 'a'));
    await symlink('loop', join(root, 'loop'));
    const found = await run();
    expect(paths(found)).toEqual(['b/c/deep.html', 'b/page.html']);
    expect(codes(found)).toEqual([['loop', 'unreadable']]);
  });

  it('follows links to files, but not out of the folder', async () => {
    await files({ 'site/page.html': 'x', 'outside.html': 'secret', 'other/a.html': 'secret' });
    await symlink('page.html', join(root, 'site/alias.html'));
    await symlink('../outside.html', join(root, 'site/out.html'));
    await symlink('../other', join(root, 'site/other'));
    const found = await run({}, join(root, 'site'));
    expect(paths(found)).toEqual(['alias.html', 'page.html']);
    expect(codes(found)).toEqual([
      ['other', 'outside'],
      ['out.html', 'outside'],
    ]);
  });

  it('does not follow links to what it leaves out', async () => {
    await files({ '.private/a.html': 'x', 'node_modules/y/b.html': 'x', 'drafts/c.html': 'x' });
    await files({ 'd/.e.html': 'x', '404.html': 'x', 'new/draft.html': 'x', 'f.html': 'x' });
    const links = {
      ...{ public: '.private', lib: 'node_modules/y', latest: 'drafts', 'g.html': '404.html' },
      ...{ 'h.html': 'd/.e.html', 'i.html': 'drafts/c.html', 'j.html': '.private/a.html' },
      ...{ 'k.html': 'new/draft.html', 'l.html': 'f.html', again: 'new' },
    };
    for (const [link, target] of Object.entries(links)) await symlink(target, join(root, link));
    const found = await run({ exclude: ['drafts/**', 'new/draft.*'] });
    expect(paths(found)).toEqual(['f.html', 'l.html']);
    expect(found.problems).toEqual([]);
  });

  it('does not wait for pipes', async () => {
    execFileSync('mkfifo', [join(root, 'pipe.html')]);
    await symlink('pipe.html', join(root, 'link.html'));
    await files({ 'a.html': 'x' });
    expect(paths(await run())).toEqual(['a.html']);
  });

  it('gives the same twice, and hashes that change with what is said', async () => {
    await files({ 'a.html': '<title>T</title><main>a<p data-nearfield-meta="b,a:1">x</main>' });
    await files({ 'b.html': 'b', 'c.md': '# c\n<p>x' });
    const first = await run();
    expect(await run()).toEqual(first);
    await files({ 'a.html': '<title>T</title><main>a<p data-nearfield-meta="b,a:2">x</main>' });
    const second = await run();
    expect(second.pages.map(({ hash }) => hash.length)).toEqual([64, 64, 64]);
    expect(second.pages.map(({ hash }, i) => hash === first.pages[i]!.hash)).toEqual([
      false,
      true,
      true,
    ]);
  });

  it('reads one page at a time, and stops when nobody asks', async () => {
    await files({ 'a.html': 'a', 'b.html': 'b' });
    const stream = crawl(root);
    expect((await stream.next()).value).toMatchObject({ page: { path: 'a.html' } });
    await files({ 'b.html': 'later' });
    expect((await stream.next()).value).toMatchObject({ page: { sections: [{ text: 'later' }] } });
    await stream.return();
  });

  it('stops at a signal', async () => {
    await files({ 'a.html': 'a', 'b.html': 'b' });
    const controller = new AbortController();
    const stream = crawl(root, { signal: controller.signal });
    await stream.next();
    controller.abort();
    await expect(stream.next()).rejects.toMatchObject({ code: 'aborted' });
    await expect(run({ signal: controller.signal })).rejects.toMatchObject({ code: 'aborted' });
  });

  it.each([
    ['blank lines', '\n'.repeat(2 ** 22), 2 ** 22],
    ['one line of 64 GB', 'x', 2 ** 36],
  ])('stops at a signal in a feed of %s', async (_, start, bytes) => {
    await writeFile(join(root, 'a.jsonl'), start);
    await truncate(join(root, 'a.jsonl'), bytes);
    const controller = new AbortController();
    const reading = run({ feeds: ['*'], signal: controller.signal });
    setTimeout(() => controller.abort(), 10);
    await expect(reading).rejects.toMatchObject({ code: 'aborted' });
  });

  it.each([
    { maxBytes: 0 },
    { maxBytes: 1.5 },
    { baseUrl: 'docs' },
    { exclude: [''] },
    { exclude: 'drafts' as unknown as string[] },
    { include: {} as unknown as string[] },
    { feeds: [undefined] as unknown as string[] },
  ])('refuses %j', async (options) => {
    await expect(run(options)).rejects.toMatchObject({ code: 'bad-input' });
  });

  it('refuses a folder that is not there', async () => {
    await expect(run({}, join(root, 'no'))).rejects.toMatchObject({ code: 'bad-input' });
  });

  it('reads a single file', async () => {
    await files({ 'a.html': 'a', 'b.jsonl': '{"url":"x","text":"y"}' });
    expect(paths(await run({}, join(root, 'a.html')))).toEqual(['a.html']);
    expect(urls(await run({}, join(root, 'b.jsonl')))).toEqual(['/x']);
  });
});

describe('bad files', () => {
  it('are told, and the walk goes on', async () => {
    await files({
      'binary.html': Uint8Array.of(0x3c, 0x70, 0x3e, 0, 1, 2),
      'deep.html': '<div>'.repeat(5000),
      'draft.md': '---\ndraft: true\n---\nx<b>',
      'empty.html': '',
      'gone.html': '<meta http-equiv=refresh content="0;url=/"><main>x',
      'image.html': Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d),
      'matter.md': '---\na: [\n---\nx',
      'noindex.html': '<meta name=robots content=noindex><main>x',
      'z.html': '<meta charset=klingon><main><p data-nearfield-weight=x>good',
    });
    await symlink('nowhere.html', join(root, 'broken.html'));
    const found = await run();
    expect(paths(found)).toEqual(['z.html']);
    expect(codes(found)).toEqual([
      ['broken.html', 'unreadable'],
      ['binary.html', 'binary'],
      ['deep.html', 'too-complex'],
      ['draft.md', 'draft'],
      ['empty.html', 'empty'],
      ['gone.html', 'redirect'],
      ['image.html', 'binary'],
      ['matter.md', 'bad-front-matter'],
      ['noindex.html', 'noindex'],
      ['z.html', 'unknown-charset'],
      ['z.html', 'bad-attribute'],
    ]);
    for (const { message } of found.problems) expect(message).toMatch(/\.$/);
  });

  it('of a thousand faults are told ten of each code, and how many more', async () => {
    const faults = '<p data-nearfield-weight=x>good<i data-nearfield-meta=":v"></i>'.repeat(1000);
    await files({ 'a.html': `<meta charset=klingon><main>${faults}` });
    const { pages, problems } = await run();
    expect(pages).toHaveLength(1);
    expect(problems.map(({ code }) => code)).toEqual([
      'unknown-charset',
      ...Array<string>(11).fill('bad-attribute'),
    ]);
    expect(problems.at(-1)?.message).toBe('And 1990 more like these on this page.');
  });

  it('too large are told without being read', async () => {
    await files({ 'a.html': 'a', 'exact.html': '<p>345678', 'more.html': '<p>3456789' });
    await writeFile(join(root, 'huge.html'), '');
    await truncate(join(root, 'huge.html'), 5 * 2 ** 40);
    expect(codes(await run())).toEqual([['huge.html', 'too-large']]);
    await files({ 'a.html': '<p>a' });
    const small = await run({ maxBytes: 9 });
    expect(paths(small)).toEqual(['a.html', 'exact.html']);
    expect(codes(small)).toEqual([
      ['huge.html', 'too-large'],
      ['more.html', 'too-large'],
    ]);
  });

  it('in another charset are read in it', async () => {
    const bytes = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0));
    await files({ 'a.html': bytes('<main>caf\xe9 \x80') });
    await files({ 'b.md': bytes('caf\xe9') });
    await files({ 'c.html': Uint8Array.of(0xff, 0xfe, 0x61, 0, 0x62, 0) });
    const { pages } = await run();
    expect(pages.map(({ sections }) => sections[0]?.text)).toEqual(['café €', 'café', 'ab']);
  });

  it('asked for, but of no kind that is read, are told', async () => {
    await files({ 'a.txt': 'text', 'b.png': Uint8Array.of(0x89, 0x50, 0x4e, 0x47) });
    expect(codes(await run({ include: ['*'] }))).toEqual([
      ['a.txt', 'unknown-kind'],
      ['b.png', 'binary'],
    ]);
  });
});

describe('addresses', () => {
  it('are below the base URL', async () => {
    await files({ 'index.html': 'a', 'b.html': 'b', 'c/index.html': 'c', 'd e/ü.md': 'd' });
    await files({ 'f.md': '---\npermalink: /feed/me\n---\nx<b>' });
    expect(urls(await run({ baseUrl: 'https://x.org/docs', cleanUrls: true }))).toEqual([
      'https://x.org/docs/b',
      'https://x.org/docs/c/',
      'https://x.org/docs/d%20e/%C3%BC',
      'https://x.org/feed/me',
      'https://x.org/docs/',
    ]);
    expect(urls(await run())[0]).toBe('/b.html');
  });

  it('that two files have are kept by the first', async () => {
    await files({
      'a/index.htm': 'one',
      'a/index.html': 'two',
      'b/index.md': '<b>y',
      'b/readme.md': '<b>z',
    });
    await files({ 'b/README.md': 'x<b>' });
    const found = await run();
    expect(paths(found)).toEqual(['a/index.htm', 'b/README.md']);
    expect(codes(found)).toEqual([
      ['a/index.html', 'duplicate'],
      ['b/index.md', 'duplicate'],
      ['b/readme.md', 'duplicate'],
    ]);
  });

  it('of Markdown are those of HTML that was built from it', async () => {
    await files({ 'a.md': '#', 'a.html': 'a', 'b.md': '#', 'b/index.html': 'b', 'c.md': '<b>c' });
    await files({ 'README.md': '#', 'index.html': 'home' });
    const found = await run();
    expect(paths(found)).toEqual(['a.html', 'b/index.html', 'c.md', 'index.html']);
    expect(codes(found)).toEqual([
      ['README.md', 'duplicate'],
      ['a.md', 'duplicate'],
      ['b.md', 'duplicate'],
    ]);
  });

  const canonical = (url: string): string => `<link rel=canonical href="${url}"><main>x</main>`;

  it('that are canonical are kept by the page they are of', async () => {
    await files({
      'a.html': canonical('https://x.org/z/'),
      'b.html': canonical('z'),
      'z/index.html': canonical('https://x.org/z/'),
    });
    for (const baseUrl of ['/', 'https://x.org/']) {
      const found = await run({ baseUrl });
      expect(paths(found)).toEqual(['z/index.html']);
      expect(found.problems[0]?.message).toContain('z/index.html');
    }
  });

  it('of other hosts are no files of the folder', async () => {
    await files({ 'index.html': 'home', 'a.html': canonical('https://y.org/') });
    await files({ 'z.html': canonical('https://x.org/z.html') });
    await files({ 'b.html': canonical('https://y.org/z.html') });
    for (const baseUrl of ['/', 'https://x.org/']) {
      const found = await run({ baseUrl });
      expect(paths(found)).toEqual(['a.html', 'b.html', 'index.html', 'z.html']);
    }
  });

  it('that name each other are kept by the first', async () => {
    await files({ 'a.html': canonical('b.html'), 'b.html': canonical('a.html') });
    expect(paths(await run())).toEqual(['a.html']);
  });

  it('that are canonical, but of a page that is not to be found, are kept by the first', async () => {
    await files({
      'a.html': canonical('z.html'),
      'b.html': canonical('z.html'),
      'z.html': '<meta name=robots content=noindex>x',
    });
    const found = await run();
    expect(paths(found)).toEqual(['a.html']);
    expect(codes(found)).toEqual([
      ['b.html', 'duplicate'],
      ['z.html', 'noindex'],
    ]);
  });

  it('that are canonical elsewhere are kept once', async () => {
    await files({
      'a.html': canonical('https://y.org/1'),
      'b.html': canonical('https://y.org/1#x'),
    });
    await files({ 'c.html': canonical('https://y.org/2') });
    expect(paths(await run({ baseUrl: 'https://x.org/' }))).toEqual(['a.html', 'c.html']);
  });
});

describe('feeds', () => {
  it('of JSONL tell the line of what is wrong', async () => {
    const lines = [
      '{"url":"a","text":"one"}',
      '',
      '{"url":"b"}',
      'not json',
      '{"url":"a","text":"again"}\r',
      `{"url":"c","text":"${'x'.repeat(600_000)}"}`,
      '{"url":"d","html":"<p>four</p>"}',
    ];
    await files({ 'feed/a.jsonl': lines.join('\n'), 'a.html': 'page' });
    const found = await run({ feeds: ['feed/*'], maxBytes: 100_000, baseUrl: '/d/' });
    expect(found.pages.map(({ line, url }) => [line, url])).toEqual([
      [undefined, '/d/a.html'],
      [1, '/d/a'],
      [7, '/d/d'],
    ]);
    expect(found.problems.map(({ line, code }) => [line, code])).toEqual([
      [3, 'bad-feed'],
      [4, 'bad-feed'],
      [5, 'duplicate'],
      [6, 'too-large'],
    ]);
  });

  it('of JSON tell the record', async () => {
    await files({ 'a.json': '[{"url":"a","text":"one"},{"url":1}]', 'b.json': '{"a":' });
    const found = await run({ feeds: ['*.json'] });
    expect(urls(found)).toEqual(['/a']);
    expect(found.problems).toMatchObject([
      { path: 'a.json', code: 'bad-feed' },
      { path: 'b.json', code: 'bad-feed' },
    ]);
    expect(found.problems[0]?.message).toMatch(/^Record 2: url must be .* got 1\.$/);
  });

  it('that are binary are told once', async () => {
    await files({ 'a.jsonl': Uint8Array.of(0, 10, 0, 10, 1) });
    expect(codes(await run({ feeds: ['*'] }))).toEqual([['a.jsonl', 'binary']]);
  });
});
