/** Which device runs, what happens when it cannot, and that the page is told. */

import type { Page } from '@playwright/test';
import { cosine } from './support/agreement.ts';
import { beforeWorker, openConsole, passAsRealGpu } from './support/console.ts';
import { expect, test } from './support/fixtures.ts';

test.use({ serviceWorkers: 'block' });

test(
  'auto runs on WASM where no real adapter answers, and says why',
  { tag: '@webgpu' },
  async ({ page, device }) => {
    await openConsole(page);
    const { info, plan } = await page.evaluate(async () => {
      const embedder = await nearfield.createEmbedder({ model: 'starter' });
      const { info } = embedder;
      await embedder.close();
      return { info, plan: await nearfield.describeModel('starter') };
    });
    expect(info).toMatchObject({ device: 'wasm', runtime: 'native', dtype: 'q4' });
    expect(info.threads).toBeGreaterThan(1);
    expect(info.fallback).toMatchObject({ from: 'webgpu', code: 'no-webgpu' });
    expect(info.fallback?.message).toContain(device === 'webgpu' ? 'software' : 'WebGPU');
    expect(plan).toMatchObject({ device: 'wasm', bytes: 83_116_085, storedBytes: 83_116_085 });
  },
);

test(
  'auto takes WebGPU where a real adapter answers',
  { tag: '@webgpu-only' },
  async ({ page, modelServer }) => {
    await passAsRealGpu(page);
    await openConsole(page);
    const info = await page.evaluate(async (model) => {
      const embedder = await nearfield.createEmbedder({ model, runtime: 'onnxruntime' });
      const { info } = embedder;
      await embedder.close();
      return info;
    }, `${modelServer.url}/models/bert-seeded-mean`);
    expect(info).toMatchObject({ device: 'webgpu', threads: 1 });
    expect(info.probe).toBeUndefined();
    expect(info.adapter).toContain('swiftshader');
    expect(info.fallback).toBeUndefined();
  },
);

/** Opens an embedder with device 'auto', embeds a text of each kind, and gives what it told. */
function useAuto(page: Page, model: string) {
  return page.evaluate(async (model) => {
    const phases: string[] = [];
    const embedder = await nearfield.createEmbedder({
      model,
      cache: 'memory',
      onProgress: ({ phase, device }) => {
        const told = phase === 'ready' ? `${phase} ${device}` : phase;
        if (phases.at(-1) !== told) phases.push(told);
      },
    });
    const rows = [];
    for (const kind of ['document', 'query', 'query'] as const) {
      rows.push([...(await embedder.embed(`${kind} of the free and equal`, { kind })).data]);
    }
    const { info } = embedder;
    await embedder.close();
    return { info, phases, rows };
  }, model);
}

function verdicts(page: Page): Promise<unknown[]> {
  return page.evaluate(() => {
    const all = JSON.parse(localStorage.getItem('nearfield:devices') ?? '{}') as object;
    return Object.values(all) as unknown[];
  });
}

/** Writes another verdict in place of the one that was measured. */
function judge(page: Page, verdict: object): Promise<void> {
  return page.evaluate((verdict) => {
    const all = JSON.parse(localStorage.getItem('nearfield:devices') ?? '{}') as object;
    const judged = Object.keys(all).map((key) => [key, verdict]);
    localStorage.setItem('nearfield:devices', JSON.stringify(Object.fromEntries(judged)));
  }, verdict);
}

test(
  'auto measures once which device is faster for what, and remembers',
  { tag: '@webgpu-only' },
  async ({ page, modelServer }) => {
    await passAsRealGpu(page);
    await openConsole(page);
    const model = `${modelServer.url}/models/bert-seeded-mean`;

    const first = await useAuto(page, model);
    expect(first.phases.filter((phase) => /probe|ready/.test(phase))).toEqual([
      'probe',
      'ready wasm',
    ]);
    expect(first.info).toMatchObject({ device: 'wasm', runtime: 'native', counts: { texts: 2 } });
    expect(first.info.queries).toBeUndefined();
    const { query, documents } = first.info.probe!;
    expect(query.wasm).toBeLessThan(query.webgpu);
    expect(documents.wasm).toBeLessThan(documents.webgpu);

    const second = await useAuto(page, model);
    expect(second.phases).not.toContain('probe');
    expect(second.info).toMatchObject({ device: 'wasm', probe: first.info.probe });
    expect(second.info.fallback).toBeUndefined();
    expect(second.rows).toEqual(first.rows);

    const { dtype } = first.info;
    await judge(page, { document: 'webgpu', query: 'wasm', dtype, probe: first.info.probe });
    const split = await useAuto(page, model);
    expect(split.phases.filter((phase) => /probe|ready/.test(phase))).toEqual(['ready webgpu']);
    expect(split.info).toMatchObject({ device: 'webgpu', runtime: 'onnxruntime', dtype });
    expect(split.info.queries).toMatchObject({ device: 'wasm', runtime: 'native', dtype });
    expect(split.info.counts).toMatchObject({ texts: 2, cacheHits: 1, cacheMisses: 2 });
    // Each kind from its own device, and the two devices near to each other.
    expect(split.rows.slice(1)).toEqual(first.rows.slice(1));
    expect(split.rows[0]).not.toEqual(first.rows[0]);
    expect(cosine(split.rows[0]!, first.rows[0]!)).toBeGreaterThan(0.999);

    // A verdict that holds no more: there is no such file.
    await judge(page, { document: 'wasm', query: 'wasm', dtype: 'bnb4' });
    const stale = await useAuto(page, model);
    expect(stale.info).toMatchObject({ device: 'webgpu', dtype, counts: { texts: 2 } });
    expect(stale.phases).not.toContain('probe');
    expect(await verdicts(page)).toEqual([]);
  },
);

