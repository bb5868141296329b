/** What the starter's vectors are, bit for bit, wherever the same instructions compute them. */

import { toHex, type Simd } from '../../src/contract/index.ts';

/** Short and long, of several scripts; some in one batch. */
export const SAME_TEXTS: readonly string[] = [
  'Owls hunt at night.',
  'Die Würde des Menschen ist unantastbar.',
  'كل الناس يولدون أحرارا',
  '水は摂氏百度で沸騰する。',
  'const total = prices.reduce((sum, price) => sum + price, 0);',
  'A river begins at its source, and ends where it meets the sea. '.repeat(12),
];

/**
 * SHA-256 of the rows of `SAME_TEXTS` as documents. Relaxed SIMD rounds once where a processor has fused
 * multiply-add, as all of the last ten years have.
 */
export const SAME_HASHES: Readonly<Record<Simd, string>> = {
  simd128: 'b3784d6345fd08ac6fd6849a2a18a31d64e83132ecf94a3cc7e3559fce334d52',
  relaxed: 'f4565e1c4824f97f2a848bd065bcbfc3b29d2a676d096a960218dfc6b36a35ed',
};

export async function hashOfRows(rows: Float32Array): Promise<string> {
  return toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', Float32Array.from(rows))));
}
