import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { answered, ask, keptForOffline, openDemo, ready, watch } from './support/demo.ts';
import { expect, test } from './support/fixtures.ts';

const NOTE = 'Buy oat milk and call the dentist on Tuesday about the chipped tooth.';

test.describe('the demo page', () => {
  let seen: ReturnType<typeof watch>;
  test.beforeEach(({ page }) => {
    seen = watch(page);
  });
  test.afterEach(() => {
    expect(seen.strangers).toEqual([]);
    expect(seen.errors).toEqual([]);
  });

  test('answers a question that was there before the model', async ({ page }) => {
    const question = 'Do I get paid holidays?';
    await page.goto(`./?device=wasm&q=${encodeURIComponent(question)}`);
    await answered(page, question);
    const hits = page.getByRole('list', { name: 'Passages' }).getByRole('listitem');
    await expect(hits).toHaveCount(10);
    await expect(hits.first()).toContainText('periodic holidays with pay');
    await expect(hits.first().locator('mark')).toHaveText('holidays');
  });

  test('remembers what to search by', async ({ page }) => {
    await openDemo(page);
    const words = page.getByRole('radio', { name: 'Words', exact: true });
    await words.check();
    await ask(page, 'periodic holidays');
    await page.reload();
    await ready(page);
    await expect(words).toBeChecked();
    await ask(page, 'periodic holidays');
    await expect(page.locator('#announcer')).toContainText('by words.');
    await expect(page.locator('.hit').first()).toContainText('periodic holidays with pay');
  });

  test('takes files, chosen or dropped, and notes, and deletes them', async ({ page }) => {
    await openDemo(page);
    await page.getByRole('radio', { name: /My documents/ }).check();
    await page
      .getByLabel('Choose .txt or .md files')
      .setInputFiles([
        file('errands.txt', NOTE),
        file('garden.md', '# The garden\n\nPrune the roses in March.'),
        file('photo.txt', '\u0000\u0001\u0002'),
        file('report.pdf', 'text in disguise'),
      ]);
    await expect(page.locator('.job[data-phase=done]')).toHaveCount(2);
    await expect(page.locator('.job', { hasText: 'photo.txt' })).toContainText('not a text file');
    await expect(page.locator('.job', { hasText: 'report.pdf' })).toContainText(
      'Only .txt and .md',
    );
    await page.getByLabel('Or paste text').fill('The landlord fixes the heating next week.');
    await page.getByRole('button', { name: 'Add text' }).click();
    await expect(page.locator('.document')).toHaveCount(3);
    await drop(page, file('dropped.txt', 'The bicycle is in the cellar.'));
    await expect(page.locator('.document', { hasText: 'dropped.txt' })).toBeVisible();

    await page.reload();
    await ready(page);
    await page.getByRole('radio', { name: /My documents/ }).check();
    await expect(page.locator('.document')).toHaveCount(4);
    await ask(page, 'when will it be warm at home again');
    await expect(page.locator('.hit').first()).toContainText('heating');
    await ask(page, 'my teeth hurt');
    await page.locator('.hit-toggle').first().click();
    await page.getByRole('button', { name: 'Delete errands.txt' }).click();
    await expect(page.locator('#announcer')).toContainText('3 hits');

    await page.getByRole('button', { name: 'Clear the question' }).click();
    await page.getByRole('button', { name: 'Delete all my documents' }).click();
    await page.getByRole('button', { name: 'Keep it' }).click();
    await expect(page.locator('.document')).toHaveCount(3);
    await page.getByRole('button', { name: 'Delete all my documents' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete all' }).click();
    await expect(page.locator('.empty')).toBeVisible();
  });

  test('deletes everything, and starts again', async ({ page }) => {
    await openDemo(page);
    await ask(page, 'Do I get paid holidays?');
    await page.getByRole('button', { name: 'Delete everything' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete everything' }).click();
    await expect(page.locator('#readout-text')).toHaveText(/Everything was deleted/);
    const left = await page.evaluate(async () => {
      const models = await nearfield.storedModels();
      return {
        collections: (await nearfield.listCollections()).length,
        models: models.reduce((sum, { bytes }) => sum + bytes, 0),
        entries: localStorage.length,
      };
    });
    expect(left).toEqual({ collections: 0, models: 0, entries: 0 });
    await page.getByRole('button', { name: 'Load the model' }).click();
    await ready(page);
    await ask(page, 'Do I get paid holidays?');
  });

  test('keeps the starter when another model cannot be had', async ({ page, context }) => {
    await openDemo(page);
    await keptForOffline(page);
    await context.setOffline(true);
    await page.getByRole('button', { name: /^Use Qwen3/ }).click();
    await expect(page.locator('.card-trouble')).toContainText('The download did not finish');
    await page.getByRole('button', { name: 'Stay with the starter' }).click();
    await expect(page.locator('.card-trouble')).toHaveCount(0);
    await ask(page, 'Do I get paid holidays?');
    seen.errors.length = 0;
    seen.strangers.length = 0;
  });
});

/** What changes nothing that lasts is tried on one page, put back before each scenario. */
test.describe('the demo page, once loaded', () => {
  let page: Page;
  let seen: ReturnType<typeof watch>;
  test.beforeAll(async ({ browser }) => {
    // axe wants a context of its own, not one that a page brought along.
    page = await (await browser.newContext()).newPage();
    seen = watch(page);
    await openDemo(page);
  });
  test.afterAll(() => page.context().close());
  test.beforeEach(async () => {
    await page.getByRole('radio', { name: /Human rights/ }).check();
    await page.getByLabel('Answers in').selectOption('');
    await page.getByRole('textbox', { name: 'Your question' }).fill('');
    await expect(page.locator('.hit')).toHaveCount(0);
  });
  test.afterEach(() => {
    expect(seen.strangers).toEqual([]);
    expect(seen.errors).toEqual([]);
  });

  test('is used by keyboard alone', async () => {
    await page.locator('h1').click();
    await page.keyboard.press('/');
    await page.keyboard.type('Is torture ever allowed?');
    await answered(page, 'Is torture ever allowed?');
    const toggles = page.locator('.hit-toggle');
    await page.keyboard.press('ArrowDown');
    await expect(toggles.nth(0)).toBeFocused();
    await page.keyboard.press('ArrowDown');
    await expect(toggles.nth(1)).toBeFocused();
    await page.keyboard.press('Home');
    await page.keyboard.press('Enter');
    await expect(toggles.nth(0)).toHaveAttribute('aria-expanded', 'true');
    await expect(page.getByRole('group', { name: 'Full text' })).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(page.getByRole('textbox', { name: 'Your question' })).toBeFocused();
    await expect(page.getByRole('textbox', { name: 'Your question' })).toHaveValue('');
    await expect(toggles).toHaveCount(0);
    await page.locator('h1').click();
    await page.keyboard.press('Control+k');
    await expect(page.getByRole('textbox', { name: 'Your question' })).toBeFocused();
  });

  test('finds across languages, and in a chosen one', async () => {
    await page.getByRole('button', { name: 'هل التعليم مجاني؟' }).click();
    await answered(page, 'هل التعليم مجاني؟');
    const passages = page.locator('.passage');
    const languages = await passages.evaluateAll((all) =>
      all.map((element) => element.getAttribute('lang')),
    );
    expect(new Set(languages).size).toBeGreaterThan(5);
    await expect(page.locator('.passage[lang="ar"]')).toHaveAttribute('dir', 'rtl');
    await page.getByLabel('Answers in').selectOption('ja');
    await expect(passages.first()).toHaveAttribute('lang', 'ja');
    await expect(passages.first()).toContainText('教育');
    await page.locator('.hit-toggle').first().click();
    await expect(page.locator('.parallel')).toContainText('Education shall be free');
  });

  test('searches by meaning, by words or by both, as chosen by keyboard', async () => {
    const first = page.locator('.hit').first();
    const both = page.getByRole('radio', { name: 'Meaning and words' });
    const meaning = page.getByRole('radio', { name: 'Meaning', exact: true });
    const words = page.getByRole('radio', { name: 'Words', exact: true });
    await page.getByLabel('Answers in').selectOption('en');
    await ask(page, 'vacation days');
    await both.focus();
    await page.keyboard.press('ArrowRight');
    await expect(meaning).toBeChecked();
    await expect(page.locator('#announcer')).toContainText('by meaning.');
    // It has none of these words.
    await expect(first).toContainText('rest and leisure');
    await expect(first).toContainText('similarity');
    await expect(page.locator('mark')).toHaveCount(0);

    await page.keyboard.press('ArrowRight');
    await expect(words).toBeChecked();
    await expect(page.locator('#stage')).toContainText('No text here has these words');
    await expect(page.locator('#readout-text')).not.toContainText('question');
    await ask(page, 'exile');
    await expect(page.locator('.hit')).toHaveCount(1);
    await expect(first.locator('mark')).toHaveText('exile');
    await expect(first).toContainText('BM25');

    await ask(page, 'vacation days');
    await page.getByRole('button', { name: 'Search by meaning and words' }).press('Enter');
    await expect(both).toBeChecked();
    await expect(page.locator('.hit')).toHaveCount(10);
  });

  test('shows what is like a hit, and goes back', async () => {
    await ask(page, 'Do I get paid holidays?');
    const title = await page.locator('.hit-toggle').nth(1).innerText();
    const button = page.getByRole('button', { name: `More like this: ${title}` });
    await button.press('Enter');
    await expect(page.getByRole('heading', { name: `More like “${title}”` })).toBeVisible();
    await expect(page.locator('#announcer')).toHaveText(`10 hits like “${title}”.`);
    // Every language has an Article 24.
    await expect(page.locator('.hit').first()).toContainText('24');
    const back = page.getByRole('button', { name: 'Back to the question' });
    await expect(back).toBeFocused();
    await back.press('Enter');
    await answered(page, 'Do I get paid holidays?');
    await expect(button).toBeFocused();
  });

  test('says when an answer came from the cache', async () => {
    await page.getByRole('radio', { name: /Dictionary/ }).check();
    await ask(page, 'rain mixed with snow');
    await expect(page.locator('.hit-toggle').first()).toHaveText('sleet');
    await expect(page.locator('#readout-text')).toContainText('question embedded in');
    await ask(page, 'where a river meets the sea');
    await ask(page, 'rain mixed with snow');
    await expect(page.locator('#readout-text')).toContainText('question from cache');
  });

  test('has no accessibility fault, light or dark, on a desk or a phone', async () => {
    await expectNoFaults(page);
    await ask(page, 'Do I get paid holidays?');
    await page.locator('.hit-toggle').nth(1).click();
    await expectNoFaults(page, [...OPPOSITE, ...THE_OTHERS]);
    await page.getByRole('button', { name: 'Clear the question' }).click();
    await page.getByRole('radio', { name: /My documents/ }).check();
    await page
      .getByLabel('Choose .txt or .md files')
      .setInputFiles([file('errands.txt', NOTE), file('report.pdf', 'text in disguise')]);
    await expect(page.locator('.document')).toHaveCount(1);
    await expectNoFaults(page);
    await page.getByRole('button', { name: 'Delete everything' }).click();
    await expectNoFaults(page);
  });
});

interface Look {
  colorScheme: 'light' | 'dark';
  width: number;
}

/** Both schemes and both widths in two looks; the page at its fullest is looked at in all four. */
const OPPOSITE: readonly Look[] = [
  { colorScheme: 'light', width: 1280 },
  { colorScheme: 'dark', width: 390 },
];
const THE_OTHERS: readonly Look[] = [
  { colorScheme: 'light', width: 390 },
  { colorScheme: 'dark', width: 1280 },
];

/** Waits until all of the page is in a scheme: its colours change some frames after it was asked for. */
async function painted(page: Page, colorScheme: Look['colorScheme']): Promise<void> {
  await page.waitForFunction(
    (scheme) =>
      matchMedia(`(prefers-color-scheme: ${scheme})`).matches &&
      new Promise((resolve) =>
        requestAnimationFrame(() => requestAnimationFrame(() => resolve(true))),
      ),
    colorScheme,
  );
}

/** Of what is on the page now. */
async function expectNoFaults(page: Page, looks = OPPOSITE): Promise<void> {
  for (const { colorScheme, width } of looks) {
    const look = `${colorScheme} at ${width} pixels`;
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.setViewportSize({ width, height: 844 });
    await painted(page, colorScheme);
    const { violations } = await new AxeBuilder({ page }).analyze();
    const faults = violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
    expect(faults, look).toEqual([]);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(wide, look).toBeLessThanOrEqual(0);
  }
}

async function drop(page: Page, { name, buffer }: ReturnType<typeof file>): Promise<void> {
  const files = await page.evaluateHandle(
    ({ name, text }) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([text], name, { type: 'text/plain' }));
      return transfer;
    },
    { name, text: buffer.toString() },
  );
  await page.dispatchEvent('h1', 'dragenter', { dataTransfer: files });
  await expect(page.getByText('Drop text files to search them')).toBeVisible();
  await page.dispatchEvent('h1', 'drop', { dataTransfer: files });
  await expect(page.getByText('Drop text files to search them')).toBeHidden();
}

function file(name: string, text: string): { name: string; mimeType: string; buffer: Buffer } {
  return { name, mimeType: 'text/plain', buffer: Buffer.from(text) };
}
