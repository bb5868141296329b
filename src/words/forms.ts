/** Which forms of a segment a query's word stands for. */

import type { QueryWord } from './query.ts';
import type { Segment } from './segment.ts';

/** Most forms that a beginning stands for: the most frequent ones. */
const MOST_FORMS = 100;

/**
 * Positions, in each segment, of the word itself and of all that share a stem with it in any: a form
 * means the same wherever it stands.
 */
export function sameWord(segments: readonly Segment[], { form, stems }: QueryWord): Set<number>[] {
  const forms = new Set([form]);
  for (const segment of segments) {
    for (const key of stems) {
      const stem = segment.stems.indexOf(key);
      if (stem < 0) continue;
      for (const member of segment.formsOf(stem)) forms.add(segment.forms.at(member));
    }
  }
  return segments.map((segment) => {
    const places = [...forms].map((form) => segment.forms.indexOf(form));
    return new Set(places.filter((place) => place >= 0));
  });
}

/** Positions of forms that begin with a word, without those of `others`. */
export function longerWords(
  segment: Segment,
  form: string,
  others: ReadonlySet<number>,
): Set<number> {
  const [first, end] = segment.forms.startingWith(form);
  const found = Array.from({ length: end - first }, (_, i) => first + i).filter(
    (at) => !others.has(at),
  );
  if (found.length <= MOST_FORMS) return new Set(found);
  const frequent = found.sort((a, b) => segment.weight(b) - segment.weight(a));
  return new Set(frequent.slice(0, MOST_FORMS));
}
