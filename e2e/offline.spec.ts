import type { Page } from '@playwright/test';
import { answered, ask, keptForOffline, ready } from './support/demo.ts';
import { expect, test } from './support/fixtures.ts';
import { serveSite } from './support/site-server.ts';

test('after one visit it starts and searches with the server gone', async ({ page, context }) => {
  const site = await serveSite('/some/folder/');
  await page.goto(`${site.url}?device=wasm`);
  await ready(page);
  await ask(page, 'Do I get paid holidays?');
  await keptForOffline(page);
  await expectKeptOnce(page);
  await site.stop();
  await context.setOffline(true);

  const question = 'Is torture ever allowed?';
  await page.goto(`${site.url}?device=wasm&q=${encodeURIComponent(question)}`);
  await answered(page, question);
  await expect(page.locator('.hit').first()).toContainText('subjected to torture');
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  const { plan, stored } = await page.evaluate(async () => ({
    plan: await nearfield.describeModel('starter', { device: 'wasm' }),
    stored: await nearfield.storedModels(),
  }));
  expect(plan.storedBytes).toBe(plan.bytes);
  expect(stored).toHaveLength(1);
  expect(stored[0]?.bytes).toBeGreaterThanOrEqual(plan.bytes);
});

/** Models by their own store, the rest by the service worker, and of the rest what is used. */
async function expectKeptOnce(page: Page): Promise<void> {
  const urls = await page.evaluate(async () => {
    const all = await Promise.all(
      (await caches.keys()).map(async (name) => (await caches.open(name)).keys()),
    );
    return all.flat().map(({ url }) => url);
  });
  expect(urls.some((url) => url.endsWith('.wasm'))).toBe(true);
  expect(urls.some((url) => url.includes('samples/udhr-'))).toBe(true);
  expect(urls.filter((url) => url.includes('/models/'))).toEqual([]);
  // Only the runtime of the device in use: the WebGPU builds are twice as large.
  expect(urls.filter((url) => /(jspi|asyncify).*wasm/.test(url))).toEqual([]);
}

test('a new release asks before it reloads', async ({ page }) => {
  const site = await serveSite();
  await page.goto(`${site.url}?device=wasm`);
  await ready(page);
  await keptForOffline(page);
  await ask(page, 'Do I get paid holidays?');
  const first = await page.evaluate(() => performance.timeOrigin);
  site.release();
  await page.evaluate(async () => (await navigator.serviceWorker.ready).update());
  const notice = page.getByText('A new version of Nearfield is ready.');
  await expect(notice).toBeVisible();
  expect(await page.evaluate(() => performance.timeOrigin)).toBe(first);
  const reloaded = page.waitForEvent('load');
  await page.getByRole('button', { name: 'Reload' }).click();
  await reloaded;
  expect(await page.evaluate(() => performance.timeOrigin)).toBeGreaterThan(first);
  await ready(page);
  await expect(notice).toHaveCount(0);
  await site.stop();
});
