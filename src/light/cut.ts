/**
 * Cuts a vocabulary to the pieces that occur. Cutting texts anew with what is left gives the same
 * pieces: each text's cheapest row is still there, and rows that are gone were no cheaper.
 */

import { Segmenter } from './segmenter.ts';
import { LONGEST_STRING } from './strings.ts';
import type { Vocabulary } from './vocabulary.ts';

/** The pieces that occur, rising, and numbers of the pieces of each text. */
export function cutVocabulary(
  { pieces, costs }: Vocabulary,
  texts: readonly string[],
): { vocabulary: Vocabulary; texts: number[][] } {
  const encoder = new TextEncoder();
  // Rising from the start, so that of rows that cost the same, the same one is taken later.
  const rising = [...pieces.keys()]
    .filter((number) => encoder.encode(pieces[number]).length <= LONGEST_STRING)
    .sort((a, b) => (pieces[a]! < pieces[b]! ? -1 : 1));
  const segmenter = new Segmenter({
    pieces: rising.map((number) => pieces[number]!),
    costs: Uint8Array.from(rising, (number) => costs[number]!),
  });
  const segmented = texts.map((text) => segmenter.segment(text));
  const kept = [...new Set(segmented.flat())].sort((a, b) => a - b);
  const places = new Map(kept.map((number, place) => [number, place]));
  return {
    vocabulary: {
      pieces: kept.map((number) => pieces[rising[number]!]!),
      costs: Uint8Array.from(kept, (number) => costs[rising[number]!]!),
    },
    texts: segmented.map((numbers) => numbers.map((number) => places.get(number)!)),
  };
}
