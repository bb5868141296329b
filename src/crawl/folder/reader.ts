/** One file of the folder to events: its page or pages, and what was wrong with them. */

import { join } from 'node:path';
import { messageOf, throwIfAborted } from '../../contract/index.ts';
import { assertText, decoded } from '../decode.ts';
import { parsedFeed, parsedJson, readRecord } from '../feed.ts';
import { sealedPage } from '../hash.ts';
import { decodedHtml, readPage } from '../html/index.ts';
import { kindOf } from '../kind.ts';
import { readMarkdown } from '../markdown/index.ts';
import { LeftOut, type CrawlEvent, type Page, type Problem, type Warn } from '../page.ts';
import { titleOfUrl } from '../title.ts';
import { fitsHostOf, resolvedUrl, urlOfFile } from '../urls.ts';
import { Warnings } from '../warnings.ts';
import type { CheckedOptions } from './options.ts';
import { linesOf, readWhole, tooLarge } from './read.ts';
import type { Seen } from './seen.ts';

export class Reader {
  readonly #root: string;
  readonly #options: CheckedOptions;
  readonly #seen: Seen;
  /** What files that others name as their canonical page are known by. */
  readonly #addresses = new Map<string, string | undefined>();

  constructor(root: string, options: CheckedOptions, seen: Seen) {
    this.#root = root;
    this.#options = options;
    this.#seen = seen;
  }

  async *events(path: string): AsyncGenerator<CrawlEvent> {
    const kind = kindOf(path);
    try {
      if (kind === 'jsonl') yield* this.#lines(path);
      else if (kind === 'json') yield* this.#records(path);
      else yield* this.#event({ path }, async (warn) => this.#file(path, warn));
    } catch (error) {
      yield problemOf({ path }, error, this.#options.signal);
    }
  }

  async *#lines(path: string): AsyncGenerator<CrawlEvent> {
    const { base, maxBytes, signal } = this.#options;
    for await (const { number, bytes } of linesOf(this.#at(path), maxBytes, signal)) {
      if (number === 1 && bytes) assertText(bytes);
      const json = bytes && decoded(bytes);
      if (json?.trim() === '') continue;
      yield* this.#event({ path, line: number }, (warn) => {
        if (json === undefined) throw tooLarge('more in this line', maxBytes);
        const { url, content } = readRecord(parsedJson(json), base, warn);
        return sealedPage({ path, line: number, url }, content);
      });
    }
  }

  async *#records(path: string): AsyncGenerator<CrawlEvent> {
    const records = parsedFeed(decoded(await this.#bytes(path)));
    for (const [i, record] of records.entries()) {
      yield* this.#event({ path, record: i + 1 }, (warn) => {
        const { url, content } = readRecord(record, this.#options.base, warn);
        return sealedPage({ path, url }, content);
      });
    }
  }

  async #file(path: string, warn: Warn): Promise<Page> {
    const { base, cleanUrls } = this.#options;
    const bytes = await this.#bytes(path);
    const url = urlOfFile(path, base, cleanUrls);
    const kind = kindOf(path);
    if (kind === 'html') {
      const content = readPage(decodedHtml(bytes, warn), url, warn);
      return sealedPage({ path, url }, { ...content, title: content.title ?? titleOfUrl(url) });
    }
    if (kind === 'markdown') {
      const built = this.#seen.fileOf(url);
      if (built !== undefined && kindOf(built) === 'html') {
        throw new LeftOut('duplicate', `It is what ${built} was built from.`);
      }
      const { content, permalink } = readMarkdown(decoded(bytes), url, warn);
      const moved = permalink === undefined ? undefined : resolvedUrl(permalink, base);
      return sealedPage({ path, url: moved ?? url }, content);
    }
    throw new LeftOut('unknown-kind', 'Expected HTML, Markdown, JSON or JSONL, by its extension.');
  }

  /** One page, if it can be read and no other is in its place; then what else was wrong. */
  async *#event(
    place: Place,
    read: (warn: Warn) => Page | Promise<Page>,
  ): AsyncGenerator<CrawlEvent> {
    const { signal } = this.#options;
    throwIfAborted(signal);
    const warnings = new Warnings();
    try {
      const page = await read(warnings.warn);
      await this.#claim(page);
      yield { kind: 'page', page };
    } catch (error) {
      yield problemOf(place, error, signal);
    }
    for (const warning of warnings.told()) yield problem(place, ...warning);
  }

  /** Throws `duplicate`. */
  async #claim(page: Page): Promise<void> {
    const file = this.#seen.canonicalFile(page);
    const address = file === undefined ? undefined : await this.#addressOf(file);
    if (file !== undefined && address !== undefined && fitsHostOf(page.canonical ?? '', address)) {
      throw new LeftOut('duplicate', `It names another page as its canonical one: ${file}.`);
    }
    const holder = this.#seen.take(page);
    if (holder === undefined) return;
    throw new LeftOut(
      'duplicate',
      `Its URL, ${page.url}, or its canonical one is that of ${holder}.`,
    );
  }

  /** What a file that others name as their canonical page is known by, if it will be a page. */
  async #addressOf(path: string): Promise<string | undefined> {
    if (!this.#addresses.has(path)) this.#addresses.set(path, await this.#ownAddress(path));
    return this.#addresses.get(path);
  }

  async #ownAddress(path: string): Promise<string | undefined> {
    const { base, cleanUrls } = this.#options;
    const url = urlOfFile(path, base, cleanUrls);
    if (kindOf(path) !== 'html') return url;
    try {
      const html = decodedHtml(await this.#bytes(path), () => undefined);
      const { canonical = url } = readPage(html, url, () => undefined);
      return this.#seen.canonicalFile({ path, url, canonical }) === undefined
        ? canonical
        : undefined;
    } catch {
      // Its own turn tells why.
      return undefined;
    }
  }

  async #bytes(path: string): Promise<Uint8Array> {
    const bytes = await readWhole(this.#at(path), this.#options.maxBytes);
    assertText(bytes);
    return bytes;
  }

  #at(path: string): string {
    return join(this.#root, ...path.split('/'));
  }
}

/** Where a problem is. */
interface Place {
  path: string;
  /** Of a JSONL feed, from 1. */
  line?: number;
  /** Of a JSON feed, from 1. */
  record?: number;
}

/** What a reader threw, as a problem of its file; throws `aborted` on. */
function problemOf(place: Place, error: unknown, signal: AbortSignal | undefined): CrawlEvent {
  throwIfAborted(signal);
  if (error instanceof LeftOut) return problem(place, error.code, error.message);
  return problem(place, 'unreadable', `It could not be read: ${messageOf(error)}.`);
}

function problem(
  { path, line, record }: Place,
  code: Problem['code'],
  message: string,
): CrawlEvent {
  const ofRecord = record === undefined ? message : `Record ${record}: ${message}`;
  const ofLine = line !== undefined && { line };
  return { kind: 'problem', problem: { path, ...ofLine, code, message: ofRecord } };
}
