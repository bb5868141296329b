/** Every vector against an independent reference, on WASM and on WebGPU. */

import { readFileSync } from 'node:fs';
import type { BertName } from '../tools/test-models/bert/config.ts';
import { bertGolden } from '../tools/test-models/bert/golden.ts';
import { readGolden, type GoldenDtype } from '../tools/test-models/golden.ts';
import { EIGHT_BIT_ACTIVATIONS, EXACT, expectAgreement, type Bounds } from './support/agreement.ts';
import { openConsole } from './support/console.ts';
import { expect, test } from './support/fixtures.ts';

test.use({ serviceWorkers: 'block' });

test.beforeEach(async ({ page }) => {
  await openConsole(page);
});

/** A text as a caller gives it, and what the reference makes of it. */
interface GoldenText {
  name: string;
  text: string;
  kind: 'query' | 'document';
  task?: string;
  tokens: number;
  vector: readonly number[];
}

interface Case {
  title: string;
  /** `starter`, or a folder of the model server. */
  model: string;
  rows: GoldenText[];
  info: { dtype: string; pooling: string; dimensions: number };
  /**
   * 'exact' is ONNX Runtime, which rounds activations only where the file asks for it; our own
   * kernels always do. @default 'auto'
   */
  precision?: 'exact';
  /** What computes on WASM, where that is certain. */
  runtime?: 'native' | 'onnxruntime';
  /** @default EXACT */
  onWasm?: Bounds;
  /** The graph is another case's: what differs is done before a device sees it. */
  wasmOnly?: true;
  /** Too large a model for a long text on the software adapter; its self-test has read one. */
  shortOnGpu?: true;
}

/** Blank texts are refused by the API; the reference has them for the tokenizer's sake. */
const QWEN3 = readGolden().filter(({ text }) => text.trim() !== '');

/** Our own kernels on WASM, and the same file on WebGPU. */
const NATIVE = { runtime: 'native', onWasm: EIGHT_BIT_ACTIVATIONS } as const;
/** The other runtime on WASM. WebGPU has one only. */
const ORT = { precision: 'exact', runtime: 'onnxruntime', wasmOnly: true } as const;

const CASES: readonly Case[] = [
  {
    title: 'the starter agrees with its float64 reference',
    model: 'starter',
    rows: starterRows(),
    info: { dtype: 'q4', pooling: 'mean', dimensions: 384 },
    shortOnGpu: true,
    ...NATIVE,
  },
  {
    title: 'the starter agrees with its float64 reference, on ONNX Runtime',
    model: 'starter',
    rows: starterRows(),
    info: { dtype: 'q4', pooling: 'mean', dimensions: 384 },
    ...ORT,
  },
  qwen3('qwen3-seeded', 'fp32', NATIVE),
  qwen3('qwen3-seeded', 'fp32', ORT),
  qwen3('qwen3-seeded', 'q4', NATIVE),
  qwen3('qwen3-seeded', 'q4', { ...ORT, onWasm: EIGHT_BIT_ACTIVATIONS }),
  qwen3('qwen3-seeded', 'q8', NATIVE),
  qwen3('qwen3-seeded', 'q8', { ...ORT, onWasm: EIGHT_BIT_ACTIVATIONS }),
  qwen3('qwen3-seeded-genai', 'fp32', ORT),
  qwen3('qwen3-seeded-mha', 'fp32', NATIVE),
  qwen3('qwen3-seeded-mha', 'fp32', ORT),
  bert('bert-seeded-cls', 'cls'),
  bert('bert-seeded-mean', 'mean'),
];

