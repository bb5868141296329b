import { badInput } from './checks.ts';
import { Drift, newFrame, type Frame, type Sums } from './frames.ts';
import { BATCH_ROWS, type Space } from './space.ts';

/** At every 128th row the mean is looked at: rows have the same codes however many come at once. */
const PIECE_ROWS = 128;

/** Most rows an index holds: their numbers and bitmaps stay inside 32 bits. */
const MAX_ROWS = 2 ** 31;

/** Brings rows into the segments of a space, and keeps the frames they are measured from. */
export class Encoder {
  readonly frames: Frame[];
  readonly #space: Space;
  readonly #drift: Drift;

  /**
   * @param frames of an index that was stored; none: a new one
   * @param sums of its rows. @default not known
   */
  constructor(space: Space, frames: Frame[] = [], sums?: Sums) {
    this.#space = space;
    this.#drift = new Drift(space.dimensions, sums);
    this.frames = frames.length > 0 ? frames : [newFrame(0, new Float32Array(space.dimensions))];
  }

  get sums(): Sums {
    return this.#drift.sums;
  }

  /** Encodes rows as those from `first` on. */
  add(rows: Float32Array, first: number): void {
    const { dimensions } = this.#space;
    const count = rows.length / dimensions;
    if (first + count > MAX_ROWS) throw badInput(`an index holds ${MAX_ROWS} rows at most`);
    this.#space.reserve(first + count);
    for (let row = 0; row < count;) {
      const place = (first + row) % PIECE_ROWS;
      if (place === 0) this.#follow(first + row);
      const end = Math.min(count, row + PIECE_ROWS - place);
      const piece = rows.subarray(row * dimensions, end * dimensions);
      this.#drift.count(piece);
      this.#encode(piece, first + row);
      row = end;
    }
  }

  #follow(row: number): void {
    const mean = this.#drift.newMean(this.frames);
    if (!mean) return;
    // Of a frame that has no rows, as that of an empty index, nothing was ever measured.
    if (this.frames.at(-1)!.start === row) this.frames.pop();
    this.frames.push(newFrame(row, mean));
  }

  #encode(rows: Float32Array, first: number): void {
    const { dimensions, floats, at } = this.#space;
    const frame = this.frames.at(-1)!;
    floats.fill(0, at.mean / 4, at.mean / 4 + this.#space.width);
    floats.set(frame.mean, at.mean / 4);
    const count = rows.length / dimensions;
    for (let row = 0; row < count; row += BATCH_ROWS) {
      const batch = rows.subarray(row * dimensions, (row + BATCH_ROWS) * dimensions);
      floats.set(batch, at.x / 4);
      this.#encodeBatch(batch.length / dimensions, first + row);
      this.#measure(frame, batch.length / dimensions, first + row);
    }
  }

  #encodeBatch(count: number, first: number): void {
    const { kernels, dimensions, width, at } = this.#space;
    kernels.centreRows(at.x, count, dimensions, width, at.mean, at.y, at.segments, first);
    kernels.rotateRows(at.y, count, width, at.signs);
    kernels.encodeRows(at.y, count, width, at.segments, first, at.norms);
  }

  /** Takes lengths, errors and biases of encoded rows into what is known of their frame. */
  #measure(frame: Frame, count: number, first: number): void {
    const { floats, at } = this.#space;
    for (let i = 0; i < count; i++) {
      const length = floats[at.norms / 4 + i]!;
      const factors = this.#space.factorsAt(first + i) / 4;
      const [error, bias] = [floats[factors + 2]!, floats[factors + 3]!];
      frame.counted++;
      frame.worstError = Math.max(frame.worstError, error);
      frame.radius = Math.max(frame.radius, length);
      frame.meanRadius += (length - frame.meanRadius) / frame.counted;
      frame.meanBias += (bias - frame.meanBias) / frame.counted;
    }
  }

  /** Starts frames at their new rows where only the rows listed are left, numbers rising. */
  keep(rows: Uint32Array): void {
    for (const frame of this.frames) {
      const start = rows.findIndex((row) => row >= frame.start);
      frame.start = start < 0 ? rows.length : start;
    }
    const ended = this.frames.filter((frame, i) => frame.start === this.frames[i + 1]?.start);
    for (const frame of ended) this.frames.splice(this.frames.indexOf(frame), 1);
  }
}