test(
  'auto takes the GPU for a model that its own kernels do not know',
  { tag: '@webgpu-only' },
  async ({ page, modelServer }) => {
    await passAsRealGpu(page);
    await openConsole(page);
    const model = `${modelServer.url}/models/bert-seeded-relu`;
    const out = await useAuto(page, model);
    expect(out.info).toMatchObject({ device: 'webgpu', counts: { texts: 2 } });
    expect(out.info.probe).toBeUndefined();
    expect(out.phases.filter((phase) => /probe|ready/.test(phase))).toEqual([
      'probe',
      'ready webgpu',
    ]);
    expect(await verdicts(page)).toEqual([{ document: 'webgpu', query: 'webgpu' }]);
  },
);

test(
  'a measurement that is aborted, or left with its page, leaves nothing behind',
  { tag: '@webgpu-only' },
  async ({ page, modelServer }) => {
    await passAsRealGpu(page);
    await openConsole(page);
    const model = `${modelServer.url}/models/bert-seeded-mean`;
    const { code } = await page.evaluate(async (model) => {
      const abort = new AbortController();
      const onProgress = ({ phase }: { phase: string }): void => {
        if (phase === 'probe') abort.abort();
      };
      return outcomeOf(nearfield.createEmbedder({ model, signal: abort.signal, onProgress }));
    }, model);
    expect(code).toBe('aborted');
    expect(await verdicts(page)).toEqual([]);

    const left = page.waitForEvent('load');
    const begun = page.evaluate(async (model) => {
      await nearfield.createEmbedder({
        model,
        onProgress: ({ phase }) => {
          if (phase !== 'probe') return;
          location.reload();
        },
      });
    }, model);
    await Promise.all([left, begun.catch(() => undefined)]);
    expect(await verdicts(page)).toEqual([]);
  },
);

test(
  'a GPU that computes wrong vectors is left for WASM, in a fresh worker',
  { tag: '@webgpu-only' },
  async ({ page, modelServer }) => {
    // Reverses what comes back from the GPU: a stand-in for a driver's wrong kernel.
    await passAsRealGpu(
      page,
      `const mapped = GPUBuffer.prototype.getMappedRange;
      GPUBuffer.prototype.getMappedRange = function (...args) {
        const range = mapped.apply(this, args);
        if (this.usage & GPUBufferUsage.MAP_READ) new Float32Array(range).reverse();
        return range;
      };`,
    );
    await openConsole(page);
    const workers: string[] = [];
    page.on('worker', (worker) => workers.push(worker.url()));
    const out = await page.evaluate(async (model) => {
      const auto = await nearfield.createEmbedder({ model });
      const { info } = auto;
      await auto.close();
      const forced = await outcomeOf(nearfield.createEmbedder({ model, device: 'webgpu' }));
      return { info, forced };
    }, `${modelServer.url}/models/qwen3-seeded`);
    expect(out.info).toMatchObject({
      device: 'wasm',
      fallback: { from: 'webgpu', code: 'self-test-failed' },
    });
    expect(out.forced.code).toBe('self-test-failed');
    // One for 'auto' on WebGPU, a fresh one for WASM, one for the forced attempt.
    expect(workers.length).toBeGreaterThanOrEqual(3);
  },
);

test(
  'a GPU that goes away in mid-call is told, and the next call has a fresh one',
  { tag: '@webgpu-only' },
  async ({ page, modelServer }) => {
    await beforeWorker(
      page,
      `const request = GPUAdapter.prototype.requestDevice;
      GPUAdapter.prototype.requestDevice = async function (...args) {
        const device = await request.apply(this, args);
        new BroadcastChannel('lose').onmessage = () => device.destroy();
        return device;
      };`,
    );
    await openConsole(page);
    const out = await page.evaluate(async (model) => {
      const options = { model, device: 'webgpu', cache: false } as const;
      const embedder = await nearfield.createEmbedder(options);
      const before = Array.from((await embedder.embed('still there')).data);
      const texts = Array.from({ length: 96 }, (_, i) => `${i} ${'rain and snow '.repeat(5)}`);
      const channel = new BroadcastChannel('lose');
      // Told after the first slice of three: the call is in its middle.
      const onProgress = (): void => channel.postMessage('now');
      const lost = await outcomeOf(embedder.embed(texts, { onProgress }));
      const after = Array.from((await embedder.embed('still there')).data);
      return { lost, before, after, device: embedder.info.device };
    }, `${modelServer.url}/models/bert-seeded-cls`);
    expect(out.lost.code).toBe('device-lost');
    expect(out.after).toEqual(out.before);
    expect(out.device).toBe('webgpu');
  },
);

