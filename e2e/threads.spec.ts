/** What becomes of calls when a worker, or its tokenizer thread, cannot start or dies. */

import { beforeWorker, makeMortal, openConsole } from './support/console.ts';
import { expect, test } from './support/fixtures.ts';

test.use({ serviceWorkers: 'block' });

const crash = { code: 'worker-crashed' };

test('a worker that is not there or throws at load rejects with worker-crashed', async ({
  page,
}) => {
  await openConsole(page);
  await page.route('**/throws.js', (route) =>
    route.fulfill({
      contentType: 'text/javascript',
      headers: { 'Cross-Origin-Embedder-Policy': 'require-corp' },
      body: "throw new Error('broken on purpose')",
    }),
  );
  const load = (workerUrl: string) =>
    page.evaluate(
      (workerUrl) =>
        outcomeOf(nearfield.createEmbedder({ model: 'starter', device: 'wasm', workerUrl })),
      workerUrl,
    );
  expect(await load('missing.js')).toMatchObject(crash);
  const thrown = await load('throws.js');
  expect(thrown).toMatchObject(crash);
  expect(thrown.message).toContain('broken on purpose');
});

for (const thread of ['nearfield-embed', 'nearfield-tokenizer'] as const) {
  test(`when ${thread} dies in mid-call, all that is pending rejects; the next call starts another`, async ({
    page,
    modelServer,
  }) => {
    await makeMortal(page);
    await openConsole(page);
    const out = await page.evaluate(
      async ({ model, thread }) => {
        const embedder = await nearfield.createEmbedder({ model, device: 'wasm', cache: false });
        const texts = Array.from({ length: 120 }, (_, i) => `${i} ${'words and '.repeat(30)}`);
        const channel = new BroadcastChannel(thread);
        const outcomes: string[][] = [];
        for (const end of ['throw', 'close']) {
          let told = false;
          // After the first slice of many: the call is in its middle.
          const onProgress = (): void => {
            if (!told) channel.postMessage(end);
            told = true;
          };
          const calls = [embedder.embed(texts, { onProgress }), embedder.embed(texts)];
          outcomes.push((await Promise.all(calls.map(outcomeOf))).map(({ code }) => code));
          outcomes.push([String((await embedder.embed('alive again')).rows)]);
        }
        return outcomes;
      },
      { model: `${modelServer.url}/models/bert-seeded-cls`, thread },
    );
    const both = ['worker-crashed', 'worker-crashed'];
    expect(out).toEqual([both, ['1'], both, ['1']]);
  });
}

test('where the tokenizer cannot have a thread, the embed worker tokenizes', async ({
  page,
  modelServer,
}) => {
  await beforeWorker(
    page,
    `if (self.name === 'nearfield-tokenizer') {
      new BroadcastChannel('refused').postMessage(self.name);
      throw new Error('refused');
    }`,
  );
  await openConsole(page);
  const out = await page.evaluate(async (model) => {
    const refused: string[] = [];
    new BroadcastChannel('refused').onmessage = ({ data }: MessageEvent<string>) => {
      refused.push(data);
    };
    const embedder = await nearfield.createEmbedder({ model, device: 'wasm', cache: false });
    const got = await embedder.embed(['human rights', 'rain in the night']);
    return { refused, tokens: [...got.tokens], width: got.dimensions };
  }, `${modelServer.url}/models/bert-seeded-cls`);
  expect(out).toEqual({ refused: ['nearfield-tokenizer'], tokens: [5, 6], width: 32 });
});

test('a model that is loaded again keeps neither an abort nor a close waiting', async ({
  page,
  modelServer,
}) => {
  await makeMortal(page);
  await openConsole(page);
  const model = `${modelServer.url}/models/bert-seeded-cls`;
  await page.evaluate(async (model) => {
    const options = { model, device: 'wasm', cache: false } as const;
    const embedder = await nearfield.createEmbedder(options);
    Object.assign(globalThis, { embedder });
    const texts = Array.from({ length: 120 }, (_, i) => `${i} ${'words and '.repeat(30)}`);
    const channel = new BroadcastChannel('nearfield-embed');
    const onProgress = (): void => channel.postMessage('throw');
    await outcomeOf(embedder.embed(texts, { onProgress }));
  }, model);
  // From now on the model's folder gives no answer.
  const asked = page
    .context()
    .waitForEvent('request', (request) => request.url().startsWith(model));
  await page.context().route(`${model}/**`, () => undefined);
  const outcomes = page.evaluate(async () => {
    const { embedder } = globalThis as unknown as {
      embedder: Awaited<ReturnType<typeof nearfield.createEmbedder>>;
    };
    const abort = new AbortController();
    addEventListener('loading', () => abort.abort());
    const waiting = outcomeOf(embedder.embed('waits'));
    const aborted = await outcomeOf(embedder.embed('never', { signal: abort.signal }));
    await embedder.close();
    return [aborted.code, (await waiting).code];
  });
  await asked;
  await page.evaluate(() => dispatchEvent(new Event('loading')));
  expect(await outcomes).toEqual(['aborted', 'closed']);
});
