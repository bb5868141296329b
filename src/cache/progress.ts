import type { EmbedProgress } from '../contract/index.ts';

/** Reports only what is new: a call that starts over must not run backwards on screen. */
export function monotonic(
  total: number,
  onProgress: ((progress: EmbedProgress) => void) | undefined,
): (done: number) => void {
  let last = -1;
  return (done) => {
    if (done <= last) return;
    last = done;
    onProgress?.({ done, total });
  };
}
