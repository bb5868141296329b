/** Every vector against an independent reference, on WASM and on WebGPU. */

import { readFileSync } from 'node:fs';
import { readGolden, type GoldenDtype, type GoldenRow } from '../tools/test-models/golden.ts';
import { EIGHT_BIT_ACTIVATIONS, EXACT, expectAgreement, type Bounds } from './support/agreement.ts';
import { openConsole } from './support/console.ts';
import { expect, test } from './support/fixtures.ts';

test.use({ serviceWorkers: 'block' });
// The software adapter compiles a pipeline for each new length.
test.slow();

interface StarterRow {
  text: string;
  ids: number[];
  vector: number[];
}

const STARTER = JSON.parse(
  readFileSync(new URL('../tools/golden/starter.json', import.meta.url), 'utf8'),
) as { rows: StarterRow[] };

/** Blank texts are refused by the API; the reference has them for the tokenizer's sake. */
const QWEN3 = readGolden().filter(({ text }) => text.trim() !== '');

test.beforeEach(async ({ page }) => {
  await openConsole(page);
});

for (const precision of ['auto', 'exact'] as const) {
  test(
    `the starter agrees with its float64 reference (${precision})`,
    { tag: '@webgpu' },
    async ({ page, device }) => {
      test.skip(device === 'webgpu' && precision === 'exact', 'On WebGPU there is one path.');
      const rows = STARTER.rows.map(({ text, ids, vector }) => {
        const [kind = '', ...rest] = text.split(': ');
        return { kind, text: rest.join(': '), tokens: ids.length, vector, name: text.slice(0, 40) };
      });
      const out = await page.evaluate(
        async ({ rows, device, precision }) => {
          const options = { model: 'starter', device, precision, cache: false } as const;
          const embedder = await nearfield.createEmbedder(options);
          const vectors: number[][] = [];
          const tokens: number[] = [];
          for (const kind of ['query', 'document'] as const) {
            const own = rows.filter((row) => (row.kind === 'query') === (kind === 'query'));
            const got = await embedder.embed(
              own.map((row) => row.text),
              { kind },
            );
            own.forEach((row, i) => {
              vectors[rows.indexOf(row)] = Array.from(got.row(i));
              tokens[rows.indexOf(row)] = got.tokens[i] ?? 0;
            });
          }
          const { info } = embedder;
          await embedder.close();
          return { vectors, tokens, info };
        },
        { rows, device, precision },
      );
      expect(out.info.device).toBe(device);
      expect(out.info.fallback).toBeUndefined();
      expect(out.tokens).toEqual(rows.map((row) => row.tokens));
      const rounded = out.info.runtime === 'native';
      expectAgreement(out.vectors, rows, rounded ? EIGHT_BIT_ACTIVATIONS : EXACT);
    },
  );
}

interface Case {
  folder: string;
  dtype: GoldenDtype;
  /** Of ONNX Runtime; Nearfield's own kernels round always. */
  bounds: Record<'wasm' | 'webgpu', Bounds>;
  precision?: 'auto' | 'exact';
}

const everywhere = { wasm: EXACT, webgpu: EXACT };
const eightBitOnWasm = { wasm: EIGHT_BIT_ACTIVATIONS, webgpu: EXACT };
const exactly = { bounds: everywhere, precision: 'exact' } as const;

const CASES: readonly Case[] = [
  { folder: 'qwen3-seeded', dtype: 'fp32', ...exactly },
  { folder: 'qwen3-seeded', dtype: 'fp32', bounds: eightBitOnWasm },
  { folder: 'qwen3-seeded', dtype: 'q4', bounds: eightBitOnWasm },
  { folder: 'qwen3-seeded', dtype: 'q8', bounds: eightBitOnWasm },
  { folder: 'qwen3-seeded', dtype: 'q4', bounds: eightBitOnWasm, precision: 'exact' },
  { folder: 'qwen3-seeded-genai', dtype: 'fp32', ...exactly },
  { folder: 'qwen3-seeded-mha', dtype: 'fp32', ...exactly },
  { folder: 'qwen3-seeded-mha', dtype: 'fp32', bounds: eightBitOnWasm },
];

