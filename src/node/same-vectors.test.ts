import { expect, it } from 'vitest';
import { hashOfRows, SAME_HASHES, SAME_TEXTS } from '../../e2e/support/same-vectors.ts';
import { chooseSimd } from '../kernels/index.ts';
import { openModel } from './index.ts';

/** `same-vectors.browser.test.ts` asks the same of a browser. Node has relaxed SIMD from 22 on. */
const SIMDS = (['simd128', 'relaxed'] as const).filter(chooseSimd);

it.each(SIMDS)('gives the vectors that browsers give, bit for bit: %s', async (simd) => {
  const starter = await openModel('starter', { cacheDir: '.cache', threads: 2, simd });
  const rows = await starter.embed(SAME_TEXTS, 'document');
  await starter.close();
  expect(await hashOfRows(rows)).toBe(SAME_HASHES[simd]);
});
