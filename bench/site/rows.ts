/** Passages of a site, from those of WordNet. */

import { WIDTH } from '../wordnet/vectors.ts';

/** `count` rows at equal distances. */
export function someRows(all: Float32Array<ArrayBuffer>, count: number): Float32Array<ArrayBuffer> {
  const known = all.length / WIDTH;
  if (count > known) throw new Error(`--rows ${count}: there are ${known}`);
  const rows = new Float32Array(count * WIDTH);
  for (let i = 0; i < count; i++) {
    const from = Math.floor((i * known) / count) * WIDTH;
    rows.set(all.subarray(from, from + WIDTH), i * WIDTH);
  }
  return rows;
}
