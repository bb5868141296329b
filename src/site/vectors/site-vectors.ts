/** Searches the vectors of a site, of which it fetches what a query needs. */

import { halfToNumber, NearfieldError } from '../../contract/index.ts';
import { TopK } from '../../vectors/top-k.ts';
import { checkCell, checkGroup, checkHead, otherVersion } from './checked.ts';
import { scoreOf } from './codes.ts';
import { Files, type Moved, type ReadFile } from './files.ts';
import { Head, type Question } from './head.ts';
import { HEAD, type CellParts, type GroupParts } from './layout.ts';
import { longScore } from './long-codes.ts';
import { fileName, type VectorFiles } from './names.ts';

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
  signal?: AbortSignal;
}

interface SiteHits {
  /** Numbers of the rows, best first. */
  rows: Uint32Array<ArrayBuffer>;
  /** Their products with the query, nearly. */
  scores: Float32Array<ArrayBuffer>;
  /** Bytes that had to be fetched for this search. */
  bytes: number;
  files: number;
  /** Names of files that could not be read; what is in them was not searched. */
  missing: string[];
}

const SCAN_FACTOR = 32;
const GROUPS = 120;
const REST = 24;

interface Cell {
  number: number;
  score: number;
}

/** A group of rows by the best estimate of any of them. */
interface Candidate {
  cell: Cell;
  parts: CellParts;
  /** In its cell. */
  group: number;
  best: number;
  /** Of its rows. */
  estimates: Float32Array;
}

type Checked = ReturnType<typeof checkGroup>;

/** A group of rows by the best score of any of them. */
interface Scored {
  number: number;
  rows: Uint32Array;
  /** Of the file of what long codes leave. */
  checksum: number;
  /** Scores without what codes leave along the direction. */
  sums: Float32Array;
  scores: Float32Array;
  best: number;
}

export class SiteVectors {
  readonly rows: number;
  readonly dimensions: number;
  readonly #manifest: VectorFiles;
  readonly #files: Files;

  /**
   * Fetches nothing yet. Throws `incompatible-index` for files of another version.
   *
   * @param read gets a file by its name, from beside the manifest
   */
  constructor(manifest: VectorFiles, read: ReadFile) {
    if (manifest.version !== HEAD.version) throw otherVersion(manifest.version);
    this.rows = manifest.rows;
    this.dimensions = manifest.dimensions;
    this.#manifest = manifest;
    this.#files = new Files(read);
  }

  /**
   * The `k` rows of the largest products with `query`, as far as codes tell. Rejects with `integrity`
   * where a file is damaged, `download-failed` where the head is missing, `bad-input`, `aborted`.
   * Files beside the head that are missing are named in the answer.
   */
  async search(
    query: Float32Array,
    k: number,
    { scan, groups = GROUPS, rest = REST, signal }: SiteSearchOptions = {},
  ): Promise<SiteHits> {
    this.#check(query, k);
    const moved: Moved = { bytes: 0, files: 0, missing: [] };
    const head = await this.#head(moved, signal);
    const question = head.question(query);
    const table = head.rows.table(question.coordinates, question.along);
    const scanned = Math.max(k, scan ?? Math.ceil(SCAN_FACTOR * Math.sqrt(this.rows)));
    const cells = await Promise.all(
      bestCells(head, question, scanned).map(async (cell) => {
        const parts = await this.#cell(head, cell.number, moved, signal);
        return parts ? candidatesOf(head, table, cell, parts) : [];
      }),
    );
    const tens = Math.max(10, k) / 10;
    const chosen = cells.flat().sort((a, b) => b.best - a.best || orderOf(a, b));
    const found = await Promise.all(
      chosen.slice(0, Math.ceil(groups * tens)).map(async (candidate) => {
        const parts = await this.#group(head, candidate, moved, signal);
        return parts && scoredOf(head, question, candidate, parts);
      }),
    );
    const scored = found.filter((group) => group !== undefined);
    scored.sort((a, b) => b.best - a.best || a.number - b.number);
    await Promise.all(
      scored.slice(0, Math.ceil(rest * tens)).map(async (group) => {
        const parts = await this.#rest(head, group, moved, signal);
        if (parts) correct(head, question, group, parts);
      }),
    );
    return { ...rank(scored, k), ...moved };
  }

