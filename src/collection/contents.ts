import { NearfieldError } from '../contract/index.ts';
import { emptyBitmap, rowsIn, type Bitmap } from '../vectors/bitmap.ts';
import type { SearchModule } from '../vectors/index.ts';
import type { WordRow } from '../words/index.ts';
import { plainDocument } from './documents.ts';
import { MetadataIndex, type Expression } from './filter/index.ts';
import type { RowFiles } from './row-files.ts';
import type { DocumentRecord, Meta } from './schema.ts';
import type { Stored } from './storage.ts';
import { Table, type Place, type TableWrites } from './table.ts';
import { wordRows, WordTable, type WordWrites } from './word-table.ts';
import type { CutDocument } from './wire.ts';

/** Gives all documents, some at a time. */
export type ReadDocuments = () => AsyncIterable<readonly DocumentRecord[]>;

export interface Writes {
  rows: TableWrites;
  words: WordWrites;
}

/** All of a collection that is in memory, by one numbering of rows: vectors, words and metadata. */
export class Contents {
  readonly table: Table;
  readonly words: WordTable;
  /** Made when a filter asks for it first. */
  #metadata: MetadataIndex | undefined;

  constructor(table: Table, words: WordTable) {
    this.table = table;
    this.words = words;
  }

  /**
   * Reads what is stored, but for the words.
   *
   * @throws storage, integrity
   */
  static async load(
    module: SearchModule,
    { dimensions, shape }: Meta,
    { segments, words }: Stored,
    files: RowFiles,
    read: ReadDocuments,
  ): Promise<Contents> {
    const table = shape
      ? await Table.load(module, dimensions, files, shape, segments)
      : new Table(module, dimensions, files);
    const source = {
      segments: words,
      removed: () => table.dead(),
      rows: () => allWords(table, read),
    };
    return new Contents(table, new WordTable(source));
  }

  /** A table whose documents' words are not indexed yet. */
  static async withWords(table: Table, read: ReadDocuments): Promise<Contents> {
    const contents = new Contents(table, new WordTable());
    await contents.words.add(await allWords(table, read));
    return contents;
  }

  /** Puts documents in place of those of the same ids; `vectors` holds one row per passage, in their order. */
  async put(documents: readonly CutDocument[], vectors: Float32Array): Promise<void> {
    const { dimensions } = this.table.index;
    const rows = documents.reduce((sum, { spans }) => sum + spans.length / 2, 0);
    if (rows * dimensions !== vectors.length) {
      const got = `${vectors.length} values for ${rows} passages of width ${dimensions}`;
      throw new NearfieldError('internal', `The search worker was given ${got}.`);
    }
    // Before anything changes: what is made anew is made of what is stored.
    await this.words.open();
    this.remove(documents.map(({ document }) => document.id));
    const owners = documents.flatMap(({ document, spans }) =>
      new Array<string>(spans.length / 2).fill(document.id),
    );
    let first = this.table.appendAll(owners, vectors);
    const words = documents.flatMap((cut) => {
      const at = first;
      const count = cut.spans.length / 2;
      this.#metadata?.add(at, count, cut.document.metadata);
      first += count;
      return wordRows(cut, at);
    });
    await this.words.add(words);
  }

  /** Gives the ids that were there. */
  remove(ids: readonly string[]): string[] {
    return ids.filter((id) => {
      const place = this.table.place(id);
      if (!place) return false;
      this.table.remove(id);
      const rows = Array.from({ length: place.count }, (_, i) => place.first + i);
      this.words.remove(rows);
      for (const row of rows) this.#metadata?.remove(row);
      return true;
    });
  }

  /** Documents that have a row in a filter; all without one. */
  documentsIn(filter: Bitmap | undefined): number {
    if (!filter) return this.table.documents;
    const ids = new Set<string>();
    for (const row of rowsIn(filter)) {
      const id = this.table.owner(row);
      if (id !== null) ids.add(id);
    }
    return ids.size;
  }

  /** The same documents without the dead rows, in other files; this one is of no use any more. */
  async compacted(module: SearchModule, files: RowFiles): Promise<Contents> {
    const words = await this.words.open();
    const table = await this.table.compacted(module, files);
    try {
      words.vacuum((row) => {
        const owner = this.table.owner(row);
        const [from, to] = owner === null ? [] : [this.table.place(owner), table.place(owner)];
        if (!from || !to)
          throw new NearfieldError('internal', `The words of row ${row} are nobody's.`);
        return to.first + row - from.first;
      });
    } catch (error) {
      table.close();
      throw error;
    }
    return new Contents(table, this.words);
  }

  /** The rows that pass a filter: a bit for each row of the index, dead ones too. */
  async passing(filter: Expression, read: ReadDocuments): Promise<Bitmap> {
    const bits = emptyBitmap(this.table.index.rows);
    // Rows at the end may be dead since before the metadata was read.
    bits.set((await this.#metadataOf(read)).evaluate(filter));
    return bits;
  }

  async #metadataOf(read: ReadDocuments): Promise<MetadataIndex> {
    if (this.#metadata) return this.#metadata;
    const found = await byRow(this.table, read, ({ metadata }) => metadata);
    const index = new MetadataIndex();
    for (const [{ first, count }, metadata] of found) index.add(first, count, metadata);
    this.#metadata = index;
    return index;
  }

  async takeWrites(): Promise<Writes> {
    return { rows: await this.table.takeWrites(), words: this.words.takeWrites() };
  }

  close(): void {
    this.table.close();
  }
}

/** What is wanted of each document that has rows, in the order of these. */
async function byRow<T>(
  table: Table,
  read: ReadDocuments,
  wanted: (record: DocumentRecord) => T,
): Promise<[Place, T][]> {
  const found: [Place, T][] = [];
  for await (const records of read()) {
    for (const record of records) {
      const place = table.place(record.id);
      if (place) found.push([place, wanted(record)]);
    }
  }
  return found.sort(([a], [b]) => a.first - b.first);
}

/** The words of all documents, in the order of their rows. */
async function allWords(table: Table, read: ReadDocuments): Promise<WordRow[]> {
  const cutOf = (record: DocumentRecord): CutDocument => ({
    document: plainDocument(record),
    spans: record.spans,
  });
  const found = await byRow(table, read, cutOf);
  return found.flatMap(([{ first }, document]) => wordRows(document, first));
}
