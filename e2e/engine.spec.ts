/** The embedder as a program meets it: options, errors, abort, the cache. */

import { openConsole, type Outcome } from './support/console.ts';
import { expect, test } from './support/fixtures.ts';
import { startModelServer } from './support/model-server.ts';

test.use({ serviceWorkers: 'block' });

test.beforeEach(async ({ page }) => {
  await openConsole(page);
});

test('dimensions are cut before L2, and the full vector serves every width from the cache', async ({
  page,
  modelServer,
}) => {
  const out = await page.evaluate(async (model) => {
    const embedder = await nearfield.createEmbedder({ model, device: 'wasm', dtype: 'fp32' });
    const full = await embedder.embed('matryoshka');
    const cut = await embedder.embed('matryoshka', { dimensions: 32 });
    const { counts } = embedder.info;
    return { full: Array.from(full.data), cut: Array.from(cut.data), counts };
  }, `${modelServer.url}/models/qwen3-seeded`);
  const norm = Math.hypot(...out.full.slice(0, 32));
  out.cut.forEach((value, i) => expect(value).toBeCloseTo((out.full[i] ?? 0) / norm, 6));
  expect(out.cut).toHaveLength(32);
  expect(out.counts).toMatchObject({ texts: 1, cacheHits: 1, cacheMisses: 1 });
});

test('bad input is refused with a code and the index of the bad text', async ({
  page,
  modelServer,
}) => {
  const refusals = await page.evaluate(async (model) => {
    const embedder = await nearfield.createEmbedder({ model, device: 'wasm', maxTokens: 16 });
    const long = 'word '.repeat(40);
    const attempts: Record<string, () => Promise<unknown>> = {
      blank: () => embedder.embed(['fine', ' \n']),
      number: () => embedder.embed(['fine', 'fine', 7 as unknown as string]),
      narrow: () => embedder.embed('x', { dimensions: 16 }),
      wide: () => embedder.embed('x', { dimensions: 65 }),
      long: () => embedder.embed(['short', 'also short', long], { truncate: false }),
      longAgain: async () => {
        await embedder.embed(['short', long]);
        await embedder.embed(['short', long], { truncate: false });
      },
      model: () => nearfield.createEmbedder({ model: 'no such model' }),
      dtype: () => nearfield.createEmbedder({ model, dtype: 'bnb4' }),
      closed: async () => {
        await embedder.close();
        await embedder.embed('x');
      },
    };
    const results: Record<string, Outcome> = {};
    for (const [name, attempt] of Object.entries(attempts))
      results[name] = await outcomeOf(attempt());
    return results;
  }, `${modelServer.url}/models/qwen3-seeded`);
  expect(refusals['blank']).toMatchObject({ code: 'bad-input', index: 1 });
  expect(refusals['number']).toMatchObject({ code: 'bad-input', index: 2 });
  expect(refusals['narrow']).toMatchObject({ code: 'bad-input' });
  expect(refusals['narrow']?.message).toContain('32 to 64');
  expect(refusals['wide']).toMatchObject({ code: 'bad-input' });
  expect(refusals['long']).toMatchObject({ code: 'bad-input', index: 2 });
  expect(refusals['long']?.message).toContain('texts[2]');
  expect(refusals['longAgain']).toMatchObject({ code: 'bad-input', index: 1 });
  expect(refusals['model']).toMatchObject({ code: 'bad-input' });
  expect(refusals['dtype']).toMatchObject({ code: 'bad-input' });
  expect(refusals['closed']).toMatchObject({ code: 'closed' });
});

test('a long text is cut, says so, and keeps its pooled token', async ({ page, modelServer }) => {
  const out = await page.evaluate(async (model) => {
    const embedder = await nearfield.createEmbedder({ model, device: 'wasm', maxTokens: 16 });
    const long = await embedder.embed(['word '.repeat(40), 'short']);
    // 15 words and the end token: what the cut text must equal.
    const exact = await embedder.embed('word '.repeat(14) + 'word');
    return {
      tokens: [...long.tokens],
      truncated: long.truncated,
      cosine: long.row(0).reduce((sum, value, i) => sum + value * (exact.data[i] ?? 0), 0),
      exactTokens: exact.tokens[0],
    };
  }, `${modelServer.url}/models/qwen3-seeded`);
  expect(out.tokens[0]).toBe(16);
  expect(out.truncated).toEqual([true, false]);
  expect(out.exactTokens).toBe(16);
  expect(out.cosine).toBeGreaterThan(0.9999);
});

