/**
 * `npx tsx bench/first-hits.ts [visits]`: from opening the built demo to the first hits by meaning,
 * in a fresh profile (the model is downloaded from this machine) and in one that was there before.
 * Needs `npm run build`.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext } from 'playwright';
import { preview } from 'vite';
import { BASE_FLAGS, findBrowser } from '../tools/browser.ts';

const QUESTION = 'Do I get paid holidays?';
const DEFAULT_ROUNDS = 5;

const rounds = Number(process.argv[2] ?? DEFAULT_ROUNDS);
const server = await preview({ preview: { port: 4331, strictPort: true, host: '127.0.0.1' } });
const first: number[] = [];
const second: number[] = [];
for (let round = 0; round < rounds; round++) {
  const profile = mkdtempSync(join(tmpdir(), 'nearfield-first-hits-'));
  first.push(await visit(profile));
  second.push(await visit(profile));
  rmSync(profile, { recursive: true });
}
await server.close();
report('first visit', first);
report('second visit', second);

async function visit(profile: string): Promise<number> {
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: findBrowser(),
    args: [...BASE_FLAGS],
  });
  try {
    return await measure(context);
  } finally {
    await context.close();
  }
}

async function measure(context: BrowserContext): Promise<number> {
  const page = await context.newPage();
  const query = new URLSearchParams({ device: 'wasm', q: QUESTION });
  await page.goto(`http://127.0.0.1:4331/?${query}`);
  await page.locator('.hit').first().waitFor({ timeout: 60_000 });
  const mark = await page.evaluate(
    () => performance.getEntriesByName('nearfield:first-hits')[0]?.startTime ?? NaN,
  );
  // The next visit finds everything in place: what is still being kept now is waited for.
  await page
    .locator('#data-panel div', { hasText: 'Works offline' })
    .last()
    .getByText('yes')
    .waitFor();
  return mark;
}

function report(name: string, times: readonly number[]): void {
  const mean = times.reduce((sum, time) => sum + time, 0) / times.length;
  const deviation = Math.sqrt(
    times.reduce((sum, time) => sum + (time - mean) ** 2, 0) / times.length,
  );
  const round = (time: number): string => `${Math.round(time)} ms`;
  console.log(
    `${name}: min ${round(Math.min(...times))}, mean ${round(mean)} ± ${round(deviation)}`,
  );
}
