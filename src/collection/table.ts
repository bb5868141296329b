import { NearfieldError } from '../contract/index.ts';
import { SEGMENT_ROWS, VectorIndex, type SearchModule, type Shape } from '../vectors/index.ts';
import type { Page } from './disk/index.ts';
import { joined } from './joined.ts';
import { StoredOriginals, type Edition, type RowFiles } from './row-files.ts';

/** The document a row belongs to; null once that was removed or replaced. */
export type Owner = string | null;

/** What the database keeps of the rows that lie together in the index, by the number of the first. */
export interface Segment {
  first: number;
  owners: Owner[];
  /** Of their codes. */
  checksum: number;
}

export interface Place {
  first: number;
  count: number;
}

/** What a commit has to store for the disk to equal the table. */
export interface TableWrites {
  segments: Segment[];
  pages: Page[];
}

/** What the collection's record has to say of a table. */
export interface TableRecord {
  /** The files that hold the rows; absent while there are none. */
  edition?: Edition | undefined;
  /** What the index is restored from, beside its codes. */
  shape?: Shape | undefined;
  documents: number;
  passages: number;
}

/** Rows that wait in memory before they are worth writing; 4 MiB at width 1,024. */
const WAITING_ROWS = 1024;

/**
 * The rows of a collection: their codes in memory, whose they are, and their files. A document's rows
 * are neighbours.
 */
export class Table {
  readonly index: VectorIndex;
  readonly files: RowFiles;
  readonly #owners: Owner[] = [];
  readonly #places = new Map<string, Place>();
  /** Rows that are in the files; those that follow wait in `#waiting`. */
  #written = 0;
  #waiting: Float32Array[] = [];
  /** First rows of the segments that the database does not know as they are. */
  readonly #touched = new Set<number>();

  /** @param shape of rows that the files hold. @default none */
  constructor(module: SearchModule, dimensions: number, files: RowFiles, shape?: Shape) {
    const originals = new StoredOriginals(files, dimensions);
    this.files = files;
    this.index = shape
      ? VectorIndex.restore(module, dimensions, shape, { originals })
      : new VectorIndex(module, dimensions, { originals });
  }

  /** Reads what is stored; throws `storage` or `integrity` where it is damaged. */
  static async load(
    module: SearchModule,
    dimensions: number,
    files: RowFiles,
    shape: Shape,
    segments: readonly Segment[],
  ): Promise<Table> {
    const table = new Table(module, dimensions, files, shape);
    const { index } = table;
    for (const segment of segments) await table.#take(segment);
    if (table.#owners.length !== index.rows) {
      throw damaged(`${index.rows} rows, of which ${table.#owners.length} have an owner`);
    }
    table.#written = index.rows;
    return table;
  }

  get documents(): number {
    return this.#places.size;
  }

  /** More than half of the rows are dead. */
  get isWasteful(): boolean {
    return this.index.live * 2 < this.index.rows;
  }

  /** Rows whose document was removed or replaced. */
  *dead(): Generator<number> {
    for (const [row, owner] of this.#owners.entries()) if (owner === null) yield row;
  }

  owner(row: number): Owner {
    return this.#owners[row] ?? null;
  }

  place(id: string): Place | undefined {
    return this.#places.get(id);
  }

  /** Appends the rows of a document that is not there. */
  append(id: string, vectors: Float32Array): void {
    const owners = new Array<string>(vectors.length / this.index.dimensions).fill(id);
    this.appendAll(owners, vectors);
  }

  /**
   * Appends the rows of documents that are not there; many at once are encoded faster.
   *
   * @param owners the document of each row
   * @returns the number of the first row
   */
  appendAll(owners: readonly string[], vectors: Float32Array): number {
    const first = this.index.add(vectors);
    this.#waiting.push(vectors);
    for (const [i, id] of owners.entries()) {
      this.#adopt(first + i, id);
      this.#touched.add(segmentOf(first + i));
    }
    return first;
  }

  /** Gives whether the document was there. */
  remove(id: string): boolean {
    const place = this.#places.get(id);
    if (!place) return false;
    this.#places.delete(id);
    for (let row = place.first; row < place.first + place.count; row++) {
      this.index.remove(row);
      this.#owners[row] = null;
      this.#touched.add(segmentOf(row));
    }
    return true;
  }

  /** The original rows of a document that has been written. */
  async vectorsOf({ first, count }: Place): Promise<Float32Array<ArrayBuffer>> {
    const { originals } = await this.files.open();
    const values = new Float32Array(count * this.index.dimensions);
    await originals.read(4 * first * this.index.dimensions, new Uint8Array(values.buffer));
    return values;
  }

  /** The same documents without the dead rows, in other files. */
  async compacted(module: SearchModule, files: RowFiles): Promise<Table> {
    const table = new Table(module, this.index.dimensions, files);
    try {
      for (const [id, place] of this.#places) {
        table.append(id, await this.vectorsOf(place));
        await table.relieve();
      }
      return table;
    } catch (error) {
      table.close();
      throw error;
    }
  }

  /** Writes rows that wait, once they are many: for those who append without an end. */
  async relieve(): Promise<void> {
    if (this.index.rows - this.#written >= WAITING_ROWS) await this.#write();
  }

  /**
   * Brings the rows to the disk, past those that are counted in. What it gives has to be committed;
   * the table takes it as stored from then on.
   */
  async takeWrites(): Promise<TableWrites> {
    let pages: Page[] = [];
    if (this.index.rows > this.#written) await this.#write();
    if (this.files.edition) {
      const { originals, codes } = await this.files.open();
      pages = [...originals.flush(), ...codes.flush()];
    }
    const segments = [...this.#touched].map((first) => ({
      first,
      owners: this.#owners.slice(first, first + SEGMENT_ROWS),
      checksum: this.index.checksum(first),
    }));
    this.#touched.clear();
    return { segments, pages };
  }

  /** As of what was written last. */
  get record(): TableRecord {
    const { edition } = this.files;
    const shape = edition && this.index.shape;
    return { edition, shape, documents: this.documents, passages: this.index.live };
  }

  close(): void {
    this.files.close();
    this.index.close();
  }

  async #write(): Promise<void> {
    const { originals, codes } = await this.files.open();
    // In one piece: in a private window each write is a message to another process.
    const rows = joined(this.#waiting);
    await originals.write(4 * this.#written * this.index.dimensions, new Uint8Array(rows.buffer));
    for (const part of this.index.codes(this.#written, this.index.rows)) {
      await codes.write(part.at, part.bytes);
    }
    this.#waiting = [];
    this.#written = this.index.rows;
  }

  /** Reads the codes of a segment and checks them while the processor has them at hand. */
  async #take({ first, owners, checksum }: Segment): Promise<void> {
    const { rows } = this.index;
    if (first !== this.#owners.length || owners.length !== Math.min(SEGMENT_ROWS, rows - first)) {
      throw damaged(`${owners.length} rows from row ${first} on`);
    }
    const { codes } = await this.files.open();
    for (const { at, bytes } of this.index.codes(first, first + owners.length)) {
      const reading = codes.read(at, bytes);
      if (reading) await reading;
    }
    this.index.verify(first, checksum);
    for (const [i, owner] of owners.entries()) this.#adopt(first + i, owner);
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
}

function segmentOf(row: number): number {
  return row - (row % SEGMENT_ROWS);
}

function damaged(what: string): NearfieldError {
  return new NearfieldError('storage', `What is stored of the vectors is damaged: ${what}.`);
}
