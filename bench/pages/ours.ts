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
  async follow(text, abortAt = Infinity) {
    const abort = new AbortController();
    const times = [performance.now()];
    let aborted: number | undefined;
    const embedding = embedder!.embed([text], {
      signal: abort.signal,
      onProgress: ({ share }) => {
        times.push(performance.now());
        if (share < abortAt || aborted !== undefined) return;
        aborted = performance.now();
        abort.abort();
      },
    });
    const result = await embedding.catch((error: unknown) => {
      if (aborted === undefined) throw error;
    });
    times.push(performance.now());
    const ended = times.at(-1)!;
    return {
      milliseconds: ended - times[0]!,
      reports: times.length - 2,
      silence: Math.max(...times.slice(1).map((time, i) => time - times[i]!)),
      outcome: result ? { tokens: result.tokens[0]! } : { stopped: ended - aborted! },
    };
  },
  async close() {
    await embedder?.close();
  },
};
