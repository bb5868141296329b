import type {} from './contestant.ts';
import { createEmbedder, type Embedder } from '../../src/index.ts';

let embedder: Embedder | undefined;

(globalThis.contestants ??= {})['ours'] = {
  async load(threads) {
    // No cache of vectors: the model is what is measured.
    embedder = await createEmbedder({ model: 'starter', device: 'wasm', threads, cache: false });
  },
  async embed(texts, kind) {
    const got = await embedder!.embed(texts, { kind });
    return texts.map((_, i) => Array.from(got.row(i)));
  },
  async close() {
    await embedder?.close();
  },
};
