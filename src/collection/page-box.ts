import type { Page, Pages } from './disk/index.ts';
import { RowFiles, type Edition } from './row-files.ts';
import type { Segment, Table, TableWrites } from './table.ts';

/** A test fixture: what a database keeps of a table, in memory. */
export class PageBox implements Pages {
  readonly #pages = new Map<string, Page['bytes']>();
  readonly segments = new Map<number, Segment>();
  bytesWritten = 0;

  get(file: string, number: number): Promise<Page['bytes'] | undefined> {
    return Promise.resolve(this.#pages.get(`${file} ${number}`));
  }

  files(edition?: Edition): RowFiles {
    return new RowFiles('box', this, edition);
  }

  /** What a commit does. */
  store({ segments, pages }: TableWrites): void {
    for (const segment of segments) this.segments.set(segment.first, segment);
    for (const { file, number, bytes } of pages) {
      this.#pages.set(`${file} ${number}`, bytes.slice());
      this.bytesWritten += bytes.length;
    }
  }

  /** Brings a table's rows here, where its search finds them. */
  async keep(table: Table): Promise<void> {
    this.store(await table.takeWrites());
  }

  /** Changes a byte of whatever page begins with the name. */
  spoil(file: string, at: number): void {
    const [, page] = [...this.#pages].find(([key]) => key.startsWith(file))!;
    page[at]! ^= 1;
  }
}
