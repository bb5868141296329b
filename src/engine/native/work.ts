/** What a pass costs in operations of its products and of attention, which progress is measured by. */

import type { PackedModel } from './packed.ts';
import { allQueries, pooledQueries, type PassJob, type Queries } from './pass.ts';

/** All of a pass: what its steps tell, together. */
export function passWork(model: PackedModel, job: PassJob): number {
  const { hidden, heads, kvHeads, headDim, ffn, layers, family } = model;
  const q = 2 * hidden * heads * headDim;
  const kv = 2 * hidden * 2 * kvHeads * headDim;
  const rest = q + 2 * hidden * ffn * (family === 'qwen3' ? 3 : 2);
  const causal = family === 'qwen3' ? 1 : 0;
  const rows = job.rows - job.first;
  const [all, pooled] = [allQueries(job), pooledQueries(job)];
  const layer = rows * (q + kv + rest) + attentionWork(model, job.prefix, all, causal);
  if (job.pooling === 'mean') return layers.length * layer;
  const texts = job.sequences.length;
  const last =
    rows * kv +
    (family === 'qwen3' ? texts : rows) * q +
    texts * rest +
    attentionWork(model, job.prefix, pooled, causal);
  return (layers.length - 1) * layer + last;
}

/** Of all heads. */
export function attentionWork(
  { heads, headDim }: PackedModel,
  prefix: number,
  queries: readonly Queries[],
  causal: 0 | 1,
): number {
  const pairs = queries.reduce((sum, { count, first, keys, sees }) => {
    const seen = causal ? first + (count + 1) / 2 : keys;
    return sum + count * (seen + (sees ? prefix : 0));
  }, 0);
  return 4 * heads * headDim * pairs;
}
