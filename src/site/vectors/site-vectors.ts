/** Searches the vectors of a site, of which it fetches what a query needs. */

import { NearfieldError, throwIfAborted } from '../../contract/index.ts';
import { hasBit } from '../../vectors/bitmap.ts';
import {
  fileName,
  type OpenedParts,
  type FilePlace,
  type Shelf,
  type Traffic,
} from '../files/index.ts';
import { dot } from './dot.ts';
import type { Head, Question } from './head.ts';
import type { GroupParts, SectorParts } from './layout.ts';
import { REST_LEVELS } from './long-codes.ts';
import { readGroup, readHead, readSector } from './read.ts';
import {
  allOf,
  bestOf,
  bestSectors,
  candidatesOf,
  cellScoresOf,
  correct,
  estimatorOf,
  MARGIN,
  scoredOf,
  worstOf,
  type Candidate,
  type Scored,
  type ScoredRows,
} from './scoring.ts';
import { limitsFor, type Limits } from './settings.ts';

/** How much is read is by default what suits the index: see settings.ts. */
interface SiteSearchOptions extends Partial<Limits> {
  /**
   * Rows that count: a bitmap of src/vectors/bitmap.ts, or what tells. Where the files of long codes have
   * fewer than the wanted results, up to four times as many are read.
   * @default all
   */
  filter?: Uint32Array | ((row: number) => boolean);
  signal?: AbortSignal;
}

interface SiteHits extends ScoredRows {
  /** All rows whose long codes were read, by number; `rows`, best first, are the best of them. */
  scored: ScoredRows;
  /** Of the products of all rows with the query, of whatever filter. */
  mean: number;
  /** Standard deviation of those products, nearly. */
  deviation: number;
  /** Names of files that could not be read; what is in them was not searched. */
  missing: string[];
}

/** Times `groups` that a filter may make a search read. */
const FILTER_FACTOR = 4;

/** What a file may be for a search to go on without it: missing, or damaged. */
const LEFT_OUT: ReadonlySet<string> = new Set(['download-failed', 'integrity']);

interface Search {
  question: Question;
  k: number;
  /** How many times ten results are wanted, 1 at least. */
  tens: number;
  accepts: (row: number) => boolean;
  /** Grows. */
  missing: string[];
  signal: AbortSignal | undefined;
}

export class SiteVectors {
  readonly #shelf: Shelf;
  readonly #head: Head;

  private constructor(shelf: Shelf, head: Head) {
    this.#shelf = shelf;
    this.#head = head;
  }

  /**
   * Reads the head.
   * Throws `download-failed`, `integrity` where it is damaged, `incompatible-index` and `aborted`.
   */
  static async open(shelf: Shelf, signal?: AbortSignal): Promise<SiteVectors> {
    const head = await shelf.take({ kind: 'vectors', number: 0 }, readHead, signal);
    return new SiteVectors(shelf, head);
  }

  get rows(): number {
    return this.#head.counts.rows;
  }

  /** Read from the shelf until now, whoever asked. */
  get traffic(): Traffic {
    return this.#shelf.traffic;
  }

  /**
   * The `k` rows of the largest products with `query`, as far as codes tell. Rejects with `bad-input`,
   * `aborted`, and `incompatible-index` where a file is of another version. Files that are missing or
   * damaged are named in the answer.
   */
  async search(
    query: Float32Array,
    k: number,
    { filter, signal, ...given }: SiteSearchOptions = {},
  ): Promise<SiteHits> {
    const head = this.#head;
    const limits = { ...limitsFor(this.rows), ...given };
    check(query, head.counts.dimensions, { k, ...limits });
    throwIfAborted(signal);
    const missing: string[] = [];
    const question = head.question(query);
    const tens = Math.max(10, k) / 10;
    const search: Search = { question, k, tens, accepts: acceptorOf(filter), missing, signal };
    const candidates = await this.#scan(search, Math.max(k, limits.scan));
    const turns = filter ? FILTER_FACTOR : 1;
    const scored = await this.#score(search, candidates, Math.ceil(limits.groups * tens), turns);
    await this.#correct(search, scored, Math.ceil(limits.rest * tens));
    const all = allOf(scored);
    const { common, deviation } = question;
    const hits = { ...bestOf(all, k), scored: all, mean: common, deviation };
    return { ...hits, missing: missing.sort() };
  }

