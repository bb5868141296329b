import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SiteIndex } from '../contract/index.ts';
import { openModel } from '../node/index.ts';
import { openSiteIndex } from '../site/index.ts';
import { writeTestModels } from '../../tools/test-models/index.ts';
import { writeFiles } from '../../tools/write-files.ts';
import { indexSite, type IndexEvent, type IndexOptions, type IndexReport } from './index.ts';

/** A seeded BERT of 32 dimensions: fast, and a real model all the same. */
let model: string;
let work: string;
let dir: string;
let cacheDir: string;

beforeAll(async () => {
  model = (await writeTestModels())['bert-seeded-mean'];
}, 60_000);

beforeEach(async () => {
  work = await mkdtemp(join(tmpdir(), 'nearfield-index-'));
  dir = join(work, 'site');
  cacheDir = join(work, 'cache');
  await writeFiles(dir, PAGES);
});

afterEach(async () => {
  await rm(work, { recursive: true, force: true });
});

const PAGES = {
  'index.html': page('Owls', '<h2 id="night">At night</h2><p>Owls hunt when it is dark.</p>'),
  'bats/index.html': page(
    'Bats',
    `<p data-nearfield-filter="kind:mammal">Bats hear what they cannot see.</p>
     <h2 id="day">By day</h2><p>Bats sleep in caves, and hang from the ceiling.</p>`,
    '<meta name="description" content="What bats do"><meta property="og:image" content="/b.png">',
  ),
  'newts.md': '---\ntags: [wet, small]\n---\n# Newts\n\nNewts live in ponds.\n',
};

function page(title: string, body: string, head = ''): string {
  return `<!doctype html><html lang="en"><head><title>${title}</title>${head}</head>
    <body><main><h1>${title}</h1>${body}</main></body></html>`;
}

interface Ran {
  report: IndexReport;
  events: IndexEvent[];
}

async function index(options: Partial<IndexOptions> = {}): Promise<Ran> {
  const events: IndexEvent[] = [];
  const onEvent = (event: IndexEvent): void => void events.push(event);
  const passageTokens = options.model === false ? undefined : 60;
  const own = { dir, model, cacheDir, threads: 1, passageTokens, onEvent };
  return { report: await indexSite({ ...own, ...options }), events };
}

