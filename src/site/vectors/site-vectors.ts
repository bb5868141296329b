/** Searches the vectors of a site, of which it fetches what a query needs. */

import { halfToNumber, NearfieldError, throwIfAborted } from '../../contract/index.ts';
import { hasBit } from '../../vectors/bitmap.ts';
import { TopK } from '../../vectors/top-k.ts';
import {
  fileName,
  type OpenedParts,
  type FilePlace,
  type Shelf,
  type Traffic,
} from '../files/index.ts';
import { scoreOf } from './codes.ts';
import type { Head, Question } from './head.ts';
import type { CellParts, GroupParts } from './layout.ts';
import { longScore } from './long-codes.ts';
import { readCell, readGroup, readHead } from './read.ts';

interface SiteSearchOptions {
  /**
   * Rows whose short codes are read, those of the cells that promise most.
   * @default 32 times the root of the number of rows: 10,000 of 100,000
   */
  scan?: number;
  /**
   * Files of long codes that are read for every ten results.
   * @default 120
   */
  groups?: number;
  /**
   * Files of what long codes leave, for every ten results.
   * @default 24
   */
  rest?: number;
  /**
   * Rows that count: a bitmap of src/vectors/bitmap.ts, or what tells. Where the files of long codes have
   * fewer than the wanted results, up to four times as many are read.
   * @default all
   */
  filter?: Uint32Array | ((row: number) => boolean);
  signal?: AbortSignal;
}

interface ScoredRows {
  rows: Uint32Array<ArrayBuffer>;
  /** Their products with the query, nearly. */
  scores: Float32Array<ArrayBuffer>;
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

const SCAN_FACTOR = 32;
const GROUPS = 120;
const REST = 24;

/** Times `groups` that a filter may make a search read. */
const FILTER_FACTOR = 4;

/** What a file may be for a search to go on without it: missing, or damaged. */
const LEFT_OUT: ReadonlySet<string> = new Set(['download-failed', 'integrity']);

interface Cell {
  number: number;
  score: number;
}

/** A group of rows by the best estimate of any of them. */
interface Candidate {
  /** Of its files. */
  number: number;
  best: number;
  /** Of its rows. */
  estimates: Float32Array;
}

/** A group of rows by the best score of any of them. */
interface Scored {
  number: number;
  rows: Uint32Array;
  /** Scores without what codes leave along the direction. */
  sums: Float32Array;
  scores: Float32Array;
  /** Places of the rows that count. */
  accepted: number[];
  /** Of those. */
  best: number;
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
    { scan, groups = GROUPS, rest = REST, filter, signal }: SiteSearchOptions = {},
  ): Promise<SiteHits> {
    const head = this.#head;
    const scanned = Math.max(k, scan ?? Math.ceil(SCAN_FACTOR * Math.sqrt(this.rows)));
    check(query, head.counts.dimensions, { k, scan: scanned, groups, rest });
    throwIfAborted(signal);
    const missing: string[] = [];
    const question = head.question(query);
    const table = head.rows.table(question.coordinates, question.along);
    const cells = await Promise.all(
      bestCells(head, question, scanned).map(async (cell) => {
        const parts = await this.#cell(cell.number, missing, signal);
        return parts ? candidatesOf(head, table, cell, parts) : [];
      }),
    );
    const tens = Math.max(10, k) / 10;
    const chosen = cells.flat().sort((a, b) => b.best - a.best || a.number - b.number);
    const accepts = acceptorOf(filter);
    const step = Math.ceil(groups * tens);
    const scored: Scored[] = [];
    let accepted = 0;
    for (let turn = 0; turn < (filter ? FILTER_FACTOR : 1) && accepted < k; turn++) {
      const found = await Promise.all(
        chosen.slice(turn * step, (turn + 1) * step).map(async (candidate) => {
          const { number, estimates } = candidate;
          const place = { kind: 'group', number } as const;
          const parts = await this.#group(place, estimates.length, missing, signal);
          return parts && scoredOf(head, question, candidate, parts, accepts);
        }),
      );
      scored.push(...found.filter((group) => group !== undefined));
      accepted = scored.reduce((sum, group) => sum + group.accepted.length, 0);
    }
    const best = scored.filter((group) => group.accepted.length > 0);
    best.sort((a, b) => b.best - a.best || a.number - b.number);
    await Promise.all(
      best.slice(0, Math.ceil(rest * tens)).map(async (group) => {
        const place = { kind: 'rest', number: group.number } as const;
        const parts = await this.#group(place, group.sums.length, missing, signal);
        if (parts) correct(head, question, group, parts);
      }),
    );
    const all = allOf(best);
    const { common, deviation } = question;
    const hits = { ...bestOf(all, k), scored: all, mean: common, deviation };
    return { ...hits, missing: missing.sort() };
  }

