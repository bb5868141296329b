/** Which addresses are taken: one page is kept for each. */

import { filesOfUrl, urlKey } from '../urls.ts';

/** Where a page is, and what it says is its address. */
interface Addressed {
  path: string;
  line?: number;
  url: string;
  canonical?: string;
}

/** Holds one string for each address, and no page. */
export class Seen {
  readonly #base: string;
  readonly #paths: ReadonlySet<string>;
  /** Address to the file, or record, that has it. */
  readonly #taken = new Map<string, string>();

  constructor(base: string, paths: Iterable<string>) {
    this.#base = base;
    this.#paths = new Set(paths);
  }

  /** The file of the folder that a page names as its canonical one, if that is another. */
  canonicalFile(page: Addressed): string | undefined {
    const file = this.fileOf(page.canonical);
    return file === page.path ? undefined : file;
  }

  /** Takes a page's addresses; who has one of them already keeps it, and is told. */
  take(page: Addressed): string | undefined {
    const own = this.fileOf(page.canonical) === page.path;
    const addresses = [page.url, ...(page.canonical === undefined || own ? [] : [page.canonical])];
    const keys = addresses.map(urlKey);
    const holder = keys.map((key) => this.#taken.get(key)).find((path) => path !== undefined);
    if (holder !== undefined) return holder;
    const name = page.line === undefined ? page.path : `${page.path}, line ${page.line}`;
    for (const key of keys) this.#taken.set(key, name);
    return undefined;
  }

  /** The file of the folder that is likeliest to be served at a URL. */
  fileOf(url: string | undefined): string | undefined {
    if (url === undefined) return undefined;
    return filesOfUrl(url, this.#base).find((path) => this.#paths.has(path));
  }
}
