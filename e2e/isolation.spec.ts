import { expect, test } from './support/fixtures.ts';

test('the site is cross-origin isolated, so that WASM may have threads', async ({ page }) => {
  await page.goto('/');
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
});

test(
  'the browser has the device its project is for',
  { tag: '@webgpu' },
  async ({ page, device }) => {
    await page.goto('/');
    const adapter = await page.evaluate(async () => Boolean(await navigator.gpu?.requestAdapter()));
    expect(adapter).toBe(device === 'webgpu');
  },
);
