/**
 * Groups texts into batches whose padded size (rows x longest) stays within a token budget.
 * Sorted by length, longest first, so that little is padded; a text over the budget goes alone.
 * Gives positions in `lengths`.
 */
export function planBatches(lengths: readonly number[], tokenBudget: number): number[][] {
  const order = lengths.map((_, i) => i).sort((a, b) => (lengths[b] ?? 0) - (lengths[a] ?? 0));
  const batches: number[][] = [];
  let batch: number[] = [];
  let longest = 0;
  for (const i of order) {
    if (batch.length > 0 && (batch.length + 1) * longest > tokenBudget) {
      batches.push(batch);
      batch = [];
    }
    if (batch.length === 0) longest = lengths[i] ?? 0;
    batch.push(i);
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}