/** Every file that was written, by name. */
async function written(out = join(dir, 'nearfield')): Promise<Map<string, string>> {
  const entries = await readdir(out, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const paths = files.map(({ parentPath, name }) => join(parentPath, name)).sort();
  const contents = await Promise.all(paths.map((path) => readFile(path, 'hex')));
  return new Map(paths.map((path, i) => [path.slice(out.length + 1), contents[i]!]));
}

const of = <Kind extends IndexEvent['kind']>({ events }: Ran, kind: Kind) =>
  events.filter((event): event is Extract<IndexEvent, { kind: Kind }> => event.kind === kind);

describe('indexSite', () => {
  it('says what it found and did', async () => {
    const ran = await index();
    const { report } = ran;
    expect(report).toMatchObject({ pages: 3, passages: 4, cached: 0, problems: {} });
    // Four passages; three titles, two headings and four sentences, as far as they differ.
    expect(report.embedded).toBeGreaterThan(4);
    expect(of(ran, 'read')).toEqual([{ kind: 'read', pages: 3, passages: 4 }]);
    expect(of(ran, 'estimate')).toMatchObject([{ passages: 4, cached: 0 }]);
    expect(of(ran, 'embedding').at(-1)).toMatchObject({ done: report.embedded, share: 1 });
    expect(ran.events.at(-1)).toEqual({ kind: 'done', report });
    const files = await written();
    expect(files.size).toBe(report.files);
    expect([...files.values()].join('')).toHaveLength(2 * report.bytes);
  });

  it('tells where no query encoder can be fitted, and goes on without', async () => {
    const { report } = await index();
    expect(report.warnings).toEqual([expect.stringContaining('No query encoder was fitted')]);
    const manifest = await readFile(join(report.out, 'nearfield.json'), 'utf8');
    expect(JSON.parse(manifest)).toMatchObject({
      model: { model: 'bert-seeded-mean', pooling: 'mean', dimensions: 32 },
      filters: ['kind', 'tags'],
      languages: ['en'],
      pages: 3,
    });
  });

  it('embeds nothing again, and gives the same bytes', async () => {
    const first = await index();
    const files = await written();
    const second = await index();
    expect(second.report).toMatchObject({ embedded: 0, cached: first.report.embedded });
    expect(of(second, 'estimate')).toMatchObject([{ seconds: 0, passages: 0, queries: 0 }]);
    expect(await written()).toEqual(files);
  });

  it('gives the same bytes whatever the cache held, and on more threads', async () => {
    await index();
    const files = await written();
    const [name] = await readdir(cacheDir);
    await truncate(join(cacheDir, name!), 700);
    const { report } = await index({ threads: 2 });
    expect(report.embedded).toBeGreaterThan(0);
    expect(report.cached).toBeGreaterThan(0);
    expect(await written()).toEqual(files);
    const elsewhere = join(work, 'elsewhere');
    await index({ cacheDir: join(work, 'another'), out: elsewhere });
    expect(await written(elsewhere)).toEqual(files);
  });

  it('embeds only the passages of a page that changed', async () => {
    const { report: before } = await index({ queries: false });
    await writeFile(join(dir, 'newts.md'), '# Newts\n\nNewts live in lakes.\n');
    const { report } = await index({ queries: false });
    expect(before.embedded).toBe(4);
    expect(report).toMatchObject({ embedded: 1, cached: 3 });
    expect(report.site).not.toBe(before.site);
  });

  it('gives passages with their pages, anchors, languages and metadata', async () => {
    const { report } = await index({ model: false, baseUrl: 'https://example.org/docs/' });
    const files = await written();
    expect(JSON.parse(Buffer.from(files.get('nearfield.json')!, 'hex').toString())).toEqual({
      nearfield: 1,
      site: report.site,
      pages: 3,
      passages: 4,
      languages: ['en'],
      filters: ['kind', 'tags'],
    });
    const site = await openIn(report.out);
    const { pages } = await site.search('ceiling');
    expect(pages).toMatchObject([
      {
        url: 'https://example.org/docs/bats/',
        title: 'Bats',
        language: 'en',
        metadata: { description: 'What bats do', image: 'https://example.org/b.png' },
        passages: [{ url: 'https://example.org/docs/bats/#day', headings: ['Bats', 'By day'] }],
      },
    ]);
    site.close();
  });

  it('never reads its own output, wherever a glob leads', async () => {
    const strange = { out: join(dir, 'in [it]'), feeds: ['**/*.json'], model: false } as const;
    const first = await index(strange);
    const second = await index(strange);
    expect(first.report.problems).toEqual({});
    expect(second.report.problems).toEqual({});
    expect(second.report.site).toBe(first.report.site);
  });

  it('counts problems by code, and tells each', async () => {
    await writeFiles(dir, {
      'blank.html': '<p> ',
      'hidden.html': '<meta name=robots content=noindex>x',
    });
    const ran = await index({ model: false });
    expect(ran.report).toMatchObject({ pages: 3, problems: { empty: 1, noindex: 1 } });
    expect(of(ran, 'problem').map(({ problem }) => problem.path)).toEqual([
      'blank.html',
      'hidden.html',
    ]);
  });

  it('stops when it is told to, and keeps what was embedded until then', async () => {
    const { report } = await index({ model: false });
    const before = await written();
    const controller = new AbortController();
    const onEvent = ({ kind }: IndexEvent): void => {
      if (kind === 'estimate') controller.abort();
    };
    const { signal } = controller;
    await writeFiles(dir, {
      'long.html': page('Long', `<p>${'All rivers run. '.repeat(900)}</p>`),
    });
    await expect(index({ signal, onEvent })).rejects.toMatchObject({ code: 'aborted' });
    expect(await written()).toEqual(before);
    expect([...before.keys()]).toContain(`${report.site}/root-0.bin`);
    const again = await index();
    expect(again.report.cached).toBeGreaterThan(0);
  });

  it('cuts vectors only where the model lets it', async () => {
    const kinds: string[] = [];
    const onEvent = ({ kind }: IndexEvent): void => void kinds.push(kind);
    await expect(index({ dimensions: 16, onEvent })).rejects.toMatchObject({ code: 'bad-input' });
    // It is known before the pages are read.
    expect(kinds.filter((kind) => kind !== 'model')).toEqual([]);
  });

  it.each<[Partial<IndexOptions>, RegExp]>([
    [{ dir: '' }, /^dir: /],
    [{ model: '' }, /^model: /],
    [{ passageTokens: 3 }, /^passageTokens: /],
    [{ out: '' }, /^out: expected a folder/],
    [{ exclude: 'drafts/**' as unknown as string[] }, /^exclude: expected a list of globs/],
    [{ include: [7] as unknown as string[] }, /^include: expected a list of globs/],
    [{ feeds: {} as unknown as string[] }, /^feeds: expected a list of globs/],
    [{ model: false, dimensions: 32 }, /^dimensions: expected nothing without a model/],
    [{ threads: 0 }, /^threads: /],
    [{ baseUrl: 'nowhere' }, /^baseUrl/],
    [{ include: ['*.pdf'] }, /no page with text/],
    [{ embedUrl: 'localhost' }, /^embedUrl: /],
  ])('refuses %o', async (options, message) => {
    const wrong = index({ passageTokens: undefined, ...options });
    await expect(wrong).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringMatching(message) as string,
    });
  });
});

describe('with the starter', () => {
  it('makes an index that is searched by meaning, with a query encoder', async () => {
    const own = { model: 'starter', threads: 2, passageTokens: undefined };
    const { report } = await index({ ...own, queries: true });
    expect(report.warnings).toEqual([]);
    const site = await openIn(report.out);
    await site.prepare();
    expect(site.tier).toBe('light');
    const starter = await openModel('starter', { cacheDir, threads: 2 });
    const model = { model: 'starter', revision: starter.info.revision, dimensions: 384 };
    await starter.close();
    expect(site.info).toMatchObject({ pages: 3, passages: 4, model });
    const { tier, pages } = await site.search('owls hunt', { tier: 'light' });
    expect(tier).toBe('light');
    expect(pages).not.toEqual([]);
    site.close();
  }, 60_000);
});

function openIn(out: string): Promise<SiteIndex> {
  const fetch = async (url: string): Promise<Response> =>
    new Response(await readFile(fileURLToPath(url)));
  return openSiteIndex(pathToFileURL(out), { fetch });
}
