/** Pagefind over the same pages: its own index, asked by its own client in a browser. */

import { join } from 'node:path';
import { close, createIndex } from 'pagefind';
import { chromium, type Page as Tab } from 'playwright';
import { BASE_FLAGS, findBrowser } from '../../tools/browser.ts';
import type { CountingServer } from './server.ts';

export interface Moved {
  files: number;
  bytes: number;
}

/** Asks with a client that has read nothing yet, or with the one of before. */
export interface Client {
  /** What a query and the texts of its ten best results moved: the index alone, without code. */
  ask(query: string): Promise<Moved>;
}

const RESULTS = 10;

/**
 * Indexes a folder of pages. All in one language, since its client searches that of the page it is on,
 * while ours has all languages in one index.
 */
export async function buildPagefind(folder: string): Promise<void> {
  const { index, errors } = await createIndex({ forceLanguage: 'en' });
  if (!index) throw new Error(errors.join());
  const added = await index.addDirectory({ path: folder });
  const written = await index.writeFiles({ outputPath: join(folder, 'pagefind') });
  const failed = [...added.errors, ...written.errors];
  if (failed.length > 0) throw new Error(failed.join());
  console.log(`Pagefind indexed ${added.page_count} pages`);
  await close();
}

export async function withPagefind<T>(
  server: CountingServer,
  use: (open: () => Promise<Client>) => Promise<T>,
): Promise<T> {
  const browser = await chromium.launch({ executablePath: findBrowser(), args: [...BASE_FLAGS] });
  try {
    return await use(async () => {
      const context = await browser.newContext();
      const tab = await context.newPage();
      await tab.goto(`${server.url}blank.html`);
      return { ask: (query) => ask(tab, server, query) };
    });
  } finally {
    await browser.close();
  }
}

async function ask(tab: Tab, server: CountingServer, query: string): Promise<Moved> {
  server.taken();
  await tab.evaluate(
    async ([query, results]) => {
      interface Pagefind {
        search(query: string): Promise<{ results: { data(): Promise<unknown> }[] }>;
      }
      const path = '/pagefind/pagefind.js';
      const pagefind = (await import(/* @vite-ignore */ path)) as Pagefind;
      const found = await pagefind.search(query);
      await Promise.all(found.results.slice(0, results).map((result) => result.data()));
    },
    [query, RESULTS] as const,
  );
  const index = server.taken().filter(({ path }) => !/\.js$|\/wasm\./.test(path));
  return { files: index.length, bytes: index.reduce((sum, { bytes }) => sum + bytes, 0) };
}
