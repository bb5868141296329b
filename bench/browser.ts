/** A fresh profile on the built pages, for every measurement. */

import { execFileSync } from 'node:child_process';
import { chromium, type Browser, type Page } from 'playwright';
import { build, preview } from 'vite';
import { BASE_FLAGS, findBrowser } from '../tools/browser.ts';

export interface Stage {
  browser: Browser;
  /** Address of the built pages. */
  url: string;
  /** A page of a profile that has stored nothing. */
  freshPage(): Promise<Page>;
  close(): Promise<void>;
}

export interface Served {
  /** Address of the built pages. */
  url: string;
  close(): Promise<void>;
}

/** Builds what a Vite configuration describes and serves it. */
export async function serve(configFile: string): Promise<Served> {
  await build({ configFile, logLevel: 'error' });
  const server = await preview({ configFile });
  const url = server.resolvedUrls?.local[0];
  if (url === undefined) throw new Error('The preview server has no address');
  return { url, close: () => server.close() };
}

/** Serves, and starts a browser for it. @param flags of the browser. @default none beside BASE_FLAGS */
export async function openStage(configFile: string, flags: readonly string[] = []): Promise<Stage> {
  const server = await serve(configFile);
  const args = [...BASE_FLAGS, ...flags];
  const browser = await chromium.launch({ executablePath: findBrowser(), args });
  return {
    browser,
    url: server.url,
    freshPage: async () => (await browser.newContext()).newPage(),
    close: async () => {
      await browser.close();
      await server.close();
    },
  };
}

export function nameOf(browser: Browser): string {
  return `Chromium ${browser.version()}`;
}

/** The same of a browser that was not started here: `Chromium 156.0.8078.79`. */
export function browserName(): string {
  const told = execFileSync(findBrowser(), ['--version'], { encoding: 'utf8' });
  return /^\S+ [\d.]+/.exec(told)?.[0] ?? told.trim();
}
