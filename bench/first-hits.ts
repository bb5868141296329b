/**
 * From opening the demo to the first hits by meaning, with the starter: on a first visit, and on a
 * second one. The rival's time is that of transformers.js to the query's vector alone, without a
 * search or a page around it. `npm run bench:first-hits`
 */

import type { Page } from 'playwright';
import type {} from './pages/contestant.ts';
import { nameOf, openStage, type Stage } from './browser.ts';
import { publish, toRow } from './results.ts';

const ROUNDS = 5;
const QUESTION = 'the right to rest and leisure';

/** Milliseconds from navigation to the first hits in the page, by the page's own clock. */
async function demo(page: Page, url: string): Promise<number> {
  await page.goto(url, { waitUntil: 'commit' });
  await page.evaluate(() => {
    new MutationObserver((_, observer) => {
      if (!document.querySelector('.hit')) return;
      performance.mark('hits');
      observer.disconnect();
    }).observe(document, { subtree: true, childList: true });
  });
  await page.getByRole('textbox', { name: 'Your question' }).fill(QUESTION);
  await page.locator('.hit').first().waitFor();
  return page.evaluate(() => performance.getEntriesByName('hits')[0]!.startTime);
}

async function rival(page: Page, url: string): Promise<number> {
  await page.goto(`${url}?side=transformers.js`);
  await page.waitForFunction(() => globalThis.contestants?.['transformers.js'] !== undefined);
  return page.evaluate(async (question) => {
    const contestant = globalThis.contestants!['transformers.js']!;
    await contestant.load({ threads: 2 });
    await contestant.embed([question], 'query');
    return performance.now();
  }, QUESTION);
}

/** What a visitor reads the hits for, at the least; the model's files are stored meanwhile. */
const STAY_MS = 3000;

/** A first visit and a second one, in a profile of its own. */
async function visits(
  stage: Stage,
  open: (page: Page, url: string) => Promise<number>,
): Promise<[first: number, second: number]> {
  const page = await stage.freshPage();
  try {
    const first = await open(page, stage.url);
    await page.waitForTimeout(STAY_MS);
    return [first, await open(page, stage.url)];
  } finally {
    await page.context().close();
  }
}

const site = await openStage('vite.config.ts');
const pages = await openStage('bench/pages/vite.config.ts');
try {
  const ours: [number, number][] = [];
  const theirs: [number, number][] = [];
  for (let round = 0; round < ROUNDS; round++) {
    ours.push(await visits(site, demo));
    theirs.push(await visits(pages, rival));
  }
  const rows = (['first visit', 'second visit'] as const).map((visit, i) =>
    toRow({
      case: visit,
      metric: 'page to first hits',
      unit: 'ms',
      rival: 'transformers.js 4.3.1, vector only',
      ours: ours.map((pair) => pair[i]!),
      theirs: theirs.map((pair) => pair[i]!),
    }),
  );
  publish('first-hits', nameOf(site.browser), rows);
} finally {
  await site.close();
  await pages.close();
}
