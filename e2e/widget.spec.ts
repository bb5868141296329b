import { AxeBuilder } from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';
import { watch } from './support/demo.ts';
import { expect, test } from './support/fixtures.ts';
import { serveLibrary, serveWidgetSite, type WidgetSite } from './support/widget-site.ts';

let site: WidgetSite;

test.beforeAll(async () => {
  site = await serveWidgetSite();
});
test.afterAll(() => site.stop());

let seen: ReturnType<typeof watch>;
test.beforeEach(({ page }) => {
  site.failing = undefined;
  site.asked.length = 0;
  seen = watch(page);
});
test.afterEach(() => {
  expect(seen.strangers).toEqual([]);
  expect(seen.errors).toEqual([]);
});

function hits(page: Page): Locator {
  return page.locator('nearfield-search .hit');
}

/** The filters of the index have one, too. */
function field(page: Page): Locator {
  return page.getByRole('combobox', { name: 'Search' });
}

/** Opens the dialog and asks. */
async function ask(page: Page, question: string): Promise<void> {
  await page.getByRole('button', { name: /^Search/ }).click();
  await field(page).fill(question);
  await expect(hits(page).first()).toBeVisible();
}

test('nothing but the shell loads before somebody searches, and it moves nothing', async ({
  page,
}) => {
  await page.addInitScript(() => {
    Object.assign(globalThis, { shifts: 0 });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) shifts += (entry as LayoutShift).value;
    }).observe({ type: 'layout-shift', buffered: true });
  });
  await page.goto(site.url);
  await expect(page.getByRole('button', { name: 'Search' })).toBeVisible();
  await page.waitForLoadState('networkidle');
  const scripts = site.asked.filter((path) => path.startsWith('/dist/'));
  expect(scripts.map((path) => path.replace(/-[\w-]{8}\.js$/, '.js')).sort()).toEqual([
    '/dist/widget-shell.js',
    '/dist/widget.js',
  ]);
  expect(site.asked.filter((path) => path.startsWith('/nearfield/'))).toEqual([]);
  expect(await page.evaluate(() => shifts)).toBe(0);
  await page.getByRole('button', { name: 'Search' }).hover();
  await expect.poll(() => site.asked.some((path) => path.includes('widget-panel'))).toBe(true);
});

test('words answer at once and meaning after them, under a strict policy', async ({ page }) => {
  await page.goto(site.url);
  const tiers = page.evaluate(
    () =>
      new Promise<string[]>((resolve) => {
        const all: string[] = [];
        document.querySelector('nearfield-search')!.addEventListener('results', (event) => {
          const { answer } = (event as CustomEvent<{ answer: { tier: string } }>).detail;
          all.push(answer.tier);
          if (answer.tier !== 'words') resolve(all);
        });
      }),
  );
  await ask(page, 'periodic holidays with pay');
  expect(await tiers).toEqual(['words', 'light']);
  const first = page.getByRole('group', { name: 'Human rights (en)' });
  await expect(first.getByRole('option', { name: /24/ })).toContainText('periodic holidays');
  await expect(first.locator('mark').first()).toHaveText(/periodic|holidays|pay/i);
});

test('a result leads to its section, by keyboard and by pointer', async ({ page, context }) => {
  await page.goto(site.url);
  await page.keyboard.press('/');
  await page.keyboard.type('periodic holidays with pay');
  const article = page.getByRole('option', { name: /periodic holidays/ });
  await expect(article).toBeVisible();
  const other = context.waitForEvent('page');
  await article.click({ modifiers: ['ControlOrMeta'] });
  await expect(await other).toHaveURL(/\/udhr\/en\/#article-24$/);
  await (await other).close();
  await field(page).focus();
  while ((await article.getAttribute('aria-selected')) !== 'true') {
    await page.keyboard.press('ArrowDown');
  }
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/udhr\/en\/#article-24$/);
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('option', { name: 'periodic holidays with pay' })).toBeVisible();
});

