/** Searches a site by words: reads the files that one query needs, and keeps them. */

import { NearfieldError, throwIfAborted, type Filter, type Snippet } from '../contract/index.ts';
import { TopK } from '../vectors/top-k.ts';
import { hasBit } from '../vectors/bitmap.ts';
import { Analyser } from '../words/analyse.ts';
import { highlight, snippet, type QueryOptions, type WordScores } from '../words/index.ts';
import { parseQuery } from '../words/query.ts';
import { scoreQuery } from '../words/scoring.ts';
import { stemmedLanguage, Stemmers } from '../words/stemmers.ts';
import { fileName, type OpenedParts, type Shelf, type Traffic } from './files/index.ts';
import { evaluateFilter, fieldsOf, readColumn, type Column, type Values } from './filters/index.ts';
import {
  cutFragments,
  readFragments,
  type SiteFragment,
  type SketchedFragment,
} from './fragments/index.ts';
import { readRoot, type Root } from './root.ts';
import { homeOf, lookUp, readTermShard, type TermShard } from './words/index.ts';

export interface TextSearchOptions extends QueryOptions {
  /** @default 10 */
  limit?: number | undefined;
  /** Only these passages, one bit each, as `passing` gives them. @default all */
  mask?: Uint32Array | undefined;
  signal?: AbortSignal | undefined;
}

export interface TextHit {
  /** Number of the passage. */
  id: number;
  /** BM25 times the passage's weight. */
  score: number;
}

export interface TextAnswer {
  /** Best first; equal scores by number. */
  hits: TextHit[];
  /** Scores of all passages without their weights, for fusion; and the forms to mark. */
  words: WordScores;
  /** Words of the query, folded, of which something could not be read: without it, others may be missing. */
  partial: string[];
  /** Names of files that could not be read. */
  missing: string[];
}

export interface FragmentOptions {
  /** What to mark, as `TextAnswer.words.forms` has it. @default nothing */
  forms?: ReadonlyMap<string, number> | undefined;
  /** Most UTF-16 units of a snippet. @default 240 */
  room?: number | undefined;
  signal?: AbortSignal | undefined;
}

export interface ShownFragment extends SiteFragment {
  id: number;
  snippet: Snippet;
}

export class TextReader {
  readonly #shelf: Shelf;
  readonly #root: Root;
  readonly #stemmers = new Stemmers();
  readonly #analyser = new Analyser(this.#stemmers);
  /** First row of each file of texts. */
  readonly #fragmentStarts: readonly number[];
  readonly #weights: Float64Array | undefined;
  /** The last filter: it stays while somebody types, and takes some 100 ms for 60,000 passages. */
  #passed: { key: string; mask: Uint32Array } | undefined;

  private constructor(shelf: Shelf, root: Root) {
    this.#shelf = shelf;
    this.#root = root;
    this.#fragmentStarts = cutFragments(root.table.lengths);
    this.#weights = weightsOf(root);
  }

  /**
   * Reads the first file.
   * Throws `download-failed`, `integrity` where it is damaged, `incompatible-index` and `aborted`.
   */
  static async open(shelf: Shelf, signal?: AbortSignal): Promise<TextReader> {
    return new TextReader(shelf, await shelf.take({ kind: 'root', number: 0 }, readRoot, signal));
  }

  /** Passages in the index. */
  get rows(): number {
    return this.#root.table.rows;
  }

  /** Read from the shelf until now, whoever asked. */
  get traffic(): Traffic {
    return this.#shelf.traffic;
  }

  /**
   * The passages that have words of a query. What cannot be read is left out, and `partial` says so.
   * Throws `aborted`, and `bad-input` for a limit that is none.
   */
  async search(query: string, options: TextSearchOptions = {}): Promise<TextAnswer> {
    const { limit = 10, mask, language, signal } = options;
    if (!Number.isInteger(limit) || limit < 1) {
      throw new NearfieldError(
        'bad-input',
        `limit: expected a whole number from 1 on, got ${limit}.`,
      );
    }
    throwIfAborted(signal);
    const { table } = this.#root;
    await this.#loadStemmers(language);
    const parsed = parseQuery(query, this.#analyser, options, table.languages);
    const missing = new Set<string>();
    const load = (number: number): Promise<TermShard> => this.#shard(number, missing, signal);
    const { segment, words, unread } = await lookUp(parsed, table, load, signal);
    const shard = { segment, dead: new Uint8Array(table.rows), deadRows: 0 };
    const found = scoreQuery(words, [shard], {
      rows: table.rows,
      averageLength: table.averageLength,
    });
    return {
      hits: this.#best(found, limit, mask),
      words: found,
      partial: unread,
      missing: [...missing].sort(),
    };
  }

  /**
   * The passages that a filter lets pass, one bit each.
   * Throws `bad-input` for a filter that is none, `aborted`, and what reading a field's file throws:
   * without it there is no answer.
   */
  async passing(filter: Filter, signal?: AbortSignal): Promise<Uint32Array> {
    const key = JSON.stringify(filter, datesApart);
    if (this.#passed?.key !== key) {
      this.#passed = { key, mask: await this.#evaluated(filter, signal) };
    }
    return this.#passed.mask;
  }

  async #evaluated(filter: Filter, signal: AbortSignal | undefined): Promise<Uint32Array> {
    const columns = new Map<string, Values>();
    await Promise.all(
      [...fieldsOf(filter)].map(async (field) => {
        const column = await this.column(field, signal);
        if (column) columns.set(field, column.values);
      }),
    );
    return evaluateFilter(filter, columns, this.rows);
  }

