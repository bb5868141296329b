/** When a scan goes to the GPU, and what becomes of it there. */

import { messageOf, type GpuScanInfo } from '../contract/index.ts';
import { withinHearing } from '../device/index.ts';
import { headBytes } from '../kernels/index.ts';
import type { Asked } from './asked.ts';
import { bitScanOf, scanBits, takeScanned, type Scanned } from './bit-scan.ts';
import { GpuScan } from './gpu-scan.ts';
import type { GpuSource } from './load.ts';
import type { Plan } from './plan.ts';
import type { FramedQuery } from './query.ts';
import type { Space } from './space.ts';

/**
 * Rows from which on a GPU is asked for. Not measured on a real one: on one thread the scan of so many
 * takes 2.7 ms (docs/benchmarks.md), and a GPU has to be sent the question and read before it gains.
 */
const GPU_ROWS = 500_000;

/** A scan takes milliseconds; a model that works on the same device may keep it waiting. */
const PATIENCE_MS = 2000;

/** A search as far as its scan needs it. */
export interface Search {
  rows: number;
  asked: Asked;
  plan: Plan;
  queries: readonly FramedQuery[];
}

/**
 * Gives the first scan of large searches to a GPU. Scans run on WASM until it is there, while it is busy
 * with another search's, and for good once anything went wrong: it was lost, had no memory, or found something
 * else than WASM in its first scan.
 */
export class GpuScanner {
  readonly #space: Space;
  readonly #source: GpuSource;
  readonly #rowBytes: number;
  #state: GpuScanInfo['state'] | undefined;
  #reason: string | undefined;
  #scan: GpuScan | undefined;
  #isBusy = false;
  #isProven = false;

  constructor(space: Space, source: GpuSource) {
    this.#space = space;
    this.#source = source;
    this.#rowBytes = headBytes(space.width) || space.width / 8;
  }

  /** Undefined where none was asked for yet. */
  get info(): GpuScanInfo | undefined {
    const reason = this.#reason;
    const bytes = this.#scan?.bytes ?? 0;
    return this.#state && { state: this.#state, bytes, ...(reason !== undefined && { reason }) };
  }

  /**
   * What `scanBits` would find. Undefined where WASM has to scan; a promise of that where the GPU
   * failed meanwhile, or has not answered for PATIENCE_MS.
   */
  scan(search: Search): Promise<Scanned | undefined> | undefined {
    const { fromRows = GPU_ROWS } = this.#source;
    const { mode, candidates } = search.plan;
    if (mode !== 'bits' || search.rows < fromRows) return undefined;
    if (this.#state === undefined) void this.#open();
    if (!this.#scan || this.#isBusy) return undefined;
    // Where so many candidates are asked for that all bits are scanned, which it does not have.
    if (bitScanOf(this.#space.width, candidates).bytes !== this.#rowBytes) return undefined;
    // Of a scan that nobody waits for any more, the device is busy until its end.
    return withinHearing(PATIENCE_MS, this.#run(this.#scan, search));
  }

  /** The rows from `row` on are others now. */
  forget(row: number): void {
    this.#scan?.forget(row);
  }

  /** Gives its memory back. */
  close(): void {
    this.#fail(new Error('The index was closed'));
  }

  async #open(): Promise<void> {
    this.#state = 'opening';
    try {
      const device = await this.#source.device();
      const scan = await GpuScan.open(this.#space, device, this.#rowBytes);
      this.#scan = scan;
      // The index may have been closed meanwhile.
      if (this.#reason === undefined) this.#state = 'ready';
      else this.#drop();
    } catch (error) {
      this.#fail(error);
    }
  }

  async #run(scan: GpuScan, search: Search): Promise<Scanned | undefined> {
    const { rows, queries, asked } = search;
    this.#isBusy = true;
    try {
      const wanted = this.#isProven ? undefined : this.#scanHere(search);
      const scanned = await scan.scan(rows, queries, asked.mask);
      if (wanted) assertSame(scanned, wanted);
      this.#isProven = true;
      return scanned;
    } catch (error) {
      this.#fail(error);
      return undefined;
    } finally {
      this.#isBusy = false;
    }
  }

  #scanHere({ rows, queries, asked }: Search): Scanned {
    const counts = scanBits(this.#space, rows, queries, asked.mask, this.#rowBytes);
    return takeScanned(this.#space, rows, counts);
  }

  #fail(error: unknown): void {
    this.#state = 'failed';
    this.#reason ??= messageOf(error);
    this.#drop();
  }

  #drop(): void {
    this.#scan?.close();
    this.#scan = undefined;
  }
}

function assertSame(scanned: Scanned, wanted: Scanned): void {
  const row = wanted.distances.findIndex((distance, row) => distance !== scanned.distances[row]);
  const isCounted = wanted.counts.every((counts, frame) =>
    counts.every((count, distance) => count === scanned.counts[frame]![distance]),
  );
  if (row < 0 && isCounted) return;
  throw new Error(
    `The GPU computes something else than WASM${row < 0 ? '' : `, as of row ${row}`}`,
  );
}