for (const each of CASES) {
  const { title, model, info, precision, runtime, onWasm = EXACT, wasmOnly } = each;
  test(title, { tag: wasmOnly ? [] : '@webgpu' }, async ({ page, device, modelServer }) => {
    const texts = device === 'wasm' ? each.rows : sample(each);
    const out = await page.evaluate(embedGolden, {
      model: model === 'starter' ? model : `${modelServer.url}/models/${model}`,
      dtype: info.dtype as GoldenDtype,
      device,
      precision: precision ?? ('auto' as const),
      texts: texts.map(({ text, kind, task }) => ({ text, kind, ...(task && { task }) })),
    });
    const computes = device === 'wasm' ? runtime : 'onnxruntime';
    expect(out.info).toMatchObject({ ...info, device, ...(computes && { runtime: computes }) });
    expect(out.info.fallback).toBeUndefined();
    expect(out.tokens).toEqual(texts.map(({ tokens }) => tokens));
    expectAgreement(out.vectors, texts, device === 'wasm' ? onWasm : EXACT);
  });
}

function starterRows(): GoldenText[] {
  const file = new URL('../tools/golden/starter.json', import.meta.url);
  const golden = JSON.parse(readFileSync(file, 'utf8')) as {
    rows: { text: string; ids: number[]; vector: number[] }[];
  };
  return golden.rows.map(({ text: whole, ids, vector }) => {
    const [prompt = '', ...rest] = whole.split(': ');
    const kind = prompt === 'query' ? 'query' : 'document';
    return { name: whole.slice(0, 40), kind, text: rest.join(': '), tokens: ids.length, vector };
  });
}

function qwen3(
  model: string,
  dtype: GoldenDtype,
  rest: Pick<Case, 'precision' | 'runtime' | 'onWasm' | 'wasmOnly'>,
): Case {
  const rows = QWEN3.map(({ name, text, task, ids, vectors }): GoldenText => {
    const asked =
      task === undefined ? ({ kind: 'document' } as const) : ({ kind: 'query', task } as const);
    return { name, text, ...asked, tokens: ids.length, vector: vectors[dtype] };
  });
  const info = { dtype, pooling: 'last', dimensions: 64 };
  const how = rest.precision === 'exact' ? ', on ONNX Runtime' : '';
  return { title: `${model} ${dtype} agrees with torch${how}`, model, rows, info, ...rest };
}

/** How it pools and what its prompts are is read from sentence-transformers' own files. */
function bert(model: BertName, pooling: string): Case {
  const rows = bertGolden(model).map(({ ids, ...row }) => ({ ...row, tokens: ids.length }));
  const info = { dtype: 'fp32', pooling, dimensions: 32 };
  const bounds = { precision: 'exact' } as const;
  return { title: `${model} agrees with its float64 reference`, model, rows, info, ...bounds };
}

/**
 * The software adapter takes some 0.1 s a token: the short rows, which share batches, and the
 * longest. Scripts differ before the device, in tokens, which WASM compares for all.
 */
function sample({ rows, shortOnGpu }: Case): GoldenText[] {
  const longest = Math.max(...rows.map(({ tokens }) => tokens));
  return rows.filter(({ tokens }) => tokens <= 24 || (tokens === longest && !shortOnGpu));
}

interface GoldenRequest {
  model: string;
  dtype: GoldenDtype;
  device: 'wasm' | 'webgpu';
  precision: 'auto' | 'exact';
  texts: { text: string; kind: 'query' | 'document'; task?: string }[];
}

/** Runs in the page. */
async function embedGolden({ texts, ...options }: GoldenRequest) {
  const embedder = await nearfield.createEmbedder({ ...options, cache: false });
  const vectors: number[][] = [];
  const tokens: number[] = [];
  const optionsOf = ({ kind, task }: (typeof texts)[number]) => ({ kind, ...(task && { task }) });
  for (const asked of new Set(texts.map((row) => JSON.stringify(optionsOf(row))))) {
    const own = texts.filter((row) => JSON.stringify(optionsOf(row)) === asked);
    const got = await embedder.embed(
      own.map(({ text }) => text),
      JSON.parse(asked) as ReturnType<typeof optionsOf>,
    );
    own.forEach((row, i) => {
      vectors[texts.indexOf(row)] = Array.from(got.row(i));
      tokens[texts.indexOf(row)] = got.tokens[i] ?? 0;
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
