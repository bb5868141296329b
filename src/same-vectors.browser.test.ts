import { expect, inject, it } from 'vitest';
import { hashOfRows, SAME_HASHES, SAME_TEXTS } from '../e2e/support/same-vectors.ts';
import { createEmbedder } from './index.ts';

/** `src/node/same-vectors.test.ts` asks the same of Node. */
it.each(['simd128', 'relaxed'] as const)('gives the vectors of Node: %s', async (simd) => {
  await using embedder = await createEmbedder({
    model: 'starter',
    modelsUrl: `${inject('modelServer')}/models/`,
    ...{ device: 'wasm', runtime: 'native', threads: 2, cache: false, simd },
  });
  const { data } = await embedder.embed(SAME_TEXTS);
  expect(embedder.info.simd).toBe(simd);
  expect(await hashOfRows(data)).toBe(SAME_HASHES[simd]);
});
