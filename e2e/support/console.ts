/** The public API on a page that has not loaded a model of its own. */

import type { Page } from '@playwright/test';
import type * as Nearfield from '../../src/index.ts';

/** What became of a promise: the fields of its error, or `code: 'done'`. */
export interface Outcome {
  code: string;
  name?: string;
  message?: string;
  index?: number;
}

declare global {
  /** Defined on every page that `openConsole` opens. */
  var outcomeOf: (work: Promise<unknown>) => Promise<Outcome>;
  /** The public API, which the demo page puts there. */
  var nearfield: typeof Nearfield;
}

/**
 * Opens the site as a visitor who saves data, so that the demo waits with its model, and gives the
 * page once `nearfield` is there.
 */
export async function openConsole(page: Page): Promise<void> {
  await page.addInitScript(() => {
    Object.defineProperty(navigator, 'connection', { value: { saveData: true } });
    globalThis.outcomeOf = async (work) => {
      try {
        await work;
        return { code: 'done' };
      } catch (error) {
        const { code, name, message, index } = error as Outcome;
        return {
          code,
          ...(name && { name }),
          ...(message && { message }),
          ...(index !== undefined && { index }),
        };
      }
    };
  });
  await page.goto('./');
  await page.waitForFunction(() => 'nearfield' in globalThis);
}

/**
 * Lets page and embed worker take the software adapter for a real GPU, so that 'auto' tries WebGPU here
 * as it does on users' machines.
 */
export async function passAsRealGpu(page: Page): Promise<void> {
  await page.addInitScript(() => {
    Object.defineProperty(GPUAdapterInfo.prototype, 'isFallbackAdapter', { get: () => false });
  });
  await page.context().route(/embed\.worker.*\.js$/, async (route) => {
    const response = await route.fetch();
    const pretend =
      "Object.defineProperty(GPUAdapterInfo.prototype, 'isFallbackAdapter', { get: () => false });\n";
    await route.fulfill({ response, body: pretend + (await response.text()) });
  });
}

/** Lets the embed worker die on request: `new BroadcastChannel('end').postMessage('throw' | 'close')`. */
export async function makeMortal(page: Page): Promise<void> {
  await page.context().route(/embed\.worker.*\.js$/, async (route) => {
    const response = await route.fetch();
    const hook = `if (self.name === 'nearfield-embed') {
      new BroadcastChannel('end').onmessage = ({ data }) => {
        if (data === 'close') self.close();
        else throw new Error('out of the blue');
      };
    }\n`;
    await route.fulfill({ response, body: hook + (await response.text()) });
  });
}