test('the same texts after a reload send nothing to the model', async ({ page, modelServer }) => {
  const embedTwo = (model: string) =>
    page.evaluate(async (model) => {
      const embedder = await nearfield.createEmbedder({ model, device: 'wasm' });
      const got = await embedder.embed(['remember this', 'and that']);
      const { counts } = embedder.info;
      await embedder.close();
      return { counts, data: Array.from(got.data), tokens: [...got.tokens] };
    }, model);
  const model = `${modelServer.url}/models/qwen3-seeded`;
  const first = await embedTwo(model);
  await page.reload();
  await page.waitForFunction(() => 'nearfield' in globalThis);
  const second = await embedTwo(model);
  expect(first.counts).toMatchObject({ texts: 2, cacheMisses: 2 });
  expect(second.counts).toMatchObject({ texts: 0, tokens: 0, cacheHits: 2, cacheMisses: 0 });
  expect(second.data).toEqual(first.data);
  expect(second.tokens).toEqual(first.tokens);
});

test('an abort between slices stops the work and keeps what was done', async ({
  page,
  modelServer,
}) => {
  const out = await page.evaluate(async (model) => {
    const embedder = await nearfield.createEmbedder({ model, device: 'wasm' });
    const texts = Array.from({ length: 256 }, (_, i) => `${i} ${'words and '.repeat(20)}`);
    const abort = new AbortController();
    const progress: number[] = [];
    const failure = await outcomeOf(
      embedder.embed(texts, {
        signal: abort.signal,
        onProgress: ({ done }) => {
          progress.push(done);
          if (done >= 64) abort.abort(new Error('enough'));
        },
      }),
    );
    const sent = embedder.info.counts.texts;
    await embedder.embed(texts);
    const early = await outcomeOf(embedder.embed('never', { signal: AbortSignal.abort() }));
    return { failure, sent, early, total: embedder.info.counts.texts };
  }, `${modelServer.url}/models/qwen3-seeded`);
  expect(out.failure).toMatchObject({ code: 'aborted', name: 'AbortError' });
  expect(out.early.code).toBe('aborted');
  expect(out.sent).toBeLessThan(256);
  // The first 64 were cached before the abort: they are not computed again.
  expect(out.total).toBeLessThanOrEqual(256 + 64);
});

test('loading can be aborted, and resumes where it stopped', async ({ page, modelServer }) => {
  const outcome = await page.evaluate(async (slow) => {
    const abort = new AbortController();
    const load = (signal?: AbortSignal) =>
      nearfield.createEmbedder({
        model: slow,
        device: 'wasm',
        ...(signal && { signal }),
        onProgress: ({ phase, loaded }) => {
          if (phase === 'download' && loaded > 8_000_000) abort.abort();
        },
      });
    const aborted = await outcomeOf(load(abort.signal));
    const embedder = await load();
    await embedder.close();
    return aborted;
  }, `${modelServer.url}/faults/slow/1/models/qwen3-seeded`);
  expect(outcome.code).toBe('aborted');
  const ranges = (await modelServer.requests()).filter(({ range }) => range !== undefined);
  expect(ranges.length).toBeGreaterThan(0);
  // 416: that file was whole already.
  expect(ranges.every(({ status }) => status === 206 || status === 416)).toBe(true);
});

test('two embedders at once do not disturb each other', async ({ page, modelServer }) => {
  const out = await page.evaluate(async (model) => {
    const options = { model, device: 'wasm', cache: false } as const;
    const [a, b] = await Promise.all([
      nearfield.createEmbedder({ ...options, dtype: 'fp32' }),
      nearfield.createEmbedder({ ...options, dtype: 'q4' }),
    ]);
    const alone = Array.from((await a.embed('one text')).data);
    const [together] = await Promise.all([a.embed('one text'), b.embed(['one text', 'another'])]);
    await b.close();
    const after = Array.from((await a.embed('one text')).data);
    const dtypes = [a.info.dtype, b.info.dtype];
    return { alone, together: Array.from(together.data), after, dtypes };
  }, `${modelServer.url}/models/qwen3-seeded`);
  expect(out.together).toEqual(out.alone);
  expect(out.after).toEqual(out.alone);
  expect(out.dtypes).toEqual(['fp32', 'q4']);
});

test('a query overtakes documents that wait', async ({ page, modelServer }) => {
  const order = await page.evaluate(async (model) => {
    const embedder = await nearfield.createEmbedder({ model, device: 'wasm', cache: false });
    const order: string[] = [];
    const texts = Array.from({ length: 200 }, (_, i) => `${i} ${'words and '.repeat(20)}`);
    const bulk = embedder.embed(texts).then(() => order.push('documents'));
    const query = embedder.embed('a question', { kind: 'query' }).then(() => order.push('query'));
    await Promise.all([bulk, query]);
    return order;
  }, `${modelServer.url}/models/qwen3-seeded`);
  expect(order).toEqual(['query', 'documents']);
});