  /** Values of a field by passage; undefined where no passage has it. As `passing`. */
  async column(field: string, signal?: AbortSignal): Promise<Column | undefined> {
    const number = this.#root.fields.indexOf(field);
    if (number < 0) return undefined;
    const parse = (parts: OpenedParts, name: string): Column => readColumn(parts, name, this.rows);
    return this.#shelf.take({ kind: 'filter', number }, parse, signal);
  }

  /** What scores of a passage are multiplied with. */
  weightOf(id: number): number {
    return this.#weights?.[id] ?? 1;
  }

  /**
   * Passages by their numbers, in the order given; undefined for those whose file cannot be read, or
   * that are not there. Throws `aborted`, and `bad-input` for a room below 3.
   */
  async fragments(
    ids: readonly number[],
    { forms = new Map(), room, signal }: FragmentOptions = {},
  ): Promise<(ShownFragment | undefined)[]> {
    const fragments = await Promise.all(ids.map((id) => this.#fragment(id, signal)));
    return fragments.map((fragment, i) => {
      if (!fragment) return undefined;
      const { text } = fragment.shown;
      const marked = snippet(text, highlight(text, forms), room);
      return { ...fragment.shown, id: ids[i]!, snippet: marked };
    });
  }

  /**
   * What lies beside the texts of passages and tells roughly where their vectors are; undefined where that
   * cannot be read. Throws `aborted`.
   */
  async sketches(
    ids: readonly number[],
    signal: AbortSignal | undefined,
  ): Promise<(Uint8Array | undefined)[]> {
    const fragments = await Promise.all(ids.map((id) => this.#fragment(id, signal)));
    return fragments.map((fragment) => fragment?.sketch);
  }

  #best(found: WordScores, limit: number, mask: Uint32Array | undefined): TextHit[] {
    const best = new TopK(Math.min(limit, this.rows));
    const all = Uint32Array.from({ length: this.rows }, (_, row) => row);
    for (const [row, score] of found.of(all).entries()) {
      if (score === 0 || (mask && !hasBit(mask, row))) continue;
      best.offer(Math.fround(score * this.weightOf(row)), row);
    }
    const { rows, scores } = best.drain();
    return Array.from(rows, (id, i) => ({ id, score: scores[i]! }));
  }

  /** Only those that the query needs; a stemmer that cannot be had leaves words as they are. */
  async #loadStemmers(language: string | undefined): Promise<void> {
    const own = language === undefined ? undefined : stemmedLanguage(language);
    const wanted = language === undefined ? this.#root.table.languages : own ? [own] : [];
    await this.#stemmers.load(wanted).catch(() => undefined);
  }

  /** @param missing gets the name of what cannot be read */
  async #shard(
    number: number,
    missing: Set<string>,
    signal: AbortSignal | undefined,
  ): Promise<TermShard> {
    const place = { kind: 'terms', number } as const;
    const parse = (parts: OpenedParts, name: string): TermShard =>
      readTermShard(parts, name, this.#root.table);
    try {
      return await this.#shelf.take(place, parse, signal);
    } catch (error) {
      missing.add(fileName(this.#shelf.site, place));
      throw error;
    }
  }

  /** Name of the file that a passage's text is in. */
  fileOf(id: number): string {
    const number = homeOf(this.#fragmentStarts, id);
    return fileName(this.#shelf.site, { kind: 'fragments', number });
  }

  async #fragment(
    id: number,
    signal: AbortSignal | undefined,
  ): Promise<SketchedFragment | undefined> {
    if (!Number.isInteger(id) || id < 0 || id >= this.rows) return undefined;
    const number = homeOf(this.#fragmentStarts, id);
    const start = this.#fragmentStarts[number]!;
    const count = (this.#fragmentStarts[number + 1] ?? this.rows) - start;
    const parse = (parts: OpenedParts, name: string): SketchedFragment[] =>
      readFragments(parts, name, count);
    try {
      const all = await this.#shelf.take({ kind: 'fragments', number }, parse, signal);
      return all[id - start];
    } catch (error) {
      if (signal?.aborted) throw error;
      return undefined;
    }
  }
}

/** JSON of a date is that of a string. */
function datesApart(this: Readonly<Record<string, unknown>>, key: string, value: unknown): unknown {
  const given = this[key];
  return given instanceof Date ? { date: given.getTime() } : value;
}

/** Weight of each row; undefined where all are 1. */
function weightsOf({ table, weights }: Root): Float64Array | undefined {
  if (weights.length === 0) return undefined;
  const all = new Float64Array(table.rows).fill(1);
  for (const [weight, rows] of weights) for (const row of Array.from(rows)) all[row] = weight;
  return all;
}
