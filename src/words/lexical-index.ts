/**
 * Which rows have which words: segments that never change, most of them small, and who was removed.
 *
 * Own, and not MiniSearch 7.2: at 100,000 passages this takes a tenth of the memory, opens in a
 * seventh and answers in a third of the time, while indexing takes a tenth longer, with stems
 * (`npm run bench:words`, docs/benchmarks.md). MiniSearch also multiplies a row's sum by the number of
 * words that matched, where fusion needs the sum itself.
 */

import { NearfieldError } from '../contract/index.ts';
import { Analyser, languageOf } from './analyse.ts';
import { buildSegment, mergeSegments, type AnalysedRow } from './build.ts';
import { parseQuery, type QueryOptions } from './query.ts';
import type { Shard } from './matches.ts';
import { scoreQuery } from './scoring.ts';
import { Segment } from './segment.ts';
import { Stemmers } from './stemmers.ts';
import type { WordScores } from './word-scores.ts';

export interface WordRow {
  /** Greater than all that are there. */
  row: number;
  text: string;
  /** BCP 47 tag. @default what the script of the text tells */
  language?: string | undefined;
}

/** Rows past which segments are not joined any more, so that no addition waits for long. */
const LARGE = 16_384;

export class LexicalIndex {
  readonly #stemmers = new Stemmers();
  readonly #analyser = new Analyser(this.#stemmers);
  #shards: Shard[] = [];
  #live = 0;
  /** Words in all living rows. */
  #words = 0;

  /**
   * The index whose `segments()` these are, as they were stored.
   * Throws `storage` where one is damaged, of another version, or out of order.
   * @param removed rows that were removed since the segments were made
   */
  static from(segments: Iterable<Uint8Array>, removed: Iterable<number> = []): LexicalIndex {
    const index = new LexicalIndex();
    for (const bytes of segments) {
      const segment = Segment.from(bytes);
      if (segment.rows.length > 0 && segment.rows[0]! <= index.#last) {
        throw new NearfieldError('storage', 'Stored word indexes are out of order. Index again.');
      }
      index.#append(segment);
    }
    index.remove(removed);
    return index;
  }

  /** Living rows. */
  get rows(): number {
    return this.#live;
  }

  /** More than half of the rows are dead: time for `vacuum`. */
  get isWasteful(): boolean {
    const rows = this.#shards.reduce((sum, { segment }) => sum + segment.rows.length, 0);
    return 2 * this.#live < rows;
  }

  /**
   * What to store. A segment's bytes are the same object for as long as it lives, and never change:
   * only those that were not there before have to be written.
   */
  segments(): Uint8Array<ArrayBuffer>[] {
    return this.#shards.map(({ segment }) => segment.bytes);
  }

  /**
   * Loads the stemmers that adding these rows needs, and those that searching what is there needs:
   * to be waited for before `add`. Searching before it finds words as they are written, only.
   * Throws `download-failed` where a stemmer cannot be fetched.
   */
  async prepare(rows: Iterable<Omit<WordRow, 'row'>> = []): Promise<void> {
    const wanted = new Set(this.#languages);
    for (const { text, language } of rows) {
      const found = languageOf(text, language);
      if (found !== undefined) wanted.add(found);
    }
    await this.#stemmers.load(wanted);
  }

  /**
   * Adds rows; all or none. Rows whose stemmer `prepare` could not load are found by their words as
   * they are written. Throws `bad-input` where their numbers do not rise.
   */
  add(rows: Iterable<WordRow>): void {
    const segment = buildSegment(this.#analysed(rows), this.#last);
    if (segment.rows.length === 0) return;
    this.#append(segment);
    this.#join();
  }

  /** Gives how many of the rows were there. */
  remove(rows: Iterable<number>): number {
    const before = this.#live;
    for (const row of rows) {
      const shard = this.#shards.find(({ segment }) => (segment.rows.at(-1) ?? -1) >= row);
      const at = shard?.segment.positionOf(row) ?? -1;
      if (!shard || at < 0 || shard.dead[at] === 1) continue;
      shard.dead[at] = 1;
      shard.deadRows++;
      this.#live--;
      this.#words -= shard.segment.lengths[at]!;
    }
    return before - this.#live;
  }

  /**
   * Forgets removed rows for good, in one segment. Throws `bad-input` where new numbers do not rise.
   * @param renumber new number of a living row, called in the order of rows. @default the same
   */
  vacuum(renumber?: (row: number) => number): void {
    const segment = mergeSegments(this.#shards, renumber);
    this.#shards = [];
    this.#live = 0;
    this.#words = 0;
    if (segment.rows.length > 0) this.#append(segment);
  }

  /** BM25 of every row for a query, as of now, and what it found. */
  search(query: string, options: QueryOptions = {}): WordScores {
    const words = parseQuery(query, this.#analyser, options, this.#languages);
    const averageLength = this.#live > 0 ? this.#words / this.#live : 1;
    // A copy: what is found stays as it is when segments are joined later.
    return scoreQuery(words, [...this.#shards], { rows: this.#live, averageLength });
  }

  /** Languages whose stemmers made its stems. */
  get #languages(): string[] {
    return [...new Set(this.#shards.flatMap(({ segment }) => segment.languages))];
  }

  get #last(): number {
    return this.#shards.at(-1)?.segment.rows.at(-1) ?? -1;
  }

  *#analysed(rows: Iterable<WordRow>): Generator<AnalysedRow> {
    for (const { row, text, language } of rows) {
      const found = languageOf(text, language);
      const stemmed = found !== undefined && this.#stemmers.has(found) ? found : undefined;
      yield { row, terms: this.#analyser.terms(text, stemmed) };
    }
  }

  #append(segment: Segment): void {
    this.#shards.push({ segment, dead: new Uint8Array(segment.rows.length), deadRows: 0 });
    this.#live += segment.rows.length;
    for (const length of segment.lengths) this.#words += length;
  }

  /**
   * Joins the last segment with those before it that are no larger, so that there are few, and each
   * row is written again about as often as the number of rows can be halved.
   */
  #join(): void {
    let from = this.#shards.length - 1;
    let rows = this.#shards[from]!.segment.rows.length;
    while (from > 0) {
      const before = this.#shards[from - 1]!.segment.rows.length;
      if (before > rows || before + rows > LARGE) break;
      rows += before;
      from--;
    }
    if (from === this.#shards.length - 1) return;
    const segment = mergeSegments(this.#shards.splice(from));
    const dead = new Uint8Array(segment.rows.length);
    if (segment.rows.length > 0) this.#shards.push({ segment, dead, deadRows: 0 });
  }
}
