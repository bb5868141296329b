import { noMemory } from './checks.ts';

/** The float32 rows that an index was made from: only the last few candidates are read. */
export interface Originals {
  /** Rows x dimensions values, in the order asked for; numbers rise. */
  read(rows: Uint32Array): Float32Array | Promise<Float32Array>;
}

/** Bytes in a part, so that growing copies nothing. */
const PART_BYTES = 4 * 2 ** 20;

/** In memory. */
export class MemoryOriginals implements Originals {
  readonly #dimensions: number;
  readonly #rowsOfPart: number;
  readonly #parts: Float32Array<ArrayBuffer>[] = [];
  #rows = 0;

  constructor(dimensions: number) {
    this.#dimensions = dimensions;
    this.#rowsOfPart = Math.max(1, Math.floor(PART_BYTES / 4 / dimensions));
  }

  /** Makes room for so many rows in all; throws out-of-memory where there is none. */
  reserve(rows: number): void {
    const parts = Math.ceil(rows / this.#rowsOfPart);
    try {
      while (this.#parts.length < parts) {
        this.#parts.push(new Float32Array(this.#rowsOfPart * this.#dimensions));
      }
    } catch (cause) {
      throw noMemory(rows, this.#dimensions, cause);
    }
  }

  add(rows: Float32Array): void {
    const dimensions = this.#dimensions;
    this.reserve(this.#rows + rows.length / dimensions);
    for (let start = 0; start < rows.length;) {
      const place = this.#rows % this.#rowsOfPart;
      const piece = rows.subarray(start, start + (this.#rowsOfPart - place) * dimensions);
      this.#parts[Math.floor(this.#rows / this.#rowsOfPart)]!.set(piece, place * dimensions);
      this.#rows += piece.length / dimensions;
      start += piece.length;
    }
  }

  read(rows: Uint32Array): Float32Array<ArrayBuffer> {
    const read = new Float32Array(rows.length * this.#dimensions);
    this.copy(rows, read, 0);
    return read;
  }

  /** As `read`, to `start` of `target`. */
  copy(rows: Uint32Array, target: Float32Array, start: number): void {
    for (const [i, row] of rows.entries()) target.set(this.#row(row), start + i * this.#dimensions);
  }

  /** Keeps the rows listed, numbers rising, and renumbers them. */
  keep(rows: Uint32Array): void {
    for (let i = 0; i < rows.length; i++) this.#row(i).set(this.#row(rows[i]!));
    this.#rows = rows.length;
    this.#parts.length = Math.ceil(rows.length / this.#rowsOfPart);
  }

  #row(row: number): Float32Array<ArrayBuffer> {
    const start = (row % this.#rowsOfPart) * this.#dimensions;
    return this.#parts[Math.floor(row / this.#rowsOfPart)]!.subarray(
      start,
      start + this.#dimensions,
    );
  }
}
