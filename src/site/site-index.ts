/** A site's index as its readers have it: words at once, meaning when it is ready. */

import {
  NearfieldError,
  throwIfAborted,
  type Embedder,
  type Filter,
  type SiteAnswer,
  type SiteFilterValue,
  type SiteIndex,
  type SiteInfo,
  type SiteSearchOptions,
  type SiteTier,
} from '../contract/index.ts';
import { fieldsOf } from './filters/index.ts';
import type { Shelf, Traffic } from './files/index.ts';
import { Meaning, type MeaningAnswer, type Unread } from './meaning.ts';
import { pagesOf, type FoundPages } from './pages.ts';
import { rankByBoth, rankByWords } from './ranking.ts';
import { type TextReader, type TextAnswer } from './text-reader.ts';

const DEFAULTS = { limit: 10, passages: 3 } as const;
/** Passages that words alone may give to a page of results. */
const BY_WORDS = 200;

/** What is looked for: a query's words and meaning, or those of a passage. */
interface Question {
  words: string;
  meaning: string;
  /** Address of a page to leave out. */
  without?: string;
}

export class OpenSiteIndex implements SiteIndex {
  readonly info: SiteInfo;
  readonly #shelf: Shelf;
  readonly #text: TextReader;
  readonly #meaning: Meaning | undefined;

  constructor(info: SiteInfo, shelf: Shelf, text: TextReader) {
    this.info = info;
    this.#shelf = shelf;
    this.#text = text;
    this.#meaning = info.model && new Meaning(shelf, info.model, info.light !== undefined);
  }

  get tier(): SiteTier {
    return this.#meaning?.tier ?? 'words';
  }

  get traffic(): Traffic {
    return this.#shelf.traffic;
  }

  async search(query: string, options: SiteSearchOptions = {}): Promise<SiteAnswer> {
    if (typeof query !== 'string') {
      throw new NearfieldError('bad-input', `query: expected a string, got ${typeof query}.`);
    }
    return this.#find({ words: query, meaning: query }, options);
  }

  async similar(id: number, options: SiteSearchOptions = {}): Promise<SiteAnswer> {
    const { signal } = options;
    throwIfAborted(signal);
    this.#shelf.checkOpen();
    const [fragment] = await this.#text.fragments([id], { signal });
    if (!fragment) {
      const isThere = Number.isInteger(id) && id >= 0 && id < this.info.passages;
      throw isThere
        ? new NearfieldError('download-failed', `${this.#text.fileOf(id)} could not be read.`)
        : new NearfieldError('bad-input', `id: there is no passage ${id} in this index.`);
    }
    const { title, headings, text, url } = fragment;
    // By words alone, a whole passage would ask for every common word.
    const words = [title, ...headings].join(' ');
    return this.#find({ words, meaning: text, without: url }, options);
  }

  async filterValues(
    field: string,
    { signal }: { signal?: AbortSignal } = {},
  ): Promise<SiteFilterValue[]> {
    this.#checkField(field);
    const column = await this.#text.column(field, signal);
    return Array.from(column?.pages ?? [], ([value, pages]) => ({ value, pages })).sort(
      (a, b) => b.pages - a.pages || (String(a.value) < String(b.value) ? -1 : 1),
    );
  }

  async prepare({ signal }: { signal?: AbortSignal } = {}): Promise<void> {
    await this.#meaning?.prepare(signal);
  }

  get embedder(): Embedder | undefined {
    return this.#meaning?.embedder;
  }

  use(embedder: Embedder | undefined): void {
    if (embedder) this.#shelf.checkOpen();
    if (embedder && !this.#meaning) {
      throw new NearfieldError(
        'incompatible-index',
        'This site has an index of words alone: a model finds nothing in it.',
      );
    }
    this.#meaning?.use(embedder);
  }

  close(): void {
    this.#shelf.close();
    this.#meaning?.use(undefined);
  }

  async #find(question: Question, options: SiteSearchOptions): Promise<SiteAnswer> {
    const { limit, passages, tier, filter, language, snippet: room, signal } = checked(options);
    throwIfAborted(signal);
    this.#shelf.checkOpen();
    const mask = filter && (await this.#passing(filter, signal));
    const near = this.#near(question.meaning, tier, mask, signal);
    // Waited for below, whatever becomes of the words.
    near.catch(() => undefined);
    const words = await this.#text.search(question.words, {
      limit: BY_WORDS,
      language,
      mask,
      signal,
    });
    const meaning = await near;
    const ranked =
      'tier' in meaning
        ? await rankByBoth(this.#text, words, meaning, { mask, signal })
        : rankByWords(words);
    const forms = telling(words.words.forms);
    const { without } = question;
    const found = await pagesOf(this.#text, ranked, {
      limit,
      passages,
      forms,
      room,
      without,
      signal,
    });
    return answerOf('tier' in meaning ? meaning.tier : 'words', found, words, meaning.missing);
  }

  async #near(
    text: string,
    tier: SiteTier,
    mask: Uint32Array | undefined,
    signal: AbortSignal | undefined,
  ): Promise<MeaningAnswer | Unread> {
    const isSaid = /[\p{L}\p{N}\p{So}]/u.test(text);
    return (isSaid && (await this.#meaning?.search(text, tier, mask, signal))) || { missing: [] };
  }

  async #passing(filter: Filter, signal: AbortSignal | undefined): Promise<Uint32Array> {
    for (const field of fieldsOf(filter)) this.#checkField(field);
    return this.#text.passing(filter, signal);
  }

  #checkField(field: string): void {
    if (this.info.filters.includes(field)) return;
    const known = this.info.filters.join(', ') || 'none';
    throw new NearfieldError(
      'bad-input',
      `filter: this index has no field "${field}" to choose by. It has: ${known}.`,
    );
  }
}

function checked({ limit, passages, tier = 'model', ...rest }: SiteSearchOptions) {
  const counts = { limit: limit ?? DEFAULTS.limit, passages: passages ?? DEFAULTS.passages };
  for (const [name, count] of Object.entries(counts)) {
    if (Number.isInteger(count) && count >= 1) continue;
    throw new NearfieldError(
      'bad-input',
      `${name}: expected a whole number from 1 on, got ${count}.`,
    );
  }
  if (!['words', 'light', 'model'].includes(tier)) {
    throw new NearfieldError('bad-input', `tier: expected words, light or model, got ${tier}.`);
  }
  return { ...rest, ...counts, tier };
}

/** Weight, in parts of the query's heaviest, below which a word is marked nowhere: 'the' and 'of'. */
const LEAST_MARKED = 0.3;

function telling(forms: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const least = LEAST_MARKED * Math.max(...forms.values());
  return new Map([...forms].filter(([, weight]) => weight >= least));
}

function answerOf(
  tier: SiteTier,
  { pages, missing }: FoundPages,
  words: TextAnswer,
  unread: readonly string[],
): SiteAnswer {
  return { tier, pages, missing: [...new Set([...missing, ...words.missing, ...unread])].sort() };
}
