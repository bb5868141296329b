/** BM25 of a query's words, those that stand in a row before those that are only like them. */

import { idf, MOST, saturation } from './bm25.ts';
import { longerWords, sameWord } from './forms.ts';
import { within } from './fuzzy.ts';
import { Gatherer, rowsOf, without, type Matches, type Shard } from './matches.ts';
import type { QueryWord } from './query.ts';
import { WordScores, type Forms, type Part } from './word-scores.ts';

export interface Statistics {
  /** Living rows. */
  rows: number;
  /** Words in a row. */
  averageLength: number;
}

/** What a word counts that only begins with the query's; or is an edit away from it, then two. */
const PREFIX_WEIGHT = 0.5;
const EDIT_WEIGHT = 0.5;
/** Of the least score among rows that have the word itself: so those come first. */
const BELOW_EXACT = 0.99;

/** Words of a query that are taken for misspelt, the first ones: each goes through all forms there are. */
export const MOST_MISSPELT = 4;

export function scoreQuery(
  words: readonly QueryWord[],
  shards: readonly Shard[],
  statistics: Statistics,
): WordScores {
  const scorer = new Scorer(shards, statistics);
  for (const word of words) scorer.add(word);
  return new WordScores(shards, scorer);
}

class Scorer {
  readonly scores: Float32Array[];
  readonly told: Float32Array[];
  readonly parts: Part[] = [];
  readonly forms = new Map<string, number>();
  toTell = 0;
  #misspelt = 0;
  readonly #shards: readonly Shard[];
  readonly #gatherers: readonly Gatherer[];
  readonly #statistics: Statistics;

  constructor(shards: readonly Shard[], statistics: Statistics) {
    this.#shards = shards;
    this.#statistics = statistics;
    this.#gatherers = shards.map((shard) => new Gatherer(shard));
    this.scores = shards.map(({ segment }) => new Float32Array(segment.rows.length));
    this.told = shards.map(({ segment }) => new Float32Array(segment.rows.length));
  }

  add(word: QueryWord): void {
    const forms = sameWord(
      this.#shards.map(({ segment }) => segment),
      word,
    );
    const matches = this.#gather(forms);
    const weight = idf(rowsOf(matches), this.#statistics.rows);
    this.toTell += MOST * weight ** 3;
    const least = this.#score({ term: word.form, forms, matches }, weight, weight);
    const similar = this.#similar(word, forms, rowsOf(matches));
    if (!similar) return;
    const others = this.#gather(similar.forms);
    const tells = Math.min(weight, idf(rowsOf(others), this.#statistics.rows)) * similar.weight;
    // A row that has the word itself gets nothing more for another.
    const rest = others.map((other, i) => without(other, matches[i]!.docs));
    const part = { term: word.form, forms: similar.forms, matches: rest };
    this.#score(part, weight, tells, BELOW_EXACT * least);
  }

  #gather(forms: Forms): Matches[] {
    return this.#gatherers.map((gatherer, i) => gatherer.gather(forms[i]!));
  }

  /**
   * Adds a word's score to the rows that match; gives the least of them, infinity for none.
   * @param weight of the query's word
   * @param tells weight of the word that matched
   */
  #score(part: Omit<Part, 'scores'>, weight: number, tells: number, most = Infinity): number {
    let least = Infinity;
    const scores = part.matches.map(({ docs, frequencies }, i) => {
      const own = new Float32Array(docs.length);
      const sums = this.scores[i]!;
      const told = this.told[i]!;
      const { lengths } = this.#shards[i]!.segment;
      for (let j = 0; j < docs.length; j++) {
        const length = lengths[docs[j]!]! / this.#statistics.averageLength;
        const score = Math.min(most, tells * saturation(frequencies[j]!, length));
        own[j] = score;
        sums[docs[j]!]! += score;
        told[docs[j]!]! += score * weight ** 2;
        least = Math.min(least, score);
      }
      return own;
    });
    this.parts.push({ ...part, scores });
    this.#note(part.forms, tells);
    return least;
  }

  /** Forms a word may stand for besides itself: where it is unfinished, or where nobody has it. */
  #similar(
    { form, prefix, edits }: QueryWord,
    same: Forms,
    found: number,
  ): { forms: Forms; weight: number } | undefined {
    if (prefix) {
      const forms = this.#shards.map(({ segment }, i) => longerWords(segment, form, same[i]!));
      if (forms.some(({ size }) => size > 0)) return { forms, weight: PREFIX_WEIGHT };
    }
    if (found > 0 || edits === 0 || this.#misspelt === MOST_MISSPELT) return undefined;
    this.#misspelt++;
    const near = this.#shards.map(({ segment }) => within(segment.forms, form, edits));
    for (let distance = 1; distance <= edits; distance++) {
      const forms = near.map((byDistance) => new Set(byDistance[distance]));
      if (rowsOf(this.#gather(forms)) > 0) return { forms, weight: EDIT_WEIGHT ** distance };
    }
    return undefined;
  }

  #note(forms: Forms, weight: number): void {
    for (const [i, { segment }] of this.#shards.entries()) {
      for (const at of forms[i]!) {
        const form = segment.forms.at(at);
        this.forms.set(form, Math.max(weight, this.forms.get(form) ?? 0));
      }
    }
  }
}
