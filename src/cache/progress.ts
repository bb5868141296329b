import type { EmbedProgress } from '../contract/index.ts';

/**
 * Reports only what is new, a larger share or more texts at the same one: a call that starts over
 * must not run backwards on screen. A share not told is that of the texts that are ready.
 */
export function monotonic(
  total: number,
  onProgress: ((progress: EmbedProgress) => void) | undefined,
): (done: number, share?: number) => void {
  let last = -1;
  let most = 0;
  return (done, share = total > 0 ? done / total : 1) => {
    if (share < last || (share === last && done <= most)) return;
    last = share;
    most = Math.max(most, done);
    onProgress?.({ done: most, total, share });
  };
}
