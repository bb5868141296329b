import type { Contestant } from './contestant.ts';
import { MODELS } from './models.ts';
import { createEmbedder, type Embedder } from '../../src/index.ts';

let embedder: Embedder | undefined;

export const contestant: Contestant = {
  async load({ model = 'starter', dtype = 'q4', threads, runtime, simd }) {
    embedder = await createEmbedder({
      model: model === 'starter' ? model : `./${MODELS[model].path}/`,
      dtype,
      threads,
      ...(runtime && { runtime }),
      ...(simd && { simd }),
      device: 'wasm',
      // No cache of vectors: the model is what is measured.
      cache: false,
    });
    const { info } = embedder;
    return `${info.runtime} ${info.simd} ${info.dtype}, threads: ${info.threads}`;
  },
  async embed(texts, kind, task) {
    const got = await embedder!.embed(texts, { kind, ...(task !== undefined && { task }) });
    return texts.map((_, i) => Array.from(got.row(i)));
  },
  async close() {
    await embedder?.close();
  },
};
