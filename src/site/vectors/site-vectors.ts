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
import { boundsOf } from './bisect.ts';
import { scoreOf } from './codes.ts';
import { dot } from './dot.ts';
import type { Head, Question } from './head.ts';
import type { GroupParts, SectorParts } from './layout.ts';
import { longScore, REST_LEVELS } from './long-codes.ts';
import { readGroup, readHead, readSector } from './read.ts';
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

/** Times `groups` that a filter may make a search read. */
const FILTER_FACTOR = 4;

/** What a file may be for a search to go on without it: missing, or damaged. */
const LEFT_OUT: ReadonlySet<string> = new Set(['download-failed', 'integrity']);

/** How far above its estimate a row's score may well be, in deviations of what its codes leave. */
const MARGIN = 3;

/** See `bestSectors`: deviations of rows around their cell's mean, and of all scores. */
const SPREADS = 2;
const DEVIATIONS = 1 / 3;
/** Rows that a request costs as much as. */
const REQUEST = 64;

/** A group of rows. */
interface Candidate {
  /** Of its files. */
  number: number;
  /** What the score of any of its rows may well be. */
  promise: number;
  /** Of its rows' scores. */
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
    const { means, rows, counts } = this.#head;
    checkQuery(query, counts.dimensions);
    const { common, coordinates, along } = this.#head.question(query);
    const ofMean = means.table(coordinates, along);
    const ofRow = rows.table(coordinates, along);
    return (sketch) =>
      sketch.length === means.bytes + rows.bytes
        ? common + scoreOf(ofMean, sketch, 0) + scoreOf(ofRow, sketch, means.bytes)
        : undefined;
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
    return parts && scoredOf(this.#head, search, candidate, parts);
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

/** What each cell's mean adds to its rows' scores. */
function cellScoresOf({ means, parts }: Head, question: Question): Float32Array {
  const table = means.table(question.coordinates, question.along);
  return Float32Array.from(parts.cellRows, (_, cell) =>
    scoreOf(table, parts.meanCodes, cell * means.bytes),
  );
}

/**
 * The sectors that likely have most of the best rows, until they have `scanned` rows: as if a cell had
 * the more of them the larger it is, the wider its rows are spread, and e times the more for each third of
 * a deviation that its mean is nearer.
 */
function bestSectors(
  { means, parts, firstCells }: Head,
  { aside, deviation }: Question,
  cellScores: Float32Array,
  scanned: number,
): number[] {
  const { sectorCells, cellRows, meanCodes } = parts;
  const promises = cellScores.map(
    (score, cell) => score + SPREADS * aside * means.spreadOf(meanCodes, cell * means.bytes),
  );
  const best = promises.reduce((a, b) => Math.max(a, b), -Infinity);
  const unit = DEVIATIONS * deviation || Number.MIN_VALUE;
  const sectors = Array.from(sectorCells, (_, number) => {
    const [first, end] = [firstCells[number]!, firstCells[number + 1]!];
    let [share, rows] = [0, 0];
    for (let cell = first; cell < end; cell++) {
      share += cellRows[cell]! * Math.exp((promises[cell]! - best) / unit);
      rows += cellRows[cell]!;
    }
    return { number, share: share / (rows + REQUEST), rows };
  });
  sectors.sort((a, b) => b.share - a.share || a.number - b.number);
  let rows = 0;
  const end = sectors.findIndex((sector) => {
    const isEnough = rows >= scanned;
    rows += sector.rows;
    return isEnough;
  });
  return sectors.slice(0, end < 0 ? undefined : end).map(({ number }) => number);
}

/** Groups of a sector with the estimates of their rows. @param table of short codes */
function candidatesOf(
  { rows: coder, counts: { groupRows }, parts: { cellRows }, firstCells, firstGroups }: Head,
  { common, aside }: Question,
  { sector, cellScores, table }: { sector: number; cellScores: Float32Array; table: Float32Array },
  { codes }: SectorParts,
): Candidate[] {
  const candidates: Candidate[] = [];
  let at = 0;
  for (let cell = firstCells[sector]!; cell < firstCells[sector + 1]!; cell++) {
    const bounds = boundsOf(cellRows[cell]!, groupRows);
    for (let group = 0; group + 1 < bounds.length; group++) {
      const estimates = new Float32Array(bounds[group + 1]! - bounds[group]!);
      let promise = -Infinity;
      for (let i = 0; i < estimates.length; i++, at += coder.bytes) {
        estimates[i] = common + cellScores[cell]! + scoreOf(table, codes, at);
        const more = MARGIN * aside * coder.spreadOf(codes, at);
        promise = Math.max(promise, estimates[i]! + more);
      }
      candidates.push({ number: firstGroups[cell]! + group, promise, estimates });
    }
  }
  return candidates;
}

/** Scores of a group's rows by their long codes. */
function scoredOf(
  { parts: { levels } }: Head,
  { question: { along, spread }, accepts }: Search,
  { number, estimates }: Candidate,
  parts: GroupParts,
): Scored {
  const products = productsOf(parts, spread, levels);
  const sums = estimates.map((estimate, i) => estimate + products[i]!);
  const scores = sums.map((sum, i) => sum + along * halfToNumber(parts.lengths[i]!));
  const accepted = [...scores.keys()].filter((i) => accepts(parts.rows[i]!));
  const best = accepted.reduce((most, i) => Math.max(most, scores[i]!), -Infinity);
  return { number, rows: parts.rows, sums, scores, accepted, best };
}

/** What a row must score to be one of the best `k`. */
function worstOf(groups: readonly Scored[], k: number): number {
  const scores = groups.flatMap(({ scores, accepted }) => accepted.map((i) => scores[i]!));
  return scores.sort((a, b) => b - a)[k - 1] ?? -Infinity;
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
  const bytes = codes.length / scales.length;
  return Float32Array.from(scales, (scale, i) => {
    return halfToNumber(scale) * longScore(spread, levels, codes, i * bytes);
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
