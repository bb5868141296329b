/**
 * Cuts texts into slices that one message carries. Between slices an abort takes effect, progress
 * is told and a waiting query overtakes, so a slice is small; texts of like length share one, so
 * that little is padded. Gives positions in `texts`, longest texts first.
 *
 * @param limits looked at for each slice anew
 */
export function* planSlices(
  texts: readonly string[],
  limits: { readonly texts: number; readonly characters: number },
): Generator<number[]> {
  const lengthOf = (i: number): number => texts[i]?.length ?? 0;
  const order = texts.map((_, i) => i).sort((a, b) => lengthOf(b) - lengthOf(a));
  let slice: number[] = [];
  let characters = 0;
  for (const i of order) {
    const full = slice.length >= limits.texts || characters + lengthOf(i) > limits.characters;
    if (slice.length > 0 && full) {
      yield slice;
      slice = [];
      characters = 0;
    }
    slice.push(i);
    characters += lengthOf(i);
  }
  if (slice.length > 0) yield slice;
}
