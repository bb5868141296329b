import type { GpuScanInfo } from '../contract/index.ts';
import { SEGMENT_ROWS } from '../kernels/index.ts';
import { ask } from './asked.ts';
import { boundedRows } from './bounded.ts';
import type { Scanned } from './bit-scan.ts';
import { assertCount, assertDimensions, assertQuery, assertRows, badInput } from './checks.ts';
import {
  assertFactors,
  codeParts,
  codesChecksum,
  damaged,
  rowsChecksum,
  type CodePart,
} from './codes.ts';
import { Encoder } from './encoder.ts';
import type { Frame, Sums } from './frames.ts';
import { GpuScanner, type Search } from './gpu.ts';
import type { SearchModule } from './load.ts';
import { nearestRows } from './nearest.ts';
import { MemoryOriginals, type Originals } from './originals.ts';
import { planOf, type Mode } from './plan.ts';
import { frameQuery } from './query.ts';
import { moveRow } from './move.ts';
import { backgroundOf, type Background } from './background.ts';
import { originalScores, rescore } from './rescore.ts';
import { wakeThread } from './scan.ts';
import { Space } from './space.ts';
import { assertFrames, assertSums, readIndex, writeBlocks, type Header } from './stored.ts';
import type { Ranked } from './top-k.ts';

export interface IndexOptions {
  /** Of the random rotation. @default 1 */
  seed?: number;
  /** Where the float32 rows are that `add` is given. @default in memory */
  originals?: Originals;
  /**
   * A worker whose script calls `serveScans`: a second thread for scans. The index must then be in a
   * worker itself, its module a shared one. @default none
   */
  worker?: Worker;
}

export interface SearchOptions {
  /**
   * true: what float32 scores of all rows would give, ties by row number; false: approximate as soon as
   * that is quicker. @default exact up to 20,000 rows, and where bits tell too little to be quicker
   */
  exact?: boolean;
  /** Rows chosen by their sign bits, where the search is not exact. @default grows with the index and k */
  candidates?: number;
  /** Bit r % 32 of word r / 32 is set where row r may be found. @default every row */
  filter?: Uint32Array;
  /** Rows that score below are left out. @default none */
  minScore?: number;
}

/** What has to be kept of an index beside its codes; survives structured cloning. */
export interface Shape {
  seed: number;
  rows: number;
  frames: readonly Frame[];
  /** Of the rows, by which the next ones are judged. */
  sums: Sums;
}

export interface Found extends Ranked {
  mode: Mode;
  /** Rows that were chosen by their sign bits; 0 where the mode is exact. */
  candidates: number;
  /** Rows whose float32 scores were computed. */
  rescored: number;
  /** Where all rows were scanned. */
  scan: 'wasm' | 'webgpu';
}

/**
 * Nearest vectors by dot product (of unit rows: by cosine). Rows are kept as int8 and as sign bits, after
 * their mean is taken off and a random rotation; the float32 originals are read for the last few only.
 * Row numbers are given in the order of adding; a removed row is a tombstone until `compact`.
 */
export class VectorIndex {
  readonly #space: Space;
  readonly #encoder: Encoder;
  readonly #originals: Originals;
  /** The originals where they are the index's own. */
  readonly #own: MemoryOriginals | undefined;
  readonly #gpu: GpuScanner | undefined;
  readonly #seed: number;
  #rows = 0;
  #live = 0;
  #compactions = 0;