  /**
   * Tells about what the product of a row with `query` is, by its sketch, as `writeVectors` gives it;
   * undefined where that is none of this index. Throws `bad-input`.
   */
  estimator(query: Float32Array): (sketch: Uint8Array) => number | undefined {
    checkQuery(query, this.#head.counts.dimensions);
    return estimatorOf(this.#head, this.#head.question(query));
  }

  /** Reads short codes. @returns groups, the most promising first */
  async #scan(search: Search, rows: number): Promise<Candidate[]> {
    const head = this.#head;
    const { question } = search;
    const cellScores = cellScoresOf(head, question);
    const table = head.rows.table(question.coordinates, question.along);
    const sectors = bestSectors(head, question, cellScores, rows);
    const found = await Promise.all(
      sectors.map(async (sector) => {
        const parts = await this.#sector(sector, search);
        return parts ? candidatesOf(head, question, { sector, cellScores, table }, parts) : [];
      }),
    );
    return found.flat().sort((a, b) => b.promise - a.promise || a.number - b.number);
  }

  /**
   * Reads long codes of `most` groups, half of them first: the others where they may have one of the best;
   * and as many again, some turns, where the filter leaves fewer than are wanted.
   */
  async #score(
    search: Search,
    candidates: readonly Candidate[],
    most: number,
    turns: number,
  ): Promise<Scored[]> {
    const scored: Scored[] = [];
    let accepted = 0;
    let read = 0;
    for (let turn = 0; turn < 2 * turns && (turn < 2 || accepted < search.k); turn++) {
      const end = Math.ceil(((turn + 1) * most) / 2);
      const least = worstOf(scored, search.k);
      const wave = candidates.slice(read, end).filter(({ promise }) => promise >= least);
      read = end;
      const found = await Promise.all(wave.map((candidate) => this.#scored(search, candidate)));
      scored.push(...found.filter((group) => group !== undefined));
      accepted = scored.reduce((sum, group) => sum + group.accepted.length, 0);
    }
    const best = scored.filter((group) => group.accepted.length > 0);
    return best.sort((a, b) => b.best - a.best || a.number - b.number);
  }

  async #scored(search: Search, candidate: Candidate): Promise<Scored | undefined> {
    const { number, estimates } = candidate;
    const shape = { rows: estimates.length, levels: this.#head.counts.longLevels };
    const parts = await this.#group({ kind: 'group', number }, shape, search);
    return parts && scoredOf(this.#head, search.question, search.accepts, candidate, parts);
  }

  /** Reads what long codes leave, of so many groups and where it may change which rows are the best. */
  async #correct(search: Search, scored: readonly Scored[], most: number): Promise<void> {
    const { restSpread } = search.question;
    const margin = MARGIN * Math.sqrt(dot(restSpread, 0, restSpread, 0, restSpread.length));
    const least = worstOf(scored, search.k) - margin;
    await Promise.all(
      scored.slice(0, most).map(async (group) => {
        if (group.best < least) return;
        const shape = { rows: group.sums.length, levels: REST_LEVELS };
        const parts = await this.#group({ kind: 'rest', number: group.number }, shape, search);
        if (parts) correct(this.#head, search.question, group, parts);
      }),
    );
  }

  #sector(number: number, search: Search): Promise<SectorParts | undefined> {
    const { parts, rows, firstCells } = this.#head;
    const cells = parts.cellRows.subarray(firstCells[number], firstCells[number + 1]);
    const shape = { rows: cells.reduce((sum, length) => sum + length, 0), bytes: rows.bytes };
    const parse = (file: OpenedParts, name: string): SectorParts => readSector(file, name, shape);
    return this.#find({ kind: 'sector', number }, parse, search);
  }

  #group(
    place: FilePlace,
    shape: { rows: number; levels: number },
    search: Search,
  ): Promise<GroupParts | undefined> {
    const { dimensions, rows } = this.#head.counts;
    const parse = (file: OpenedParts, name: string): GroupParts =>
      readGroup(file, name, { ...shape, dimensions }, rows);
    return this.#find(place, parse, search);
  }

  /** Notes a file that is missing or damaged, and gives nothing. */
  async #find<T>(
    place: FilePlace,
    parse: (file: OpenedParts, name: string) => T,
    { missing, signal }: Search,
  ): Promise<T | undefined> {
    try {
      return await this.#shelf.take(place, parse, signal);
    } catch (error) {
      if (!(error instanceof NearfieldError) || !LEFT_OUT.has(error.code)) throw error;
      missing.push(fileName(this.#shelf.site, place));
      return undefined;
    }
  }
}

function check(
  query: Float32Array,
  dimensions: number,
  { k, ...limits }: Record<'k' | 'scan' | 'groups' | 'rest', number>,
): void {
  if (!Number.isInteger(k) || k < 1) {
    throw badInput(`k must be a whole number above 0, got ${k}`);
  }
  for (const [name, limit] of Object.entries(limits)) {
    if (!(limit >= 0)) throw badInput(`${name} must be a number from 0 on, got ${limit}`);
  }
  checkQuery(query, dimensions);
}

function checkQuery(query: Float32Array, dimensions: number): void {
  if (query.length !== dimensions) {
    throw badInput(`the query has ${query.length} values, the index ${dimensions}`);
  }
  if (!query.every(Number.isFinite)) throw badInput('the query has a value that is not finite');
}

function badInput(message: string): NearfieldError {
  return new NearfieldError('bad-input', `Search in a site's vectors: ${message}.`);
}

function acceptorOf(filter: SiteSearchOptions['filter']): (row: number) => boolean {
  if (!filter) return () => true;
  return typeof filter === 'function' ? filter : (row) => hasBit(filter, row);
}
