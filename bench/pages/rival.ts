import type {} from './contestant.ts';
import { env, pipeline, type FeatureExtractionPipeline } from '@huggingface/transformers';
import mjs from 'transformers-ort/ort-wasm-simd-threaded.mjs?url';
import wasm from 'transformers-ort/ort-wasm-simd-threaded.wasm?url';

let extractor: FeatureExtractionPipeline | undefined;

const PROMPTS = { query: 'query: ', document: 'passage: ' };

(globalThis.contestants ??= {})['transformers.js'] = {
  async load(threads) {
    // Its remote path, which is the one that checks which files there are.
    env.allowLocalModels = false;
    env.remoteHost = new URL('./', location.href).href;
    env.remotePathTemplate = 'models/{model}/';
    env.backends.onnx.wasm!.wasmPaths = { mjs, wasm };
    env.backends.onnx.wasm!.numThreads = threads;
    extractor = await pipeline('feature-extraction', 'starter', { device: 'wasm', dtype: 'q4' });
  },
  async embed(texts, kind) {
    const prompted = texts.map((text) => PROMPTS[kind] + text);
    const got = await extractor!(prompted, { pooling: 'mean', normalize: true });
    return got.tolist() as number[][];
  },
  async close() {
    await extractor?.dispose();
  },
};
