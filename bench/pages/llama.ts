import type { Contestant } from './contestant.ts';
import { LoggerWithoutDebug, Wllama } from '@wllama/wllama/esm/index.js';
import wasm from '@wllama/wllama/esm/wasm/wllama.wasm?url';
import { MODELS, type ModelName } from './models.ts';

let wllama: Wllama | undefined;
let loaded: ModelName = 'qwen3-0.6b';

/** Longest text of the benchmarks, in tokens; a pooled text must fit one batch. */
const CONTEXT = 1024;

export const contestant: Contestant = {
  async load({ model = 'starter', threads }) {
    const url = new URL(`${MODELS[model].path}/model-q4_0.gguf`, location.href).href;
    wllama = new Wllama(
      { default: new URL(wasm, location.href).href },
      { logger: LoggerWithoutDebug, suppressNativeLog: true },
    );
    await wllama.loadModelFromUrl(url, {
      n_threads: threads,
      n_gpu_layers: 0,
      n_ctx: CONTEXT,
      n_batch: CONTEXT,
      n_ubatch: CONTEXT,
      n_parallel: 1,
      embeddings: true,
      pooling_type: 'last',
    });
    loaded = model;
    const used = wllama.isMultithread() ? wllama.getNumThreads() : 1;
    return `llama.cpp q4_0, threads: ${used}`;
  },
  async embed(texts, kind, task) {
    const { prompt } = MODELS[loaded];
    const rows: number[][] = [];
    for (const text of texts) {
      const { data } = await wllama!.createEmbedding({ input: prompt(text, kind, task) });
      rows.push(unit(data[0]!.embedding as number[]));
    }
    return rows;
  },
  async close() {
    await wllama?.exit();
  },
};

function unit(vector: number[]): number[] {
  const norm = Math.hypot(...vector);
  return vector.map((value) => value / norm);
}