test('a query comes in the midst of one long text, and changes nothing of it', async ({ page }) => {
  const out = await page.evaluate(async () => {
    const options = { model: 'starter', device: 'wasm', cache: false } as const;
    const embedder = await nearfield.createEmbedder(options);
    const text = Array.from({ length: 600 }, (_, i) => `word${i}`).join(' ');
    const order: string[] = [];
    let query: Promise<ArrayLike<number>> | undefined;
    const ask = async (): Promise<ArrayLike<number>> => {
      const { data } = await embedder.embed('a question', { kind: 'query' });
      order.push('query');
      return data;
    };
    const long = await embedder.embed(text, {
      onProgress: () => {
        query ??= ask();
      },
    });
    order.push('document');
    const midst = await query;
    const alone = await embedder.embed('a question', { kind: 'query' });
    const again = await embedder.embed(text);
    await embedder.close();
    const rows = { midst: midst ?? [], alone: alone.data, long: long.data, again: again.data };
    return { order, rows };
  });
  expect(out.order).toEqual(['query', 'document']);
  expect(out.rows.midst).toEqual(out.rows.alone);
  expect(out.rows.long).toEqual(out.rows.again);
});

test('a hub repository is loaded at its commit, and offline afterwards', async ({ page }) => {
  // One that can go away. With requests intercepted by Playwright instead, every sixth run hung
  // where workers start workers, the page's own timers too.
  const hub = await startModelServer();
  const load = () =>
    page.evaluate(async (hubUrl) => {
      const options = { model: 'acme/bert-seeded-mean', hubUrl, device: 'wasm' } as const;
      const phases: string[] = [];
      const embedder = await nearfield.createEmbedder({
        ...options,
        onProgress: ({ phase }) => {
          if (phases.at(-1) !== phase) phases.push(phase);
        },
      });
      const { info } = embedder;
      await embedder.embed('from the hub');
      await embedder.close();
      return { info, phases };
    }, hub.url);
  const online = await load();
  expect(online.info.revision).toMatch(/^[0-9a-f]{40}$/);
  const inOrder = ['plan', 'download', 'compile', 'self-test', 'ready'];
  expect([...new Set(online.phases)].slice(0, inOrder.length)).toEqual(inOrder);
  const paths = hub.log.map(({ path }) => path);
  expect(paths).toContain(`/acme/bert-seeded-mean/resolve/${online.info.revision}/tokenizer.json`);
  await hub.close();
  const offline = await load();
  expect(offline.info.revision).toBe(online.info.revision);
});

test('a model that the browser has no room for is used from memory, and says so', async ({
  page,
  modelServer,
}) => {
  const quotaSize = 4_000_000;
  const browser = await page.context().newCDPSession(page);
  const { origin } = new URL(page.url());
  await browser.send('Storage.overrideQuotaForOrigin', { origin, quotaSize });
  const out = await page.evaluate(async (model) => {
    const embedder = await nearfield.createEmbedder({ model, device: 'wasm', dtype: 'q4' });
    const { rows } = await embedder.embed('no room for this model');
    // What was used from memory is stored by now, or is not going to be.
    await embedder.close();
    return { rows, warnings: embedder.info.warnings, stored: await nearfield.storedModels() };
  }, `${modelServer.url}/models/qwen3-seeded`);
  expect(out.rows).toBe(1);
  expect(out.warnings.join('\n')).toMatch(/tokenizer\.json .*memory/);
  expect(out.stored.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(quotaSize);
});

test('a damaged download is refused, and nothing of it is used', async ({ page, modelServer }) => {
  const outcome = await page.evaluate(
    (model) => outcomeOf(nearfield.createEmbedder({ model, device: 'wasm', dtype: 'fp32' })),
    `${modelServer.url}/faults/flip/20000000/models/qwen3-seeded`,
  );
  expect(outcome.code).toBe('integrity');
});

test('a model that is not there is named as such', async ({ page, modelServer }) => {
  const codes = await page.evaluate(async (url) => {
    const load = (model: string): Promise<Outcome> =>
      outcomeOf(nearfield.createEmbedder({ model, hubUrl: url, device: 'wasm' }));
    return [await load(`${url}/models/nothing-here`), await load('acme/nothing-here')].map(
      ({ code }) => code,
    );
  }, modelServer.url);
  expect(codes).toEqual(['model-not-found', 'model-not-found']);
});