for (const { folder, dtype, bounds, precision = 'auto' } of CASES) {
  test(
    `${folder} ${dtype} agrees with torch (${precision})`,
    { tag: '@webgpu' },
    async ({ page, device, modelServer }) => {
      const rows = sample(QWEN3, device);
      const out = await page.evaluate(embedGolden, {
        model: `${modelServer.url}/models/${folder}`,
        dtype,
        device,
        precision,
        rows: rows.map(({ text, task }) => ({ text, ...(task !== undefined && { task }) })),
      });
      const runtime = device === 'wasm' && precision === 'auto' ? 'native' : 'onnxruntime';
      expect(out.info).toMatchObject({ device, runtime, dtype, pooling: 'last', dimensions: 64 });
      expect(out.tokens).toEqual(rows.map(({ ids }) => ids.length));
      expectAgreement(
        out.vectors,
        rows.map(({ name, vectors }) => ({ name, vector: vectors[dtype] })),
        bounds[device],
      );
    },
  );
}

/** All rows on WASM; on the slow software adapter every third and the two longest. */
function sample(rows: readonly GoldenRow[], device: 'wasm' | 'webgpu'): GoldenRow[] {
  if (device === 'wasm') return [...rows];
  const long = rows.toSorted((a, b) => b.ids.length - a.ids.length).slice(0, 2);
  return rows.filter((row, i) => i % 3 === 0 || long.includes(row));
}

interface GoldenRequest {
  model: string;
  dtype: GoldenDtype;
  device: 'wasm' | 'webgpu';
  precision: 'auto' | 'exact';
  rows: { text: string; task?: string }[];
}

/** Runs in the page. Rows with a task are queries. */
async function embedGolden({ rows, ...options }: GoldenRequest) {
  const embedder = await nearfield.createEmbedder({ ...options, cache: false });
  const vectors: number[][] = [];
  const tokens: number[] = [];
  for (const task of new Set(rows.map((row) => row.task))) {
    const own = rows.filter((row) => row.task === task);
    const options = task === undefined ? {} : { kind: 'query' as const, task };
    const got = await embedder.embed(
      own.map((row) => row.text),
      options,
    );
    own.forEach((row, i) => {
      vectors[rows.indexOf(row)] = Array.from(got.row(i));
      tokens[rows.indexOf(row)] = got.tokens[i] ?? 0;
    });
  }
  const { info } = embedder;
  await embedder.close();
  return { vectors, tokens, info };
}

test(
  'alone, in a batch or in another order, a text has one vector',
  { tag: '@webgpu' },
  async ({ page, device, modelServer }) => {
    const texts = QWEN3.filter(({ ids, task }) => ids.length < 64 && task === undefined)
      .slice(0, 9)
      .map(({ text }) => text);
    const { together, reversed, alone } = await page.evaluate(
      async ({ texts, device, model }) => {
        const embedder = await nearfield.createEmbedder({
          model,
          dtype: 'fp32',
          device,
          cache: false,
        });
        const rowsOf = async (list: string[]): Promise<number[][]> => {
          const got = await embedder.embed(list);
          return list.map((_, i) => Array.from(got.row(i)));
        };
        const together = await rowsOf(texts);
        const reversed = (await rowsOf(texts.toReversed())).toReversed();
        const alone: number[][] = [];
        for (const text of texts) alone.push(...(await rowsOf([text])));
        await embedder.close();
        return { together, reversed, alone };
      },
      { texts, device, model: `${modelServer.url}/models/qwen3-seeded` },
    );
    const rows = together.map((vector, i) => ({ name: `text ${i}`, vector }));
    expectAgreement(reversed, rows, { minCosine: 0.999999, maxDifference: 1e-5 });
    expectAgreement(alone, rows, { minCosine: 0.999999, maxDifference: 1e-5 });
  },
);