  #cell(
    number: number,
    missing: string[],
    signal: AbortSignal | undefined,
  ): Promise<CellParts | undefined> {
    const { parts, rows } = this.#head;
    const shape = { rows: parts.cellRows[number]!, bytes: rows.bytes };
    const parse = (file: OpenedParts, name: string): CellParts => readCell(file, name, shape);
    return this.#find({ kind: 'cell', number }, parse, missing, signal);
  }

  #group(
    place: FilePlace,
    rows: number,
    missing: string[],
    signal: AbortSignal | undefined,
  ): Promise<GroupParts | undefined> {
    const { dimensions, rows: most } = this.#head.counts;
    const parse = (file: OpenedParts, name: string): GroupParts =>
      readGroup(file, name, { rows, dimensions }, most);
    return this.#find(place, parse, missing, signal);
  }

  /** Notes a file that is missing or damaged, and gives nothing. */
  async #find<T>(
    place: FilePlace,
    parse: (file: OpenedParts, name: string) => T,
    missing: string[],
    signal: AbortSignal | undefined,
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
  if (query.length !== dimensions) {
    throw badInput(`the query has ${query.length} values, the index ${dimensions}`);
  }
  if (!query.every(Number.isFinite)) throw badInput('the query has a value that is not finite');
}

function badInput(message: string): NearfieldError {
  return new NearfieldError('bad-input', `Search in a site's vectors: ${message}.`);
}

/** The cells of the best means, so many that they have `scanned` rows. */
function bestCells(head: Head, question: Question, scanned: number): Cell[] {
  const { means, parts } = head;
  const table = means.table(question.coordinates, question.along);
  const cells = Array.from(parts.cellRows, (_, number) => ({
    number,
    score: scoreOf(table, parts.meanCodes, number * means.bytes, means.bytes),
  }));
  cells.sort((a, b) => b.score - a.score || a.number - b.number);
  let rows = 0;
  const end = cells.findIndex(({ number }) => {
    const isEnough = rows >= scanned;
    rows += parts.cellRows[number]!;
    return isEnough;
  });
  return end < 0 ? cells : cells.slice(0, end);
}

/** Groups of a cell with the estimates of their rows. @param table of short codes */
function candidatesOf(
  { rows: coder, counts: { groupRows }, parts: { cellRows }, firstGroups }: Head,
  table: Float32Array,
  cell: Cell,
  parts: CellParts,
): Candidate[] {
  const estimates = Float32Array.from(
    { length: cellRows[cell.number]! },
    (_, row) => cell.score + scoreOf(table, parts.codes, row * coder.bytes, coder.bytes),
  );
  const length = Math.ceil(estimates.length / groupRows);
  return Array.from({ length }, (_, group) => {
    const own = estimates.subarray(group * groupRows, (group + 1) * groupRows);
    const best = own.reduce((a, b) => Math.max(a, b));
    return { number: firstGroups[cell.number]! + group, best, estimates: own };
  });
}

/** Scores of a group's rows by their long codes. */
function scoredOf(
  { parts: { levels } }: Head,
  { common, along, spread }: Question,
  { number, estimates }: Candidate,
  parts: GroupParts,
  accepts: (row: number) => boolean,
): Scored {
  const products = productsOf(parts, spread, levels);
  const sums = estimates.map((estimate, i) => common + estimate + products[i]!);
  const scores = sums.map((sum, i) => sum + along * halfToNumber(parts.lengths[i]!));
  const accepted = [...scores.keys()].filter((i) => accepts(parts.rows[i]!));
  const best = accepted.reduce((most, i) => Math.max(most, scores[i]!), -Infinity);
  return { number, rows: parts.rows, sums, scores, accepted, best };
}

/** Makes a group's scores better by what its long codes leave. */
function correct(
  { parts: { restLevels } }: Head,
  { along, restSpread }: Question,
  { sums, scores }: Scored,
  parts: GroupParts,
): void {
  const products = productsOf(parts, restSpread, restLevels);
  for (const [i, product] of products.entries()) {
    scores[i] = sums[i]! + product + along * halfToNumber(parts.lengths[i]!);
  }
}

/** @param spread times the query */
function productsOf(
  { codes, scales }: GroupParts,
  spread: Float32Array,
  levels: Float32Array,
): Float32Array {
  return Float32Array.from(scales, (scale, i) => {
    return halfToNumber(scale) * longScore(spread, levels, codes, (i * spread.length) / 2);
  });
}

function acceptorOf(filter: SiteSearchOptions['filter']): (row: number) => boolean {
  if (!filter) return () => true;
  return typeof filter === 'function' ? filter : (row) => hasBit(filter, row);
}

/** Rows of groups that count, by number. */
function allOf(groups: readonly Scored[]): ScoredRows {
  const found = groups.flatMap(({ rows, scores, accepted }) =>
    accepted.map((i) => ({ row: rows[i]!, score: scores[i]! })),
  );
  found.sort((a, b) => a.row - b.row);
  return {
    rows: Uint32Array.from(found, ({ row }) => row),
    scores: Float32Array.from(found, ({ score }) => score),
  };
}

/** The best `k`; equal scores by row number. */
function bestOf({ rows, scores }: ScoredRows, k: number): ScoredRows {
  const top = new TopK(Math.min(k, rows.length));
  for (const [i, row] of rows.entries()) top.offer(scores[i]!, row);
  return top.drain();
}
