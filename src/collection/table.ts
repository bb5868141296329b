import { NearfieldError } from '../contract/index.ts';
import { ExactIndex } from '../vectors/index.ts';

/** Rows in a stored chunk; 4 MiB at width 1,024. */
export const CHUNK_ROWS = 1024;

/** The document a row belongs to; null once that was removed or replaced. */
export type Owner = string | null;

/** Stored under the number of its first row. */
export interface Chunk {
  first: number;
  owners: Owner[];
  vectors: Float32Array<ArrayBuffer>;
}

export interface Place {
  first: number;
  count: number;
}

/** What has to reach the disk for it to equal the table. Drop before writing. */
export interface TableWrites {
  dropped: number[];
  vectors: Pick<Chunk, 'first' | 'vectors'>[];
  owners: Pick<Chunk, 'first' | 'owners'>[];
}

/**
 * The rows of a collection in memory: vectors, whose they are, and how they lie on the disk.
 * A document's rows are neighbours. Pure: it says what to write and leaves writing to others.
 */
export class Table {
  readonly index: ExactIndex;
  readonly #owners: Owner[] = [];
  readonly #places = new Map<string, Place>();
  /** First rows of the chunks on the disk, rising; together they hold rows 0 to `#stored`. */
  readonly #firsts: number[] = [];
  readonly #touched = new Set<number>();
  #stored = 0;

  constructor(dimensions: number, capacity = 0) {
    this.index = new ExactIndex(dimensions, capacity);
  }

  get documents(): number {
    return this.#places.size;
  }

  /** More than half of the rows are dead. */
  get isWasteful(): boolean {
    return this.index.live * 2 < this.index.rows;
  }

  owner(row: number): Owner {
    return this.#owners[row] ?? null;
  }

  place(id: string): Place | undefined {
    return this.#places.get(id);
  }

  /** Takes a chunk from the disk; chunks come in the order of their rows. */
  load({ first, owners, vectors }: Chunk): void {
    if (first !== this.index.rows || vectors.length !== owners.length * this.index.dimensions) {
      throw damaged(first);
    }
    try {
      this.index.add(vectors);
    } catch (error) {
      throw damaged(first, error);
    }
    for (const [i, owner] of owners.entries()) this.#adopt(first + i, owner);
    this.#firsts.push(first);
    this.#stored = this.index.rows;
  }

  /** Appends the rows of a document that is not there. */
  append(id: string, vectors: Float32Array): void {
    const first = this.index.add(vectors);
    for (let row = first; row < this.index.rows; row++) this.#adopt(row, id);
  }

  /** Gives whether the document was there. */
  remove(id: string): boolean {
    const place = this.#places.get(id);
    if (!place) return false;
    this.#places.delete(id);
    for (let row = place.first; row < place.first + place.count; row++) {
      this.index.remove(row);
      this.#owners[row] = null;
      if (row < this.#stored) this.#touched.add(this.#chunkOf(row));
    }
    return true;
  }

  /** The same documents without the dead rows, none of it on the disk yet. */
  compacted(): Table {
    const table = new Table(this.index.dimensions, this.index.live);
    for (const [id, { first, count }] of this.#places) {
      table.append(id, this.index.slice(first, first + count));
    }
    return table;
  }

  /** What changed since the last call; the table counts it as stored from then on. */
  takeWrites(): TableWrites {
    const dropped: number[] = [];
    const { rows } = this.index;
    if (rows > this.#stored) this.#layOut(this.#absorb(dropped), rows);
    const fresh = this.#firsts.filter((first) => first >= (dropped.at(-1) ?? this.#stored));
    this.#stored = rows;
    const owners = [...new Set([...this.#touched, ...fresh])];
    this.#touched.clear();
    return {
      dropped,
      vectors: fresh.map((first) => ({
        first,
        vectors: this.index.slice(first, this.#endOf(first)),
      })),
      owners: owners.map((first) => ({
        first,
        owners: this.#owners.slice(first, this.#endOf(first)),
      })),
    };
  }

  #adopt(row: number, owner: Owner): void {
    this.#owners[row] = owner;
    if (owner === null) {
      this.index.remove(row);
      return;
    }
    const place = this.#places.get(owner);
    if (place) place.count++;
    else this.#places.set(owner, { first: row, count: 1 });
  }

  /**
   * Takes small chunks off the end, to be written again with the new rows; gives the first row to
   * write. A chunk is taken when it is no larger than what follows it, so each row is written
   * about ten times at most, however small the additions are.
   */
  #absorb(dropped: number[]): number {
    let start = this.#stored;
    for (;;) {
      const last = this.#firsts.at(-1);
      if (last === undefined) return start;
      const size = start - last;
      if (size >= CHUNK_ROWS || size > this.index.rows - start) return start;
      this.#firsts.pop();
      this.#touched.delete(last);
      dropped.push(last);
      start = last;
    }
  }

  #layOut(start: number, end: number): void {
    for (let first = start; first < end; first += CHUNK_ROWS) this.#firsts.push(first);
  }

  #endOf(first: number): number {
    return this.#firsts[this.#firsts.indexOf(first) + 1] ?? this.index.rows;
  }

  #chunkOf(row: number): number {
    return this.#firsts.findLast((first) => first <= row) ?? 0;
  }
}

function damaged(first: number, cause?: unknown): NearfieldError {
  return new NearfieldError('storage', `The stored chunk at row ${first} is damaged.`, { cause });
}
