import { diskError, type DiskFile, type Page } from './disk-file.ts';

/** Small enough that reading a row from one is no great waste, large enough that there are few. */
const PAGE_BYTES = 256 * 1024;

/** Where pages are kept. */
export interface Pages {
  get(file: string, number: number): Promise<Uint8Array<ArrayBuffer> | undefined>;
}

/**
 * A file in pages of a database, for where there is no OPFS. What is written waits in memory until
 * `flush` gives it away: a page may hold bytes that are counted in already, and must not change but
 * in the transaction that proves that no other tab has written meanwhile.
 */
export class PagedFile implements DiskFile {
  readonly #name: string;
  readonly #pages: Pages;
  readonly #changed = new Map<number, Uint8Array<ArrayBuffer>>();

  constructor(name: string, pages: Pages) {
    this.#name = name;
    this.#pages = pages;
  }

  async read(at: number, into: Uint8Array): Promise<void> {
    for (const { number, start, piece } of piecesOf(at, into)) {
      const page = this.#changed.get(number) ?? (await this.#pages.get(this.#name, number));
      if (!page || page.length < start + piece.length) throw diskError('read stored rows');
      piece.set(page.subarray(start, start + piece.length));
    }
  }

  async write(at: number, bytes: Uint8Array): Promise<void> {
    for (const { number, start, piece } of piecesOf(at, bytes)) {
      let page = this.#changed.get(number);
      if (!page) {
        page = new Uint8Array(PAGE_BYTES);
        const before = await this.#pages.get(this.#name, number);
        if (before) page.set(before);
        this.#changed.set(number, page);
      }
      page.set(piece, start);
    }
  }

  flush(): Page[] {
    const pages = [...this.#changed].map(([number, bytes]) => ({
      file: this.#name,
      number,
      bytes,
    }));
    this.#changed.clear();
    return pages;
  }

  close(): void {
    this.#changed.clear();
  }
}

/** What of `bytes`, which lie from `at` on, is in which page. */
function* piecesOf(
  at: number,
  bytes: Uint8Array,
): Generator<{ number: number; start: number; piece: Uint8Array }> {
  for (let from = 0; from < bytes.length;) {
    const start = (at + from) % PAGE_BYTES;
    const piece = bytes.subarray(from, from + PAGE_BYTES - start);
    yield { number: Math.floor((at + from) / PAGE_BYTES), start, piece };
    from += piece.length;
  }
}
