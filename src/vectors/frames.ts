/**
 * Frames: what rows are measured from. A frame is the mean that its rows were centred by, with what
 * its rows are like; it holds the rows from its start to the next frame's. New rows far from the
 * frame in use begin another, so that nothing is ever encoded anew.
 */

export interface Frame {
  /** Its first row. */
  start: number;
  /** What rows were centred by, `dimensions` values. */
  mean: Float32Array;
  /** Rows that were added in it, dead ones too. */
  counted: number;
  /** Length of its longest centred row. */
  radius: number;
  /** Mean length of its centred rows. */
  meanRadius: number;
  /** Mean of dot(mean, row). */
  meanBias: number;
  /** The most that rounding took from a row. */
  worstError: number;
}

export function newFrame(start: number, mean: Float32Array): Frame {
  return { start, mean, counted: 0, radius: 0, meanRadius: 0, meanBias: 0, worstError: 0 };
}

/** Rows that a mean is learnt from at first: it is a tenth of their spread off. */
const LEARN_ROWS = 128;

/** Rows that are looked at together to see whether they are still near the mean. */
const WINDOW_ROWS = 4096;

/** New rows begin a frame where their mean is this far from the frame's: squared, of meanRadius squared. */
const DRIFT = 1 / 4;

/** Most frames; a query is rotated for each. */
export const MAX_FRAMES = 16;

/** Sums of rows as they came in: of those since a mean was taken, and of all before. */
export interface Sums {
  window: Float64Array;
  windowRows: number;
  total: Float64Array;
  totalRows: number;
}

/** Sees whether new rows are still near the mean. */
export class Drift {
  readonly #window: Float64Array;
  #windowRows: number;
  readonly #total: Float64Array;
  #totalRows: number;

  /** @param sums to go on from. @default none */
  constructor(dimensions: number, sums?: Sums) {
    this.#window = sums?.window.slice() ?? new Float64Array(dimensions);
    this.#windowRows = sums?.windowRows ?? 0;
    this.#total = sums?.total.slice() ?? new Float64Array(dimensions);
    this.#totalRows = sums?.totalRows ?? 0;
  }

  /** A copy. */
  get sums(): Sums {
    const [windowRows, totalRows] = [this.#windowRows, this.#totalRows];
    return { window: this.#window.slice(), windowRows, total: this.#total.slice(), totalRows };
  }

  count(rows: Float32Array): void {
    const window = this.#window;
    const dimensions = window.length;
    for (let start = 0; start < rows.length; start += dimensions) {
      for (let i = 0; i < dimensions; i++) window[i]! += rows[start + i]!;
    }
    this.#windowRows += rows.length / dimensions;
  }

  /** The mean of the rows counted since the last one was taken. */
  #takeMean(): Float32Array {
    const rows = this.#windowRows;
    const mean = Float32Array.from(this.#window, (sum) => sum / rows);
    this.#window.forEach((sum, i) => {
      this.#total[i]! += sum;
    });
    this.#totalRows += rows;
    this.#window.fill(0);
    this.#windowRows = 0;
    return mean;
  }

  /** The mean that the next rows need another frame for, if they do. */
  newMean(frames: readonly Frame[]): Float32Array | undefined {
    const { mean, meanRadius } = frames.at(-1)!;
    const isLearnt = mean.some((value) => value !== 0);
    const enough = isLearnt ? WINDOW_ROWS : LEARN_ROWS;
    if (this.#windowRows < enough || frames.length === MAX_FRAMES) return undefined;
    const found = this.#takeMean();
    const distance = found.reduce((sum, value, i) => sum + (value - mean[i]!) ** 2, 0);
    if (isLearnt && distance <= DRIFT * meanRadius ** 2) return undefined;
    // The last frame is for whatever comes: the mean of all fits that better than the latest rows'.
    if (frames.length < MAX_FRAMES - 1) return found;
    return Float32Array.from(this.#total, (sum) => sum / this.#totalRows);
  }
}
