/** One side of the engine benchmark: a browser with a profile of its own, and its calls. */

import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { chromium, type BrowserContext, type Page } from 'playwright';
import { BASE_FLAGS, findBrowser } from '../../tools/browser.ts';
import type { Followed, Setup } from '../pages/contestant.ts';
import { peakOfRenderers } from './renderers.ts';

export type SideName = 'ours' | 'transformers.js' | 'wllama';

export interface Work {
  texts: readonly string[];
  kind: 'query' | 'document';
  task?: string;
}

export interface Answer {
  milliseconds: number;
  vectors: number[][];
}

/** On disk: a profile in memory would hold a stored model of a gigabyte there. */
const PROFILES = resolve('.cache/bench-profiles');

export class Side {
  readonly name: SideName;
  readonly #profile: string;
  readonly #context: BrowserContext;
  readonly #page: Page;
  readonly #url: string;

  private constructor(name: SideName, profile: string, context: BrowserContext, url: string) {
    this.name = name;
    this.#profile = profile;
    this.#context = context;
    this.#page = context.pages()[0]!;
    this.#url = `${url}?side=${name}`;
  }

  /** A fresh profile, nothing loaded. @param url of the built pages */
  static async open(name: SideName, url: string): Promise<Side> {
    await mkdir(PROFILES, { recursive: true });
    const profile = await mkdtemp(join(PROFILES, `${name}-`));
    const context = await chromium.launchPersistentContext(profile, {
      executablePath: findBrowser(),
      args: [...BASE_FLAGS],
    });
    return new Side(name, profile, context, url);
  }

  /** Opens the page anew and loads the model. @returns milliseconds of loading, and what it runs on */
  async load(setup: Setup): Promise<{ milliseconds: number; runsOn: string }> {
    await this.#page.goto(this.#url);
    const { name } = this;
    await this.#page.waitForFunction((name) => globalThis.contestants?.[name] !== undefined, name, {
      timeout: 60_000,
    });
    return this.#page.evaluate(
      async ({ name, setup }) => {
        const started = performance.now();
        const runsOn = await globalThis.contestants![name]!.load(setup);
        return { milliseconds: performance.now() - started, runsOn };
      },
      { name, setup },
    );
  }

  async embed(work: Work): Promise<Answer> {
    return this.#page.evaluate(
      async ({ name, texts, kind, task }) => {
        const started = performance.now();
        const vectors = await globalThis.contestants![name]!.embed([...texts], kind, task);
        return { milliseconds: performance.now() - started, vectors };
      },
      { ...work, name: this.name },
    );
  }

  /** As the contestant has it. */
  async follow(text: string, abortAt?: number): Promise<Followed> {
    return this.#page.evaluate(
      ({ name, text, abortAt }) => globalThis.contestants![name]!.follow!(text, abortAt),
      { name: this.name, text, abortAt },
    );
  }

  /** Bytes, since the browser started. */
  async peakMemory(): Promise<number> {
    return peakOfRenderers(this.#profile);
  }

  async close(): Promise<void> {
    await this.#context.close();
    await rm(this.#profile, { recursive: true, force: true });
  }
}