  /**
   * @param dimensions values in a row
   * @throws bad-input
   */
  constructor(
    module: SearchModule,
    dimensions: number,
    options: IndexOptions = {},
    stored?: Header,
  ) {
    assertDimensions(dimensions);
    const { seed = 1, originals, worker } = options;
    if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32) {
      throw badInput(`the seed must be a whole number from 0 to 4294967295, got ${seed}`);
    }
    this.#seed = seed;
    this.#space = new Space(module, dimensions, seed, worker);
    this.#encoder = new Encoder(this.#space, stored?.frames, stored?.sums);
    this.#own = originals ? undefined : new MemoryOriginals(dimensions);
    this.#originals = originals ?? this.#own!;
    this.#gpu = module.gpu && new GpuScanner(this.#space, module.gpu);
    this.#rows = stored?.rows ?? 0;
    this.#live = stored?.live ?? 0;
  }

  /**
   * An index from what `blocks` gave, end to end. What it says is checked field by field.
   *
   * @param originals of its rows, which are not in the bytes
   * @throws integrity where the bytes are damaged, incompatible-index where another version made them
   */
  static from(module: SearchModule, bytes: Uint8Array, originals: Originals): VectorIndex {
    return readIndex(bytes, (header) => {
      const { dimensions, seed } = header;
      const index = new VectorIndex(module, dimensions, { seed, originals }, header);
      return { index, space: index.#space };
    });
  }

  /**
   * An index of rows whose codes are stored: to be read into `codes(0, rows)`, and each segment then
   * to be checked by `verify`. All rows are live.
   *
   * @throws integrity where the shape is none
   */
  static restore(
    module: SearchModule,
    dimensions: number,
    { seed, rows, frames, sums }: Shape,
    options: Omit<IndexOptions, 'seed'>,
  ): VectorIndex {
    const own = frames.map((frame) => ({ ...frame, mean: frame.mean.slice() }));
    if (own.length === 0) throw damaged('it has no frames');
    assertFrames(own, rows);
    assertSums(sums, dimensions);
    const header = { dimensions, seed, rows, live: rows, frames: own, sums };
    const index = new VectorIndex(module, dimensions, { ...options, seed }, header);
    index.#space.reserve(rows);
    for (let first = 0; first < rows; first += 32) {
      index.#space.words[index.#aliveAt(first)] = 2 ** Math.min(32, rows - first) - 1;
    }
    return index;
  }

  get dimensions(): number {
    return this.#space.dimensions;
  }

  /** As of now: a copy. */
  get shape(): Shape {
    const frames = this.#encoder.frames.map((frame) => ({ ...frame }));
    return { seed: this.#seed, rows: this.#rows, frames, sums: this.#encoder.sums };
  }

  /** Rows added so far, removed ones counted in. */
  get rows(): number {
    return this.#rows;
  }

  /** Rows that search can find. */
  get live(): number {
    return this.#live;
  }

  /** Bytes of memory, originals not counted in. */
  get size(): number {
    return this.#space.size;
  }

  /** Scans are shared with a second thread, which has started. */
  get isParallel(): boolean {
    return this.#space.thread?.isReady ?? false;
  }

  /** What became of the GPU; undefined where none was asked for yet. */
  get gpu(): GpuScanInfo | undefined {
    return this.#gpu?.info;
  }

  /** Gives the GPU's memory back; searches go on without it. */
  close(): void {
    this.#gpu?.close();
  }

  /** Appends rows x dimensions finite values; gives the number of the first row. */
  add(rows: Float32Array): number {
    const count = assertRows(rows, this.dimensions);
    const first = this.#rows;
    // The first thing that may fail, when nothing has changed yet.
    this.#own?.reserve(first + count);
    this.#encoder.add(rows, first);
    this.#own?.add(rows);
    for (let row = first; row < first + count; row++) this.#setAlive(row, true);
    this.#rows += count;
    this.#live += count;
    return first;
  }

  /** Gives whether the row was there. */
  remove(row: number): boolean {
    if (!Number.isInteger(row) || row < 0 || row >= this.#rows || !this.#isAlive(row)) return false;
    this.#setAlive(row, false);
    this.#live--;
    return true;
  }

  /**
   * Drops removed rows; the others keep their order and get new numbers. Gives their old ones, by
   * which originals that are not the index's own have to be moved.
   */
  compact(): Uint32Array {
    const kept = new Uint32Array(this.#live);
    let next = 0;
    for (let row = 0; row < this.#rows; row++) {
      if (!this.#isAlive(row)) continue;
      this.#setAlive(row, false);
      if (next !== row) moveRow(this.#space, row, next);
      kept[next++] = row;
    }
    for (let row = 0; row < next; row++) this.#setAlive(row, true);
    this.#space.forgetDerived();
    const moved = kept.findIndex((row, i) => row !== i);
    this.#gpu?.forget(moved < 0 ? next : moved);
    this.#encoder.keep(kept);
    this.#own?.keep(kept);
    this.#rows = next;
    this.#compactions++;
    return kept;
  }

  /**
   * The `k` rows with the largest dot product, best first, ties by row number; fewer where there are
   * not so many.
   *
   * @param query `dimensions` finite values
   * @param k a whole number above 0; more than there are rows is fine
   * @throws bad-input
   */
  async search(query: Float32Array, k: number, options: SearchOptions = {}): Promise<Found> {
    this.#assertSearch(query, k, options);
    const { minScore = Number.NEGATIVE_INFINITY } = options;
    for (;;) {
      const compactions = this.#compactions;
      const search = this.#prepare(query, k, options);
      const scanning = this.#gpu?.scan(search);
      const scanned = scanning && (await scanning);
      // Rows have other numbers after a compaction; a GPU that failed will not be asked again.
      if (compactions !== this.#compactions || (scanning && !scanned)) continue;
      const rows = this.#candidates(search, k, minScore, scanned);
      const originals = [this.#originals, this.#own] as const;
      const ranked = await rescore(this.#space, query, rows, k, minScore, ...originals);
      if (compactions !== this.#compactions) continue;
      const { mode, candidates } = search.plan;
      const scan = scanned ? 'webgpu' : 'wasm';
      return { ...ranked, mode, candidates, rescored: rows.length, scan };
    }
  }

  /**
   * float32 scores of some rows, in their order.
   *
   * @param rows numbers of rows that are there, rising
   * @throws bad-input
   */
  async scores(query: Float32Array, rows: Uint32Array): Promise<Float32Array> {
    assertQuery(query, this.dimensions);
    const wrong = rows.find((row, i) => row >= this.#rows || row <= (rows[i - 1] ?? -1));
    if (wrong !== undefined) throw badInput(`row ${wrong} is not there, or not in its place`);
    return originalScores(this.#space, query, rows, this.#originals, this.#own);
  }

  /** What the query's scores are like over the live rows, as a sample tells. @throws bad-input */
  background(query: Float32Array): Background {
    assertQuery(query, this.dimensions);
    const asked = ask(this.#space, this.#rows, this.#live, undefined);
    const queries = this.#encoder.frames.map((frame) => frameQuery(this.#space, query, frame));
    return backgroundOf(this.#space, this.#rows, queries, asked);
  }

  /** What `from` takes, in order: a head, then a block for each 1,024 rows. The originals are not in it. */
  blocks(): Generator<Uint8Array<ArrayBuffer>> {
    const [dimensions, seed, rows, live] = [this.dimensions, this.#seed, this.#rows, this.#live];
    return writeBlocks(this.#space, { dimensions, seed, rows, live, frames: this.#encoder.frames });
  }

  /** Where the codes of rows `first` up to `end` lie in memory and belong in a file of codes. */
  codes(first: number, end: number): Generator<CodePart> {
    return codeParts(this.#space, first, end);
  }

  /** Of the codes in the segment that row `first` begins. */
  checksum(first: number): number {
    return codesChecksum(this.#space, first, this.#endOfSegment(first));
  }

  /** Of rows as they were given to `add`, wherever they lie. */
  originalsChecksum(rows: Float32Array): number {
    return rowsChecksum(this.#space, rows);
  }

  /** @throws integrity where the segment that row `first` begins has another checksum or unsound numbers */
  verify(first: number, checksum: number): void {
    const end = this.#endOfSegment(first);
    if (codesChecksum(this.#space, first, end) !== checksum) {
      throw damaged(`the checksum of rows ${first} to ${end - 1} is another`);
    }
    assertFactors(this.#space, first, end);
  }

  #endOfSegment(first: number): number {
    return Math.min(first + SEGMENT_ROWS, this.#rows);
  }

  /** What a filter keeps is marked in the space, until the next search. */
  #prepare(query: Float32Array, k: number, { exact, candidates, filter }: SearchOptions): Search {
    const space = this.#space;
    const rows = this.#rows;
    const asked = ask(space, rows, this.#live, filter);
    const plan = planOf(k, asked.count, space.width, exact, candidates);
    if (asked.count === 0) return { rows, asked, plan, queries: [] };
    wakeThread(space, rows);
    const queries = this.#encoder.frames.map((frame) => frameQuery(space, query, frame));
    return { rows, asked, plan, queries };
  }

  /** Numbers of the rows whose float32 scores decide, rising. @param scanned on a GPU */
  #candidates(
    { rows, asked, plan, queries }: Search,
    k: number,
    minScore: number,
    scanned: Scanned | undefined,
  ): Uint32Array {
    if (asked.count === 0) return new Uint32Array();
    return plan.mode === 'exact'
      ? boundedRows(this.#space, rows, queries, asked, k, minScore)
      : nearestRows(this.#space, rows, queries, asked, plan, scanned);
  }

  #assertSearch(query: Float32Array, k: number, options: SearchOptions): void {
    assertQuery(query, this.dimensions);
    assertCount('k', k);
    const { candidates, filter, minScore } = options;
    if (candidates !== undefined) assertCount('candidates', candidates);
    if (Number.isNaN(minScore)) throw badInput('minScore must be a number, got NaN');
    const words = Math.ceil(this.#rows / 32);
    if (filter && filter.length < words) {
      throw badInput(`the filter has ${filter.length} words of 32 rows, the index ${words}`);
    }
  }

  #isAlive(row: number): boolean {
    const word = this.#space.words[this.#aliveAt(row)]!;
    return ((word >>> (row & 31)) & 1) === 1;
  }

  #setAlive(row: number, alive: boolean): void {
    const bit = 1 << (row & 31);
    if (alive) this.#space.words[this.#aliveAt(row)]! |= bit;
    else this.#space.words[this.#aliveAt(row)]! &= ~bit;
  }

  /** Index of the word that has the row's bit. */
  #aliveAt(row: number): number {
    const { layout } = this.#space;
    return (this.#space.segmentAt(row) + layout.alive) / 4 + Math.floor((row % SEGMENT_ROWS) / 32);
  }
}
