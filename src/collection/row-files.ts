import { NearfieldError } from '../contract/index.ts';
import type { Originals } from '../vectors/index.ts';
import { openOpfsFile, PagedFile, type DiskFile, type Pages } from './disk/index.ts';

/** One writing of a collection's rows. Another takes its place when the rows are renumbered. */
export interface Edition {
  id: string;
  disk: 'opfs' | 'pages';
}

export interface Files {
  /** float32 [row][dimensions], as they were embedded. */
  originals: DiskFile;
  /** What the index made of them, in its own layout. */
  codes: DiskFile;
}

/** The two files of a table, which are opened, or made, when they are used first. */
export class RowFiles {
  readonly #collection: string;
  readonly #pages: Pages;
  #edition: Edition | undefined;
  #files: Promise<Files> | undefined;

  /** @param edition that is stored. @default a new one */
  constructor(collection: string, pages: Pages, edition?: Edition) {
    this.#collection = collection;
    this.#pages = pages;
    this.#edition = edition;
  }

  /** Undefined while there is nothing on the disk. */
  get edition(): Edition | undefined {
    return this.#edition;
  }

  open(): Promise<Files> {
    this.#files ??= this.#edition ? this.#openAs(this.#edition, false) : this.#create();
    return this.#files;
  }

  /** Lets go of the files; they open again when they are used again. */
  close(): void {
    const files = this.#files;
    this.#files = undefined;
    files?.then(
      ({ originals, codes }) => {
        originals.close();
        codes.close();
      },
      // Whoever opened them has the failure.
      () => undefined,
    );
  }

  async #create(): Promise<Files> {
    const id = crypto.randomUUID();
    const onDisk = await this.#openAs({ id, disk: 'opfs' }, true).catch((error: unknown) => {
      if (error instanceof NearfieldError && error.code === 'quota') throw error;
      return undefined;
    });
    this.#edition = { id, disk: onDisk ? 'opfs' : 'pages' };
    return onDisk ?? this.#openAs(this.#edition, true);
  }

  async #openAs({ id, disk }: Edition, create: boolean): Promise<Files> {
    const open = async (suffix: string): Promise<DiskFile> => {
      const name = id + suffix;
      if (disk === 'pages') return new PagedFile(name, this.#pages);
      const file = await openOpfsFile(this.#collection, name, create);
      if (file) return file;
      const message = `The vectors of "${this.#collection}" are in this origin's file system, which this browser does not give now.`;
      throw new NearfieldError('storage', message);
    };
    const originals = await open('.rows');
    try {
      return { originals, codes: await open('.codes') };
    } catch (error) {
      originals.close();
      throw error;
    }
  }
}

/** Whether a file belongs to an edition. */
export function isOf(edition: Edition | undefined, file: string): boolean {
  return edition !== undefined && file.startsWith(edition.id);
}

/**
 * Reading this much in vain takes no longer than reading twice; in a private window of Chromium, where
 * each read is a message to another process, it is far quicker.
 */
const GAP_BYTES = 64 * 1024;
const STRETCH_BYTES = 1024 * 1024;

/** What an index reads its last candidates from. */
export class StoredOriginals implements Originals {
  readonly #files: RowFiles;
  readonly #dimensions: number;

  constructor(files: RowFiles, dimensions: number) {
    this.#files = files;
    this.#dimensions = dimensions;
  }

  /** @param rows numbers that rise */
  async read(rows: Uint32Array): Promise<Float32Array<ArrayBuffer>> {
    const { originals } = await this.#files.open();
    const values = new Float32Array(rows.length * this.#dimensions);
    const size = 4 * this.#dimensions;
    for (let from = 0; from < rows.length;) {
      const to = endOfStretch(rows, from, size);
      const first = rows[from]!;
      const stretch = new Float32Array((rows[to - 1]! - first + 1) * this.#dimensions);
      const reading = originals.read(first * size, new Uint8Array(stretch.buffer));
      // No turn of the event loop for each stretch, where the file answers at once.
      if (reading) await reading;
      for (; from < to; from++) {
        const at = (rows[from]! - first) * this.#dimensions;
        values.set(stretch.subarray(at, at + this.#dimensions), from * this.#dimensions);
      }
    }
    return values;
  }
}

/** Where a stretch of rows ends that are near enough to each other to be read together. */
function endOfStretch(rows: Uint32Array, from: number, size: number): number {
  let to = from + 1;
  while (
    to < rows.length &&
    (rows[to]! - rows[to - 1]!) * size <= GAP_BYTES &&
    (rows[to]! - rows[from]! + 1) * size <= STRETCH_BYTES
  ) {
    to++;
  }
  return to;
}
