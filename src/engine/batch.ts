/** A row this much shorter than the longest starts a new batch: it would be padding for the most. */
const LEAST_SHARE = 0.5;
/** Below this many tokens a run costs about the same whatever its length. */
const SHORT = 32;

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
    const length = lengths[i] ?? 0;
    const full = (batch.length + 1) * longest > tokenBudget;
    const wasteful = longest > SHORT && length < longest * LEAST_SHARE;
    if (batch.length > 0 && (full || wasteful)) {
      batches.push(batch);
      batch = [];
    }
    if (batch.length === 0) longest = length;
    batch.push(i);
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}
