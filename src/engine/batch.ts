/** A row this much shorter than the longest starts a new batch: it would be padding for the most. */
const LEAST_SHARE = 0.5;
/** Below this many tokens a run costs about the same whatever its length. */
const SHORT = 32;

/**
 * Groups texts into batches whose size stays within a token budget: rows x longest where runs are
 * `padded`, else the sum of lengths. Sorted by length, longest first, so that little is padded; a
 * text over the budget goes alone. Gives positions in `lengths`.
 */
export function planBatches(
  lengths: readonly number[],
  tokenBudget: number,
  padded = true,
): number[][] {
  const order = lengths.map((_, i) => i).sort((a, b) => (lengths[b] ?? 0) - (lengths[a] ?? 0));
  const batches: number[][] = [];
  let batch: number[] = [];
  let longest = 0;
  let tokens = 0;
  for (const i of order) {
    const length = lengths[i] ?? 0;
    const size = padded ? (batch.length + 1) * longest : tokens + length;
    const full = size > tokenBudget;
    const wasteful = padded && longest > SHORT && length < longest * LEAST_SHARE;
    if (batch.length > 0 && (full || wasteful)) {
      batches.push(batch);
      batch = [];
      tokens = 0;
    }
    if (batch.length === 0) longest = length;
    batch.push(i);
    tokens += length;
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}
