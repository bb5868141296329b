/** Pagefind and a site's index side by side in Chromium, each asked by its own client. */

import { chromium } from 'playwright';
import { BASE_FLAGS, findBrowser } from '../../tools/browser.ts';
import type { CountingServer } from './server.ts';
import type { LabelledQuery } from './labelled.ts';

/** Whose answer it is; ours by tier. */
export type Side = 'pagefind' | 'words' | 'light' | 'model';

export interface Moved {
  files: number;
  /** Of the index alone: no code, no model, no query encoder. */
  bytes: number;
  /** From a client that has nothing, or is there, to the ten best with their texts. */
  ms: number;
}

export interface Answer {
  /** Paths of the pages, best first. */
  urls: string[];
}

export interface Asked {
  /** Of each query. */
  answers: Answer[];
  first: Moved[];
  tenth: Moved[];
}

type Ask = (query: string) => Promise<Answer & Moved>;
export type Open = (side: Side) => Promise<Ask>;

/** Every how many queries a client begins anew: opening the model takes seconds. */
const OPENED: Readonly<Record<Side, number>> = { pagefind: 1, words: 1, light: 1, model: Infinity };

const SIDES: readonly Side[] = ['pagefind', 'words', 'light', 'model'];

export async function withClients<T>(
  server: CountingServer,
  use: (open: Open) => Promise<T>,
): Promise<T> {
  const browser = await chromium.launch({ executablePath: findBrowser(), args: [...BASE_FLAGS] });
  try {
    return await use(async (side) => {
      const context = await browser.newContext();
      // What tsx calls in functions that it has compiled, also in those that go over to the tab.
      await context.addInitScript('globalThis.__name = (value) => value;');
      const tab = await context.newPage();
      await tab.goto(`${server.url}blank.html`);
      await tab.evaluate(prepare, side);
      return async (query) => {
        server.taken();
        const answer = await tab.evaluate(ask, query);
        const index = server
          .taken()
          .filter(({ path }) => !/\.js$|\/wasm\.|\/light-|^\/(lib|models)\//.test(path));
        const bytes = index.reduce((sum, { bytes }) => sum + bytes, 0);
        return { ...answer, files: index.length, bytes };
      };
    });
  } finally {
    await browser.close();
  }
}

/** All sides in turn, a query at a time. Sessions of so many queries tell what later ones move. */
export async function askAll(
  open: Open,
  queries: readonly LabelledQuery[],
  session: number,
): Promise<Record<Side, Asked>> {
  const empty = (): Asked => ({ answers: [], first: [], tenth: [] });
  const asked = { pagefind: empty(), words: empty(), light: empty(), model: empty() };
  const kept = new Map<Side, Ask>();
  for (const [i, { text }] of queries.entries()) {
    for (const side of SIDES) {
      const isNew = i % OPENED[side] === 0 || !kept.has(side);
      const client = isNew ? await open(side) : kept.get(side)!;
      kept.set(side, client);
      const answer = await client(text);
      asked[side].answers.push(answer);
      if (!isNew || side === 'model') continue;
      asked[side].first.push(answer);
      if (i % session !== 0) continue;
      let last = answer;
      for (const next of queries.slice(i + 1, i + session)) last = await client(next.text);
      asked[side].tenth.push(last);
    }
  }
  return asked;
}

interface Results {
  url: string;
}

type Search = (query: string) => Promise<Results[]>;

/** In the tab: makes ready what is not the index: code, the query encoder, the model. */
async function prepare(side: Side): Promise<void> {
  interface Pagefind {
    search(query: string): Promise<{ results: { data(): Promise<{ url: string }> }[] }>;
  }
  interface Index {
    prepare(): Promise<void>;
    use(embedder: unknown): void;
    search(query: string, options: object): Promise<{ pages: Results[] }>;
  }
  const load = (path: string): Promise<unknown> => import(/* @vite-ignore */ path);
  const page = globalThis as unknown as { search: Search };
  if (side === 'pagefind') {
    const pagefind = (await load('/pagefind/pagefind.js')) as Pagefind;
    page.search = async (query) => {
      const { results } = await pagefind.search(query);
      return Promise.all(results.slice(0, 10).map((result) => result.data()));
    };
    return;
  }
  const site = (await load('/lib/site.js')) as { openSiteIndex(url: string): Promise<Index> };
  let opened: Promise<Index> | undefined;
  const open = async (): Promise<Index> => {
    const index = await site.openSiteIndex('/nearfield/');
    if (side === 'light') await index.prepare();
    return index;
  };
  if (side === 'model') {
    const { createEmbedder } = (await load('/lib/index.js')) as {
      createEmbedder: (options: object) => Promise<unknown>;
    };
    const index = await open();
    index.use(await createEmbedder({ model: 'starter', modelsUrl: '/models/', device: 'wasm' }));
    opened = Promise.resolve(index);
  }
  page.search = async (query) => {
    const index = await (opened ??= open());
    return (await index.search(query, { limit: 10 })).pages;
  };
}

async function ask(query: string): Promise<Answer & { ms: number }> {
  const page = globalThis as unknown as { search: Search };
  const start = performance.now();
  const found = await page.search(query);
  const ms = performance.now() - start;
  return { urls: found.map(({ url }) => new URL(url, location.href).pathname), ms };
}
