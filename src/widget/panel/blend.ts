/**
 * An answer that improves on one that is on the screen, as meaning does on words, must not move what
 * the visitor is about to choose. So pages down to the one under the pointer, to the active one and
 * to the last one in sight of a list that was scrolled stay as and where they are; below them stands
 * the better answer, best first, without those. The next keystroke shows an answer as it is.
 */

/**
 * @param shown keys of what is on the screen, in order
 * @param better keys of the better answer, best first
 * @param held how many of `shown` stay
 */
export function blended<T>(shown: readonly T[], better: readonly T[], held: number): T[] {
  const kept = shown.slice(0, held);
  const there = new Set(kept);
  return [...kept, ...better.filter((key) => !there.has(key))];
}
