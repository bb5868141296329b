/** The starter model in Node: the same file and recipe as in the browser, on ONNX Runtime's CPU build. */

import { readFileSync } from 'node:fs';
import { Tokenizer } from '@huggingface/tokenizers';
import * as ort from 'onnxruntime-node';
import { CATALOGUE, type ModelSpec, type Prompts } from '../../src/contract/index.ts';

const FOLDER = new URL('../../public/models/starter/', import.meta.url);
const BATCH_TOKENS = 4096;
const PAD = 1;

export interface Starter {
  spec: ModelSpec;
  /** Unit rows in the order of the texts, which get the prompt of their kind. @default 'document' */
  embed(texts: readonly string[], kind?: keyof Prompts): Promise<Float32Array>;
}

export async function openStarter(): Promise<Starter> {
  const spec = CATALOGUE['starter'];
  if (!spec) throw new Error('The catalogue has no starter.');
  const tokenizer = new Tokenizer(json('tokenizer.json'), json('tokenizer_config.json'));
  const session = await ort.InferenceSession.create(readFileSync(at('onnx/model_q4.onnx')));
  return {
    spec,
    embed: (texts, kind = 'document') => {
      const ids = texts.map((text) => tokenizer.encode(spec.prompts[kind] + text).ids);
      return embedAll(session, ids, spec);
    },
  };
}

function at(path: string): URL {
  return new URL(path, FOLDER);
}

function json(path: string): object {
  return JSON.parse(readFileSync(at(path), 'utf8')) as object;
}

async function embedAll(
  session: ort.InferenceSession,
  ids: readonly number[][],
  { dimensions, maxTokens }: ModelSpec,
): Promise<Float32Array> {
  const longest = Math.max(...ids.map((row) => row.length));
  if (longest > maxTokens) throw new Error(`A text has ${longest} tokens, past ${maxTokens}.`);
  const out = new Float32Array(ids.length * dimensions);
  for (const batch of batches(ids)) {
    const states = await run(
      session,
      batch.map((row) => ids[row] ?? []),
    );
    batch.forEach((row, i) => {
      const tokens = ids[row]?.length ?? 0;
      out.set(pool(states, i, tokens, dimensions), row * dimensions);
    });
  }
  return out;
}

/** Rows of like length together, so that little is computed for padding. */
function batches(ids: readonly number[][]): number[][] {
  const order = ids.map((_, row) => row).sort((a, b) => length(ids, a) - length(ids, b) || a - b);
  const out: number[][] = [];
  for (const row of order) {
    const last = out.at(-1);
    if (last && (last.length + 1) * length(ids, row) <= BATCH_TOKENS) last.push(row);
    else out.push([row]);
  }
  return out;
}

function length(ids: readonly number[][], row: number): number {
  return ids[row]?.length ?? 0;
}

async function run(session: ort.InferenceSession, rows: readonly number[][]): Promise<ort.Tensor> {
  const width = Math.max(...rows.map((row) => row.length));
  const ids = new BigInt64Array(rows.length * width).fill(BigInt(PAD));
  const mask = new BigInt64Array(rows.length * width);
  rows.forEach((row, i) => {
    ids.set(row.map(BigInt), i * width);
    mask.fill(1n, i * width, i * width + row.length);
  });
  const shape = [rows.length, width];
  const outputs = await session.run({
    input_ids: new ort.Tensor('int64', ids, shape),
    attention_mask: new ort.Tensor('int64', mask, shape),
  });
  const states = outputs['last_hidden_state'];
  if (!states) throw new Error(`The model gives ${session.outputNames.join(', ')}.`);
  return states;
}

/** Mean over the real tokens, then L2, summed in float64. */
function pool(states: ort.Tensor, row: number, tokens: number, dimensions: number): Float32Array {
  const data = states.data as Float32Array;
  const start = row * (states.dims[1] ?? 0) * dimensions;
  const mean = new Float64Array(dimensions);
  for (let i = 0; i < tokens * dimensions; i++) {
    const d = i % dimensions;
    mean[d] = (mean[d] ?? 0) + (data[start + i] ?? 0);
  }
  const norm = Math.hypot(...mean);
  return Float32Array.from(mean, (value) => value / norm);
}
