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

/** How much wider than the window the page is. */
function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
}
