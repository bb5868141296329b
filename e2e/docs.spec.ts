import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { watch } from './support/demo.ts';
import { expect, test } from './support/fixtures.ts';

const PHONE = { width: 390, height: 844 };
const DESKTOP = { width: 1280, height: 900 };

test('leads from the demo to the documentation and back', async ({ page }) => {
  await page.goto('./');
  await page.getByRole('link', { name: 'Docs' }).click();
  await expect(page).toHaveURL(/\/docs\/$/);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Nearfield');
  await page.getByRole('link', { name: 'Demo' }).click();
  await expect(page.locator('#question')).toBeVisible();
});

for (const [name, viewport] of Object.entries({ phone: PHONE, desktop: DESKTOP })) {
  for (const colorScheme of ['light', 'dark'] as const) {
    test(`has no faults of accessibility on a ${name}, ${colorScheme}`, async ({ browser }) => {
      const context = await browser.newContext({ viewport, colorScheme });
      const page = await context.newPage();
      const seen = watch(page);
      for (const file of ['index', 'guide', 'api', 'architecture']) {
        await page.goto(`docs/${file}.html`);
        const { violations } = await new AxeBuilder({ page }).analyze();
        expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
        expect(await overflow(page)).toBe(0);
      }
      expect(seen).toEqual({ errors: [], strangers: [] });
      await context.close();
    });
  }
}

test('has a menu and contents in drawers on a phone', async ({ page }) => {
  await page.setViewportSize(PHONE);
  await page.goto('docs/guide.html');
  const menu = page.getByRole('navigation', { name: 'Documentation' });
  await expect(menu).toBeHidden();
  await page.getByRole('button', { name: 'Menu' }).click();
  await expect(menu.getByRole('link', { name: 'Guide' })).toHaveAttribute('aria-current', 'page');
  await page.keyboard.press('Escape');
  await expect(menu).toBeHidden();
  await page.getByRole('button', { name: 'On this page' }).click();
  await page
    .getByRole('navigation', { name: 'On this page' })
    .getByRole('link', { name: 'Search in an app' })
    .click();
  await expect(page).toHaveURL(/#search-in-an-app$/);
  await expect(page.getByRole('navigation', { name: 'On this page' })).toBeHidden();
  await expect(page.locator('#search-in-an-app')).toBeInViewport();
});

test('is searched by keyboard: words at once, meaning after, and a hit leads to its heading', async ({
  page,
}) => {
  const seen = watch(page);
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await page.goto('docs/index.html');
  await page.keyboard.press('Control+k');
  const field = page.getByRole('combobox');
  await expect(field).toBeFocused();
  // Held back, so that the first answer can only be by words.
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route('**/light-0.bin', async (route) => {
    await held;
    await route.continue();
  });
  const answers = page.evaluate(
    () =>
      new Promise<string[]>((resolve) => {
        const tiers: string[] = [];
        document.querySelector('nearfield-search')!.addEventListener('results', (event) => {
          tiers.push((event as CustomEvent<{ answer: { tier: string } }>).detail.answer.tier);
          if (tiers.at(-1) === 'light') resolve(tiers);
        });
      }),
  );
  await page.keyboard.type('cross origin isolation headers');
  await expect(page.getByRole('option').first()).toBeVisible();
  expect(asked.filter((path) => /\/(sector|group|rest)-\d+\.bin$/.test(path))).toEqual([]);
  release();
  expect((await answers)[0]).toBe('words');
  const hit = page.getByRole('option', { name: /Headers/ }).first();
  await expect(hit).toBeVisible();
  for (let i = 0; i < 20 && (await hit.getAttribute('aria-selected')) !== 'true'; i++) {
    await page.keyboard.press('ArrowDown');
  }
  await expect(hit).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/docs\/hosting\.html#headers$/);
  await expect(page.locator('#headers')).toBeInViewport();
  expect(seen).toEqual({ errors: [], strangers: [] });
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`has no faults of accessibility in its open search, ${colorScheme}`, async ({ browser }) => {
    const context = await browser.newContext({ viewport: PHONE, colorScheme });
    const page = await context.newPage();
    await page.goto('docs/guide.html');
    await page.getByRole('button', { name: /^Search/ }).click();
    await page.keyboard.type('which model should I take');
    await expect(page.getByRole('option').first()).toBeVisible();
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
    expect(await overflow(page)).toBe(0);
    await context.close();
  });
}

test('keeps the theme that was chosen in the demo, in the search as well', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'light' });
  await page.goto('docs/index.html');
  await page.getByRole('button', { name: 'Switch between light and dark' }).click();
  await page.goto('docs/guide.html');
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  const scheme = await page
    .locator('nearfield-search')
    .evaluate((element) => getComputedStyle(element).colorScheme);
  expect(scheme).toBe('dark');
});

test('is no part of what the page keeps for offline use', async ({ request }) => {
  const worker = await (await request.get('offline.sw.js')).text();
  expect(worker).toContain('samples/');
  expect(worker).not.toMatch(/["`']docs\//);
});

/** How much wider than its window the page is; one with room for a scrollbar is narrower. */
function overflow(page: Page): Promise<number> {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return Math.max(0, scrollWidth - clientWidth);
  });
}
