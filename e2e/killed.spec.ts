/** What is stored when a page is killed in the midst of a write, by killing its process. */

import type { BrowserContext, Page } from '@playwright/test';
import type { Embedder } from '../src/index.ts';
import { openConsole } from './support/console.ts';
import { expect, test } from './support/fixtures.ts';

test.use({ serviceWorkers: 'block' });

const KILLS = 50;

/** Documents that are stored together, see `SLICE_PASSAGES` in src/collection/adding.ts. */
const SLICE = 64;

/** Of a collection's texts, by the ids of its documents. */
type Texts = Map<string, string>;

declare global {
  /** Embeds without a model: a text's vector depends on its characters. */
  var plainEmbedder: Embedder;
}

async function open(context: BrowserContext): Promise<Page> {
  const page = await context.newPage();
  await page.addInitScript(() => {
    const dimensions = 64;
    const embed: Embedder['embed'] = (input) => {
      const texts = typeof input === 'string' ? [input] : input;
      const data = new Float32Array(texts.length * dimensions);
      const row = (i: number) => data.subarray(i * dimensions, (i + 1) * dimensions);
      for (const [i, text] of texts.entries()) {
        // FNV-1a of each of its beginnings: texts that differ anywhere have other vectors.
        let hash = 0x811c9dc5;
        for (let at = 0; at < text.length; at++) {
          hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0;
          row(i)[(hash >>> 16) % dimensions]! += 1;
        }
        const length = Math.hypot(...row(i));
        row(i).forEach((value, axis) => (row(i)[axis] = value / length));
      }
      const tokens = Uint32Array.from(texts, (text) => text.length);
      const truncated = texts.map(() => false);
      return Promise.resolve({ data, rows: texts.length, dimensions, tokens, truncated, row });
    };
    globalThis.plainEmbedder = {
      info: {
        model: 'plain',
        revision: '1',
        device: 'wasm',
        runtime: 'native',
        dtype: 'fp32',
        pooling: 'mean',
        dimensions,
        minDimensions: dimensions,
        maxTokens: 512,
        threads: 1,
        simd: 'simd128',
        warnings: [],
        counts: { texts: 0, tokens: 0, cacheHits: 0, cacheMisses: 0, milliseconds: 0 },
      },
      embed,
      close: () => Promise.resolve(),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  });
  await openConsole(page);
  return page;
}

/** A write's documents: some new, some in the place of others. */
function batch(write: number, count: number): { id: string; text: string }[] {
  return Array.from({ length: count }, (_, i) => {
    const id = write % 3 === 0 ? i : write * 1000 + i;
    return { id: `d${id}`, text: `text ${id} of write ${write}` };
  });
}

/** The first and the last of each slice, by id. */
function bordersOf(documents: ReturnType<typeof batch>): string[] {
  return documents
    .filter((_, i) => i % SLICE === 0 || i % SLICE === SLICE - 1 || i === documents.length - 1)
    .map(({ id }) => id);
}

function after(texts: Texts, written: ReturnType<typeof batch>): Texts {
  return new Map([...texts, ...written.map(({ id, text }) => [id, text] as const)]);
}

/**
 * Opens the collection; the next write goes to it at once.
 *
 * @param written documents of which those that are there are searched for, each by its own text
 */
async function stored(
  page: Page,
  written: ReturnType<typeof batch> = [],
): Promise<{ texts: Texts; passages: number; found: string[] }> {
  const { texts, ...rest } = await page.evaluate(async (ids) => {
    const notes = await nearfield.openCollection('killed', { embedder: plainEmbedder });
    Object.assign(globalThis, { notes });
    const documents = await notes.list({ limit: 100_000 });
    const asked = documents.filter(({ id }) => ids.includes(id));
    const hits = asked.map(({ text }) => notes.search(text, { mode: 'vector', limit: 1 }));
    return {
      texts: documents.map(({ id, text }) => [id, text] as const),
      passages: notes.info.passages,
      found: (await Promise.all(hits)).map(([hit], i) => `${hit?.text} for ${asked[i]!.text}`),
    };
  }, bordersOf(written));
  return { texts: new Map(texts), ...rest };
}

function write(page: Page, documents: ReturnType<typeof batch>): Promise<number> {
  return page.evaluate(async (documents) => {
    const start = performance.now();
    const { notes } = globalThis as unknown as {
      notes: Awaited<ReturnType<typeof nearfield.openCollection>>;
    };
    await notes.add(documents);
    return performance.now() - start;
  }, documents);
}

/** Kills the process of the page and its workers. */
async function kill(page: Page): Promise<void> {
  const crashed = page.waitForEvent('crash');
  const devtools = await page.context().newCDPSession(page);
  // A process that is gone does not answer.
  void devtools.send('Page.crash').catch(() => undefined);
  await crashed;
}

test(`has each slice of a write whole or not at all, killed ${KILLS} times in the midst of one`, async ({
  context,
}) => {
  test.setTimeout(240_000);
  let page = await open(context);
  await stored(page);
  const usual = await write(page, batch(3, 200));
  let texts = after(new Map(), batch(3, 200));
  let lost = 0;
  let late = 0;
  await stored(page);
  for (let number = 4; number < 4 + KILLS; number++) {
    const next = batch(number, 20 + ((number * 37) % 300));
    const writing = write(page, next).then(
      () => true,
      () => false,
    );
    // From before the first byte to after the commit.
    await page.waitForTimeout((1.5 * usual * ((number * 7) % KILLS)) / KILLS);
    await kill(page);
    const wasStored = await writing;
    await page.close();
    page = await open(context);
    const now = await stored(page, next);
    // Slices are stored one after another, each whole or not at all.
    const there = next.filter(({ id, text }) => now.texts.get(id) === text).length;
    const isWhole = there === next.length;
    expect(isWhole || there % SLICE === 0).toBe(true);
    // Whoever was told that it is stored must find it.
    if (wasStored) expect(isWhole).toBe(true);
    texts = after(texts, next.slice(0, there));
    expect(now.texts).toEqual(texts);
    expect(now.passages).toBe(texts.size);
    if (isWhole) expect(now.found).toHaveLength(bordersOf(next).length);
    for (const answer of now.found) {
      const [found, asked] = answer.split(' for ');
      expect(found).toBe(asked);
    }
    lost += Number(!isWhole);
    late += Number(isWhole);
  }
  // Both must have happened, or the kills came at the wrong moments.
  expect(lost).toBeGreaterThan(3);
  expect(late).toBeGreaterThan(3);
});
