import type { Contestant } from './contestant.ts';
import { env, pipeline, type FeatureExtractionPipeline } from '@huggingface/transformers';
import mjs from 'transformers-ort/ort-wasm-simd-threaded.mjs?url';
import wasm from 'transformers-ort/ort-wasm-simd-threaded.wasm?url';
import { MODELS, type ModelName } from './models.ts';

let extractor: FeatureExtractionPipeline | undefined;
let loaded: ModelName = 'starter';

/** Texts of one call: it pads them to the longest, and has no batches of its own. */
const BATCH = 8;

export const contestant: Contestant = {
  async load({ model = 'starter', threads }) {
    // Its remote path, which is the one that checks which files there are.
    env.allowLocalModels = false;
    env.remoteHost = new URL('./', location.href).href;
    env.remotePathTemplate = '{model}/';
    env.backends.onnx.wasm!.wasmPaths = { mjs, wasm };
    env.backends.onnx.wasm!.numThreads = threads;
    const { path } = MODELS[model];
    extractor = await pipeline('feature-extraction', path, { device: 'wasm', dtype: 'q4' });
    loaded = model;
    return `ONNX Runtime q4, threads: ${threads}`;
  },
  async embed(texts, kind, task) {
    const { pooling, prompt } = MODELS[loaded];
    const prompted = texts.map((text) => prompt(text, kind, task));
    const rows: number[][] = [];
    for (let at = 0; at < prompted.length; at += BATCH) {
      const batch = prompted.slice(at, at + BATCH);
      const got = await extractor!(batch, { pooling, normalize: true });
      rows.push(...(got.tolist() as number[][]));
    }
    return rows;
  },
  async close() {
    await extractor?.dispose();
  },
};