  #check(query: Float32Array, k: number): void {
    if (!Number.isInteger(k) || k < 1) {
      throw badInput(`k must be a whole number above 0, got ${k}`);
    }
    if (query.length !== this.dimensions) {
      throw badInput(`the query has ${query.length} values, the index ${this.dimensions}`);
    }
    if (!query.every(Number.isFinite)) throw badInput('the query has a value that is not finite');
  }

  #head(moved: Moved, signal: AbortSignal | undefined): Promise<Head> {
    const { head: name, checksum, rows, dimensions } = this.#manifest;
    const make = (bytes: Uint8Array<ArrayBuffer>): Head => {
      const counts = checkHead(name, bytes, Number.parseInt(checksum, 16));
      if (counts.rows !== rows || counts.dimensions !== dimensions) {
        throw new NearfieldError(
          'integrity',
          `The manifest tells of ${rows} vectors of width ${dimensions}, ${name} of ${counts.rows} of ${counts.dimensions}. Publish the files of one build together.`,
        );
      }
      return new Head(bytes, counts);
    };
    return this.#files.get(name, make, moved, signal);
  }

  #cell(
    head: Head,
    number: number,
    moved: Moved,
    signal: AbortSignal | undefined,
  ): Promise<CellParts | undefined> {
    const name = fileName('cell', number, head.parts.cellChecksums[number]!);
    return this.#files.find(name, (bytes) => checkCell(name, bytes, number, head), moved, signal);
  }

  #group(
    head: Head,
    { cell, parts, group, estimates }: Candidate,
    moved: Moved,
    signal: AbortSignal | undefined,
  ): Promise<Checked | undefined> {
    const number = head.firstGroups[cell.number]! + group;
    const checksum = parts.checksums[group]!;
    const name = fileName('group', number, checksum);
    const expected = { number, rows: estimates.length };
    return this.#files.find(
      name,
      (bytes) => checkGroup(name, bytes, checksum, expected, head),
      moved,
      signal,
    );
  }

  #rest(
    head: Head,
    { number, checksum, sums }: Scored,
    moved: Moved,
    signal: AbortSignal | undefined,
  ): Promise<Checked | undefined> {
    const name = fileName('rest', number, checksum);
    const expected = { number, rows: sums.length };
    return this.#files.find(
      name,
      (bytes) => checkGroup(name, bytes, checksum, expected, head),
      moved,
      signal,
    );
  }
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
  { rows: coder, counts: { groupRows }, parts: { cellRows } }: Head,
  table: Float32Array,
  cell: Cell,
  parts: CellParts,
): Candidate[] {
  const estimates = Float32Array.from(
    { length: cellRows[cell.number]! },
    (_, row) => cell.score + scoreOf(table, parts.codes, row * coder.bytes, coder.bytes),
  );
  return Array.from(parts.checksums, (_, group) => {
    const own = estimates.subarray(group * groupRows, (group + 1) * groupRows);
    const best = own.reduce((a, b) => Math.max(a, b));
    return { cell, parts, group, best, estimates: own };
  });
}

function orderOf(a: Candidate, b: Candidate): number {
  return a.cell.number - b.cell.number || a.group - b.group;
}

/** Scores of a group's rows by their long codes. */
function scoredOf(
  { firstGroups, parts: { levels } }: Head,
  { common, along, spread }: Question,
  { cell, group, estimates }: Candidate,
  parts: Checked,
): Scored {
  const products = productsOf(parts, spread, levels);
  const sums = estimates.map((estimate, i) => common + estimate + products[i]!);
  const scores = sums.map((sum, i) => sum + along * halfToNumber(parts.lengths[i]!));
  const best = scores.reduce((a, b) => Math.max(a, b));
  const number = firstGroups[cell.number]! + group;
  return { number, rows: parts.rows, checksum: parts.rest, sums, scores, best };
}

/** Makes a group's scores better by what its long codes leave. */
function correct(
  { parts: { restLevels } }: Head,
  { along, restSpread }: Question,
  { sums, scores }: Scored,
  parts: Checked,
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

/** The best `k` rows of all groups; equal scores by row number. */
function rank(groups: readonly Scored[], k: number): Pick<SiteHits, 'rows' | 'scores'> {
  const found = groups.flatMap(({ rows, scores }) =>
    Array.from(rows, (row, i) => ({ row, score: scores[i]! })),
  );
  found.sort((a, b) => a.row - b.row);
  const top = new TopK(Math.min(k, found.length));
  for (const { row, score } of found) top.offer(score, row);
  return top.drain();
}
