import {
  FACTOR_BYTES,
  instantiateSearchKernels,
  paddedWidth,
  RESERVED_BYTES,
  rotationRounds,
  SEGMENT_ROWS,
  segmentOf,
  type SearchKernels,
  type Segment,
} from '../kernels/index.ts';
import { noMemory } from './checks.ts';
import type { SearchModule } from './load.ts';
import { ScanThread } from './scan-thread.ts';
import { signWords } from './signs.ts';

const PAGE_BYTES = 65_536;
const MAX_PAGES = 65_536;

/** Rows that are encoded at a time: few enough for the nearest cache. */
export const BATCH_ROWS = 16;

/** Rows that a list holds at most: candidates, or what a filter keeps. */
export const LIST_ROWS = 32_768;

/** Originals that are scored at a time. */
export const DOT_ROWS = 32;

/** Byte offsets of what lies before the segments. */
interface Places {
  signs: number;
  mean: number;
  /** BATCH_ROWS rows as they came, then centred. */
  x: number;
  y: number;
  norms: number;
  queryBytes: number;
  queryBits: number;
  /** How many rows lie at each distance. */
  counts: number;
  /** Those of the other thread. */
  otherCounts: number;
  list: number;
  /** Of the rows of the list, as uint16. */
  distances: number;
  scores: number;
  /** The query and DOT_ROWS originals, float32. */
  query: number;
  originals: number;
  segments: number;
}

/**
 * One WebAssembly.Memory with everything of an index in it that kernels read: scratch, then segments
 * of rows, of which more come at the end as the index grows; nothing ever moves.
 */
export class Space {
  readonly dimensions: number;
  readonly width: number;
  readonly layout: Segment;
  readonly at: Places;
  readonly kernels: SearchKernels;
  /** Scans half of the rows. */
  readonly thread: ScanThread | undefined;
  readonly #memory: WebAssembly.Memory;
  #derivedRows = 0;
  #bytes = new Uint8Array();
  #words = new Uint32Array();
  #floats = new Float32Array();
  #halves = new Uint16Array();

  /** @param worker runs `serveScans`; for shared modules only */
  constructor(
    { module, shared }: SearchModule,
    dimensions: number,
    seed: number,
    worker: Worker | undefined,
  ) {
    this.dimensions = dimensions;
    this.width = paddedWidth(dimensions);
    this.layout = segmentOf(this.width);
    this.at = placesOf(this.width, dimensions);
    const initial = Math.ceil(this.at.segments / PAGE_BYTES);
    this.#memory = new WebAssembly.Memory({ initial, maximum: MAX_PAGES, shared });
    this.kernels = instantiateSearchKernels(module, this.#memory);
    this.thread = worker && new ScanThread(worker, module, this.#memory);
    this.words.set(signWords(seed, rotationRounds(this.width) * this.width), this.at.signs / 4);
  }

  /** Bytes that are taken, whatever is in them. */
  get size(): number {
    return this.#memory.buffer.byteLength;
  }

  get bytes(): Uint8Array {
    this.#look();
    return this.#bytes;
  }

  get words(): Uint32Array {
    this.#look();
    return this.#words;
  }

  get floats(): Float32Array {
    this.#look();
    return this.#floats;
  }

  get halves(): Uint16Array {
    this.#look();
    return this.#halves;
  }

  /** Where the segment of a row begins. */
  segmentAt(row: number): number {
    return this.at.segments + Math.floor(row / SEGMENT_ROWS) * this.layout.bytes;
  }

  /** Where the factors of a row lie. */
  factorsAt(row: number): number {
    return this.segmentAt(row) + this.layout.factors + (row % SEGMENT_ROWS) * FACTOR_BYTES;
  }

  /** Makes room for so many rows; throws out-of-memory where there is none. */
  reserve(rows: number): void {
    const segments = Math.ceil(rows / SEGMENT_ROWS);
    const wanted = Math.ceil((this.at.segments + segments * this.layout.bytes) / PAGE_BYTES);
    const missing = wanted - this.size / PAGE_BYTES;
    if (missing <= 0) return;
    try {
      this.#memory.grow(missing);
    } catch (cause) {
      throw noMemory(rows, this.dimensions, cause);
    }
  }

  /** Brings heads and leans of so many rows up to date; new rows have none until they are scanned. */
  derive(rows: number): void {
    if (rows <= this.#derivedRows) return;
    this.kernels.deriveRows(this.width, this.at.segments, this.#derivedRows, rows);
    this.#derivedRows = rows;
  }

  /** After rows have moved. */
  forgetDerived(): void {
    this.#derivedRows = 0;
  }

  /** Growing gives the memory a new buffer. */
  #look(): void {
    const { buffer } = this.#memory;
    if (this.#bytes.buffer === buffer) return;
    this.#bytes = new Uint8Array(buffer);
    this.#words = new Uint32Array(buffer);
    this.#floats = new Float32Array(buffer);
    this.#halves = new Uint16Array(buffer);
  }
}

function placesOf(width: number, dimensions: number): Places {
  let end = RESERVED_BYTES;
  const area = (bytes: number): number => {
    const at = end;
    end = Math.ceil((end + bytes) / 64) * 64;
    return at;
  };
  return {
    signs: area(rotationRounds(width) * width * 4),
    mean: area(width * 4),
    x: area(BATCH_ROWS * dimensions * 4),
    y: area(BATCH_ROWS * width * 4),
    norms: area(BATCH_ROWS * 4),
    queryBytes: area(width),
    queryBits: area(width / 8),
    counts: area((width + 1) * 4),
    otherCounts: area((width + 1) * 4),
    list: area(LIST_ROWS * 4),
    distances: area(LIST_ROWS * 2),
    scores: area(LIST_ROWS * 4),
    query: area(dimensions * 4),
    originals: area(DOT_ROWS * dimensions * 4),
    segments: end,
  };
}
