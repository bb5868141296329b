/** From a question to the rows that answer it: by meaning, by words, or by both. */

import type { Explanation, SearchMode } from '../contract/index.ts';
import { clearBit, emptyBitmap, setRange, type Bitmap } from '../vectors/bitmap.ts';
import type { Background, Ranked } from '../vectors/index.ts';
import { fuse, type DenseScores, type WordScores } from '../words/index.ts';
import type { Contents, ReadDocuments } from './contents.ts';
import type { FoundRow, FoundRows } from './ranking.ts';
import type { SearchRequest } from './wire.ts';

/** A search that is ready to give rows. */
export interface Finding {
  mode: SearchMode;
  find(count: number): Promise<FoundRows>;
  /** Only these rows are found. */
  filter: Bitmap | undefined;
  /** Words that were found, folded, for marking them. */
  forms: ReadonlyMap<string, number>;
  explain(found: FoundRow): Explanation;
}

/** @returns undefined where the document is not there whose meaning is asked for */
export async function prepare(
  contents: Contents,
  request: SearchRequest,
  read: ReadDocuments,
): Promise<Finding | undefined> {
  const filter = request.filter && (await contents.passing(request.filter, read));
  if (request.mode === 'lexical') return new ByWords(contents, request, filter);
  const { meaning } = request;
  if (meaning instanceof Float32Array) {
    const byMeaning = new ByMeaning(contents, request, meaning, filter);
    if (request.mode === 'vector') return byMeaning;
    return new ByBoth(byMeaning, new ByWords(contents, request, filter), request);
  }
  const like = meaning && (await likeDocument(contents, meaning.like, filter));
  return like && new ByMeaning(contents, request, like.meaning, like.filter);
}

/** The mean of a document's rows, and everybody else. */
async function likeDocument(
  { table }: Contents,
  id: string,
  filter: Bitmap | undefined,
): Promise<{ meaning: Float32Array; filter: Bitmap } | undefined> {
  const place = table.place(id);
  if (!place) return undefined;
  const { dimensions, rows } = table.index;
  const vectors = await table.vectorsOf(place);
  const meaning = new Float32Array(dimensions);
  for (let i = 0; i < vectors.length; i++) meaning[i % dimensions]! += vectors[i]!;
  const length = Math.hypot(...meaning);
  // Passages that cancel each other out say nothing together: the first speaks for them.
  const unit = length > 0 ? meaning.map((value) => value / length) : vectors.slice(0, dimensions);
  const others = filter ?? emptyBitmap(rows);
  if (!filter) setRange(others, 0, rows);
  for (let row = place.first; row < place.first + place.count; row++) clearBit(others, row);
  return { meaning: unit, filter: others };
}

class ByMeaning implements Finding {
  readonly mode = 'vector';
  readonly forms = new Map<string, number>();
  readonly #contents: Contents;
  readonly #request: SearchRequest;
  readonly #query: Float32Array;
  readonly filter: Bitmap | undefined;
  readonly #known = new Map<number, number>();
  #searched: Pick<Explanation, 'vectors' | 'scan'> = { vectors: 'exact' };

  constructor(
    contents: Contents,
    request: SearchRequest,
    query: Float32Array,
    filter: Bitmap | undefined,
  ) {
    this.#contents = contents;
    this.#request = request;
    this.#query = query;
    this.filter = filter;
  }

  async find(count: number): Promise<FoundRows> {
    const { rows, scores } = await this.best(count, this.#request.minScore);
    const found = Array.from(rows, (row, i) => ({
      row,
      score: scores[i]!,
      similarity: scores[i]!,
    }));
    return { rows: found, isAll: found.length < count };
  }

  async best(count: number, minScore?: number): Promise<Ranked> {
    const found = await this.#contents.table.index.search(this.#query, count, {
      ...(this.filter && { filter: this.filter }),
      ...(this.#request.exact && { exact: true }),
      ...(minScore !== undefined && { minScore }),
    });
    const { mode, scan } = found;
    this.#searched = { vectors: mode, ...(mode === 'bits' && { scan }) };
    for (const [i, row] of found.rows.entries()) this.#known.set(row, found.scores[i]!);
    return found;
  }

  /** Of rows whose numbers rise. */
  async scores(rows: Uint32Array): Promise<Float32Array> {
    const missing = rows.filter((row) => !this.#known.has(row));
    const scores = await this.#contents.table.index.scores(this.#query, missing);
    for (const [i, row] of missing.entries()) this.#known.set(row, scores[i]!);
    return Float32Array.from(rows, (row) => this.#known.get(row)!);
  }

  background(): Background {
    return this.#contents.table.index.background(this.#query);
  }

  explain(): Explanation {
    return { mode: this.mode, ...this.#searched };
  }
}

class ByWords implements Finding {
  readonly mode = 'lexical';
  readonly scores: WordScores;
  readonly #minScore: number;
  readonly filter: Bitmap | undefined;

  constructor(
    { words }: Contents,
    { text = '', words: options, minScore = 0 }: SearchRequest,
    filter: Bitmap | undefined,
  ) {
    this.scores = words.index.search(text, options);
    this.#minScore = minScore;
    this.filter = filter;
  }

  get forms(): ReadonlyMap<string, number> {
    return this.scores.forms;
  }

  find(count: number): Promise<FoundRows> {
    const { rows, scores } = this.scores.top(count, this.filter);
    const found = Array.from(rows, (row, i) => ({ row, score: scores[i]!, bm25: scores[i]! }));
    const enough = found.filter(({ score }) => score >= this.#minScore);
    return Promise.resolve({ rows: enough, isAll: enough.length < count });
  }

  explain({ row, bm25 = 0 }: FoundRow): Explanation {
    return { mode: this.mode, bm25, terms: this.scores.explain(row) };
  }
}

class ByBoth implements Finding {
  readonly mode = 'hybrid';
  readonly #meaning: ByMeaning;
  readonly #words: ByWords;
  readonly #request: SearchRequest;
  readonly #background: Background;

  constructor(meaning: ByMeaning, words: ByWords, request: SearchRequest) {
    this.#meaning = meaning;
    this.#words = words;
    this.#request = request;
    this.#background = meaning.background();
  }

  get filter(): Bitmap | undefined {
    return this.#meaning.filter;
  }

  get forms(): ReadonlyMap<string, number> {
    return this.#words.forms;
  }

  async find(count: number): Promise<FoundRows> {
    const { fusion, minScore } = this.#request;
    let isAll = false;
    const dense: DenseScores = {
      ...this.#background,
      top: async (limit) => {
        const best = await this.#meaning.best(limit, minScore);
        // Nobody else is like the question enough, whatever words they have.
        if (minScore !== undefined) isAll = best.rows.length < limit;
        return best;
      },
      of: (rows) => this.#meaning.scores(rows),
    };
    const fused = await fuse(dense, this.#words.scores, {
      limit: count,
      filter: this.filter,
      by: fusion,
    });
    const rows = fused
      .map(({ row, score, dense: similarity, words: bm25 }) => ({ row, score, similarity, bm25 }))
      .filter(({ similarity }) => similarity >= (minScore ?? Number.NEGATIVE_INFINITY));
    return { rows, isAll: isAll || fused.length < count };
  }

  explain(found: FoundRow): Explanation {
    const [words, meaning] = [this.#words.explain(found), this.#meaning.explain()];
    return { ...words, ...meaning, mode: this.mode, background: this.#background };
  }
}