test('a device asked for by name fails with a code where it cannot be had', async ({ page }) => {
  await openConsole(page);
  const outcome = await page.evaluate(() =>
    outcomeOf(nearfield.createEmbedder({ model: 'starter', device: 'webgpu' })),
  );
  expect(outcome.code).toBe('no-webgpu');
});

test(
  'files for another device are refused before a session is made',
  { tag: '@webgpu' },
  async ({ page, device, modelServer }) => {
    await openConsole(page);
    const refusal = await page.evaluate(
      ({ model, device }) =>
        outcomeOf(nearfield.createEmbedder({ model, device, runtime: 'onnxruntime' })),
      { model: `${modelServer.url}/models/qwen3-seeded-webgpu-only`, device },
    );
    // Its norms are inputs of GroupQueryAttention, which ONNX Runtime's WASM lacks; it computes in float16, which
    // the software adapter lacks.
    expect(refusal.code).toBe(device === 'wasm' ? 'unsupported-model' : 'no-webgpu');
    expect(refusal.message).toContain(device === 'wasm' ? 'q_norm' : 'shader-f16');
  },
);

test('without cross-origin isolation one thread does the work', async ({ page }) => {
  await page.route('**/*', async (route) => {
    const response = await route.fetch();
    const headers = Object.fromEntries(
      Object.entries(response.headers()).filter(([name]) => !name.startsWith('cross-origin')),
    );
    await route.fulfill({ response, headers });
  });
  await openConsole(page);
  const out = await page.evaluate(async () => {
    const embedder = await nearfield.createEmbedder({ model: 'starter', threads: 4 });
    const got = await embedder.embed('one thread');
    return { isolated: crossOriginIsolated, threads: embedder.info.threads, rows: got.rows };
  });
  expect(out).toEqual({ isolated: false, threads: 1, rows: 1 });
});

for (const [runtime, own, others] of [
  ['native', /relaxed-shared[^/]*\.wasm/, /ort-wasm|simd128|relaxed-(?!shared)/],
  ['onnxruntime', /ort-wasm[^/]*\.wasm/, /jspi|asyncify|jsep|relaxed|simd128/],
] as const) {
  test(`of ${runtime} one build is fetched from this origin, and of the other runtime none`, async ({
    page,
  }) => {
    const fetched: string[] = [];
    page.context().on('request', (request) => fetched.push(request.url()));
    await openConsole(page);
    const info = await page.evaluate(async (runtime) => {
      const embedder = await nearfield.createEmbedder({
        model: 'starter',
        device: 'wasm',
        runtime,
      });
      await embedder.embed('where from?');
      await embedder.close();
      return embedder.info;
    }, runtime);
    expect(info.runtime).toBe(runtime);
    const origin = new URL(page.url()).origin;
    expect(fetched.filter((url) => url.startsWith('http') && !url.startsWith(origin))).toEqual([]);
    const modules = fetched.filter((url) => url.endsWith('.wasm'));
    expect(modules.filter((url) => others.test(url))).toEqual([]);
    expect(new Set(modules.filter((url) => own.test(url))).size).toBe(1);
  });
}

test('options of the kernels are heard, and what they exclude says so', async ({ page }) => {
  await openConsole(page);
  const out = await page.evaluate(async () => {
    const load = async (options: object) => {
      const given = { model: 'starter', device: 'wasm', cache: false, ...options } as const;
      const embedder = await nearfield.createEmbedder(given);
      const row = Array.from((await embedder.embed('which kernels?')).row(0));
      const { runtime, simd, runtimeReason } = embedder.info;
      await embedder.close();
      return { runtime, simd, runtimeReason, row };
    };
    return {
      relaxed: await load({ simd: 'relaxed' }),
      simd128: await load({ simd: 'simd128', threads: 1 }),
      exact: await load({ precision: 'exact' }),
      refused: await outcomeOf(
        nearfield.createEmbedder({ model: 'starter', precision: 'exact', runtime: 'native' }),
      ),
    };
  });
  expect(out.relaxed).toMatchObject({ runtime: 'native', simd: 'relaxed' });
  expect(out.simd128).toMatchObject({ runtime: 'native', simd: 'simd128' });
  expect(out.exact).toMatchObject({ runtime: 'onnxruntime', simd: 'simd128' });
  expect(out.exact.runtimeReason).toBeUndefined();
  expect(out.refused.code).toBe('bad-input');
  const cosineTo = (row: number[]) => row.reduce((sum, x, i) => sum + x * out.exact.row[i]!, 0);
  expect(cosineTo(out.relaxed.row)).toBeGreaterThan(0.9995);
  expect(out.relaxed.row.reduce((sum, x, i) => sum + x * out.simd128.row[i]!, 0)).toBeGreaterThan(
    0.9999,
  );
});
