/** Cuts words into the cheapest rows of known pieces (Viterbi, as sentencepiece's Unigram model does). */

import { wordsOf } from './normalise.ts';
import type { Vocabulary } from './vocabulary.ts';

/** More than any piece: an unknown character is passed over only where nothing else is left. */
const UNKNOWN_COST = 400;

/** Words whose pieces are kept; longer ones do not come twice. */
const KEPT_WORDS = 200_000;
const KEPT_UNITS = 32;

export class Segmenter {
  readonly #numbers: Map<string, number>;
  readonly #costs: Uint8Array;
  readonly #longest: number;
  readonly #kept = new Map<string, readonly number[]>();

  constructor({ pieces, costs }: Vocabulary) {
    this.#numbers = new Map(pieces.map((piece, number) => [piece, number]));
    this.#costs = costs;
    this.#longest = pieces.reduce((most, { length }) => Math.max(most, length), 0);
  }

  /** Numbers of the pieces, in the text's order; what no piece covers is left out. */
  segment(text: string): number[] {
    return wordsOf(text).flatMap((word) => this.#piecesOf(word));
  }

  #piecesOf(word: string): readonly number[] {
    const known = this.#kept.get(word);
    if (known) return known;
    const pieces = this.#cut(word);
    if (word.length <= KEPT_UNITS && this.#kept.size < KEPT_WORDS) this.#kept.set(word, pieces);
    return pieces;
  }

  /** Of rows that cost the same, the one whose last piece is longest, and so on to the front. */
  #cut(word: string): number[] {
    const { length } = word;
    const best = new Float64Array(length + 1).fill(Infinity);
    const from = new Int32Array(length + 1);
    const by = new Int32Array(length + 1).fill(-1);
    best[0] = 0;
    for (let start = 0; start < length; start++) {
      const offer = (end: number, cost: number, piece: number): void => {
        if (best[start]! + cost >= best[end]!) return;
        best[end] = best[start]! + cost;
        from[end] = start;
        by[end] = piece;
      };
      for (let end = Math.min(length, start + this.#longest); end > start; end--) {
        const piece = this.#numbers.get(word.slice(start, end));
        if (piece !== undefined) offer(end, this.#costs[piece]!, piece);
      }
      offer(start + 1, UNKNOWN_COST, -1);
    }
    const pieces: number[] = [];
    for (let end = length; end > 0; end = from[end]!) if (by[end]! >= 0) pieces.push(by[end]!);
    return pieces.reverse();
  }
}
