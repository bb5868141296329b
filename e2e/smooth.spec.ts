/** The page stays free for its reader: what computes, computes in workers. */

import { openConsole } from './support/console.ts';
import { expect, test } from './support/fixtures.ts';

test.use({ serviceWorkers: 'block' });

/** What the browser itself calls a long task: over 50 ms in which the page answers nobody. */
interface Watched {
  milliseconds: number;
  longTasks: number[];
}

test('embedding and searching leave the page free', async ({ page, modelServer }) => {
  await openConsole(page);
  await page.evaluate(() => {
    Object.assign(globalThis, {
      watched: async (work: () => Promise<unknown>): Promise<Watched> => {
        const longTasks: number[] = [];
        const note = (entries: PerformanceEntryList): void => {
          for (const { duration } of entries) longTasks.push(duration);
        };
        const observer = new PerformanceObserver((list) => note(list.getEntries()));
        observer.observe({ type: 'longtask' });
        const start = performance.now();
        await work();
        const milliseconds = performance.now() - start;
        // The last entry comes after the task that it is about.
        await new Promise((done) => setTimeout(done, 100));
        note(observer.takeRecords());
        observer.disconnect();
        return { milliseconds, longTasks };
      },
    });
  });
  const out = await page.evaluate(async (model) => {
    const { watched } = globalThis as unknown as {
      watched: (work: () => Promise<unknown>) => Promise<Watched>;
    };
    const embedder = await nearfield.createEmbedder({ model, device: 'wasm' });
    const texts = Array.from({ length: 200 }, (_, i) => `${i} ${'rain and snow '.repeat(30)}`);
    const embedding = await watched(() => embedder.embed(texts));

    const many = await nearfield.openCollection('many', { embedder });
    const documents = Array.from({ length: 2000 }, (_, i) => ({ id: `${i}`, text: `${i}` }));
    const adding = await watched(() => many.add(documents));
    const hits: number[] = [];
    const searching = await watched(async () => {
      // Long enough for one task that a busy machine holds up not to count for much.
      const enough = performance.now() + 2000;
      for (let i = 0; i < 40 || performance.now() < enough; i++) {
        hits.push((await many.search(`what is ${i}?`)).length);
      }
    });

    // The same watch on work that does keep the page: it must tell.
    const control = await watched(async () => {
      for (let i = 0; i < 4; i++) {
        const until = performance.now() + 120;
        while (performance.now() < until);
        await new Promise((done) => setTimeout(done));
      }
    });
    await many.close();
    await embedder.close();
    return {
      embedding,
      adding,
      searching,
      control,
      without: hits.filter((count) => count === 0).length,
    };
  }, `${modelServer.url}/models/bert-seeded-mean`);
  expect(out.without).toBe(0);
  expect(share(out.control)).toBeGreaterThan(0.7);
  for (const job of [out.embedding, out.adding, out.searching]) {
    const told = JSON.stringify(job);
    // Work on the page would be all of the job. A busy machine holds up any task, but the job as well.
    expect(share(job), told).toBeLessThan(0.2);
    const longest = job.longTasks.toSorted((a, b) => b - a);
    // So one or another may be held up; the next must not be.
    expect(longest[2] ?? 0, told).toBeLessThan(Math.max(100, job.milliseconds / 20));
  }
});

function share({ milliseconds, longTasks }: Watched): number {
  return longTasks.reduce((sum, duration) => sum + duration, 0) / milliseconds;
}
