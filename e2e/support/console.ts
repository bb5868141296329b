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
 * Runs `code` in front of the embed worker's own: in that worker and on its tokenizer thread. Not by
 * a route: one that answers for the worker's script breaks the worker's requests to other origins.
 */
export async function beforeWorker(page: Page, code: string): Promise<void> {
  await page.addInitScript((code) => {
    globalThis.Worker = class extends Worker {
      constructor(url: string | URL, options?: WorkerOptions) {
        const own = new URL(url, location.href).href;
        const script = `{${code}}\nawait import(${JSON.stringify(own)});`;
        const type = 'text/javascript';
        const ours = own.includes('embed.worker');
        super(ours ? URL.createObjectURL(new Blob([script], { type })) : url, options);
      }
    };
  }, code);
}

const AS_REAL_GPU =
  "Object.defineProperty(GPUAdapterInfo.prototype, 'isFallbackAdapter', { get: () => false });";

/**
 * Lets page and embed worker take the software adapter for a real GPU, so that 'auto' tries WebGPU
 * here as it does on users' machines.
 *
 * @param code more to run in front of the worker's own
 */
export async function passAsRealGpu(page: Page, code = ''): Promise<void> {
  await page.addInitScript(AS_REAL_GPU);
  await beforeWorker(page, AS_REAL_GPU + code);
}

/**
 * Lets `nearfield-embed` and `nearfield-tokenizer` die on request:
 * `new BroadcastChannel(name).postMessage('throw' | 'close')`. No event tells of one that closes
 * itself.
 */
export async function makeMortal(page: Page): Promise<void> {
  await beforeWorker(
    page,
    `new BroadcastChannel(self.name).onmessage = ({ data }) => {
      if (data === 'close') self.close();
      else throw new Error('out of the blue');
    };`,
  );
}