test('the focus stays in the dialog and comes back', async ({ page }) => {
  await page.goto(site.url);
  const trigger = page.getByRole('button', { name: 'Search' });
  await trigger.focus();
  await page.keyboard.press('Enter');
  await field(page).fill('education');
  await expect(hits(page).first()).toBeVisible();
  for (let i = 0; i < 20; i++) {
    await page.keyboard.press('Tab');
    const inside = await page.evaluate(() => {
      const { shadowRoot } = document.querySelector('nearfield-search')!;
      const { activeElement } = shadowRoot!;
      return activeElement === null || activeElement.closest('dialog') !== null;
    });
    expect(inside).toBe(true);
  }
  await field(page).focus();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(trigger).toBeFocused();
});

test('works as one script of another origin', async ({ page }) => {
  const library = await serveLibrary();
  const origin = new URL(library.url).origin;
  await page.goto(`${site.url}?from=${encodeURIComponent(origin)}`);
  await ask(page, 'freedom of opinion');
  await expect(page.getByRole('switch', { name: /Search by meaning/ })).toBeChecked();
  expect(site.asked.filter((path) => path.startsWith('/dist/'))).toEqual([]);
  await library.stop();
});

test('the first of two opens by key, and both search', async ({ page }) => {
  await page.goto(`${site.url}two/`);
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('dialog')).toBeVisible();
  await page.keyboard.press('Escape');
  await page.locator('nearfield-search').nth(1).getByRole('combobox').fill('education');
  await expect(page.locator('nearfield-search').nth(1).locator('.hit').first()).toBeVisible();
  await expect(page.locator('nearfield-search').nth(0).locator('.hit')).toHaveCount(0);
});

test('an index that is away is told, and found again', async ({ page }) => {
  site.failing = /^\/nearfield\//;
  await page.goto(site.url);
  await page.getByRole('button', { name: 'Search' }).click();
  await expect(page.getByRole('alert')).toContainText('The search did not work');
  site.failing = undefined;
  await field(page).fill('education');
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(hits(page).first()).toBeVisible();
  // The browser's own word on what was answered by 503.
  seen.errors.length = 0;
});

test("the index's own model is offered with its size, loaded, used and left", async ({ page }) => {
  test.slow();
  await page.goto(`${site.url}model/`);
  await ask(page, 'Wie viele Tage Urlaub habe ich?');
  await page.getByRole('button', { name: 'Use the full model' }).click();
  await expect(page.getByText(/a download of 83 MB/)).toBeVisible();
  expect(site.asked.filter((path) => path.endsWith('.onnx'))).toEqual([]);
  const tier = page.evaluate(
    () =>
      new Promise((resolve) => {
        document.querySelector('nearfield-search')!.addEventListener('results', (event) => {
          const { answer } = (event as CustomEvent<{ answer: { tier: string } }>).detail;
          if (answer.tier === 'model') resolve('model');
        });
      }),
  );
  await page.getByRole('button', { name: 'Download' }).click();
  await expect(page.getByText('Full model in use')).toBeVisible({ timeout: 60_000 });
  expect(await tier).toBe('model');
  await expect(page.getByRole('option', { name: /24/ }).first()).toBeVisible();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByRole('button', { name: 'Use the full model' })).toBeVisible();
});

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [1280, 390, 320]) {
    test(`has no accessibility fault: ${colorScheme}, ${width} pixels`, async ({ browser }) => {
      const context = await browser.newContext({
        colorScheme,
        viewport: { width, height: 780 },
        reducedMotion: 'reduce',
      });
      const page = await context.newPage();
      await page.goto(site.url);
      await expectNoFaults(page);
      await page.getByRole('button', { name: 'Search' }).click();
      await expect(page.getByText('Type what you are looking for')).toBeVisible();
      await expectNoFaults(page);
      await field(page).fill('education for children');
      await expect(hits(page).first()).toBeVisible();
      await expect(page.getByRole('switch')).toHaveAttribute('data-state', 'ready');
      await page.keyboard.press('ArrowDown');
      await expectNoFaults(page);
      await page.keyboard.press('Alt+Enter');
      await expect(page.getByText(/^Similar to/)).toBeVisible();
      await expectNoFaults(page);
      await page.goto(`${site.url}inline/`);
      await field(page).fill('education');
      await expect(hits(page).first()).toBeVisible();
      await expectNoFaults(page);
      await context.close();
    });
  }
}

async function expectNoFaults(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(wide).toBeLessThanOrEqual(0);
}

declare global {
  var shifts: number;
  interface LayoutShift extends PerformanceEntry {
    value: number;
  }
}
