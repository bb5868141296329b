/** Vectors of all texts: those that are kept from before, and those that are computed now. */

import { cutRows, roomForRows, throwIfAborted, type TextKind } from '../contract/index.ts';
import type { IndexEvent } from './events.ts';
import type { VectorCache } from './vector-cache.ts';

/** Whoever makes vectors: a model of this machine, or a server. */
export interface VectorSource {
  /** As `CacheKind` takes it. */
  readonly identity: string;
  /** Full width of its rows. */
  readonly width: number;
  /** Characters that are worth a call, and that are lost when it is stopped. */
  readonly sliceCharacters: number;
  promptOf(kind: TextKind): string;
  /** Gets ready and proves itself; asked once, and only where something is to be embedded. */
  start(): Promise<void>;
  /** Full-width unit rows. Throws coded errors. */
  embed(
    texts: readonly string[],
    kind: TextKind,
    options: { signal: AbortSignal | undefined; onProgress: (share: number) => void },
  ): Promise<Float32Array>;
}

export interface Texts {
  /** As documents. */
  passages: readonly string[];
  /** As queries. */
  queries: readonly string[];
}

export interface Vectors {
  /** Unit rows of `dimensions` values, in the order of the texts. */
  passages: Float32Array;
  queries: Float32Array;
  /** Texts that were computed now, and that were kept; of equal ones one counts. */
  embedded: number;
  cached: number;
}

export interface VectorsOptions {
  source: VectorSource;
  cache: VectorCache;
  dimensions: number;
  onEvent: (event: IndexEvent) => void;
  signal: AbortSignal | undefined;
}

/** What the first call is to tell: how fast the rest will be. */
const FIRST_CHARACTERS = 4000;

/** Throws what the source throws, and `aborted`; what was computed until then is kept in the cache. */
export async function vectorsOf(texts: Texts, options: VectorsOptions): Promise<Vectors> {
  const rows = new Rows(texts, options);
  const { missing, kept } = await rows.takeKept();
  await new Embedding(rows, missing, kept, options).all();
  rows.copyRepeated();
  const { passages } = texts;
  const queriesAt = passages.length * options.dimensions;
  return {
    passages: rows.data.subarray(0, queriesAt),
    queries: rows.data.subarray(queriesAt),
    embedded: missing.length,
    cached: kept,
  };
}

/** One row for each text, passages first. */
class Rows {
  readonly count: number;
  readonly data: Float32Array;
  readonly #texts: Texts;
  readonly #options: VectorsOptions;
  readonly #repeated: [row: number, first: number][] = [];

  constructor(texts: Texts, options: VectorsOptions) {
    this.#texts = texts;
    this.#options = options;
    this.count = texts.passages.length + texts.queries.length;
    this.data = roomForRows(this.count, options.dimensions);
  }

  kindOf(row: number): TextKind {
    return row < this.#texts.passages.length ? 'document' : 'query';
  }

  textOf(row: number): string {
    const { passages, queries } = this.#texts;
    return row < passages.length ? passages[row]! : queries[row - passages.length]!;
  }

  /** What the source reads of a row, its prompt and all. */
  inputOf(row: number): string {
    return this.#options.source.promptOf(this.kindOf(row)) + this.textOf(row);
  }

  /** @param values full-width */
  put(row: number, values: Float32Array): void {
    const { dimensions, source } = this.#options;
    const cut = dimensions === source.width ? values : cutRows(values, source.width, dimensions);
    this.data.set(cut, row * dimensions);
  }

  /** Takes what the cache has. @returns rows that have to be computed, each text once */
  async takeKept(): Promise<{ missing: number[]; kept: number }> {
    const { cache, signal } = this.#options;
    const firsts = new Map<string, number>();
    const missing: number[] = [];
    for (let row = 0; row < this.count; row++) {
      throwIfAborted(signal);
      const input = this.inputOf(row);
      const first = firsts.get(input);
      if (first !== undefined) {
        this.#repeated.push([row, first]);
        continue;
      }
      firsts.set(input, row);
      const values = await cache.get(input);
      if (values) this.put(row, values);
      else missing.push(row);
    }
    return { missing, kept: firsts.size - missing.length };
  }

  copyRepeated(): void {
    const { dimensions } = this.#options;
    for (const [row, first] of this.#repeated) {
      this.data.copyWithin(row * dimensions, first * dimensions, (first + 1) * dimensions);
    }
  }
}

/** Computes what is missing, slice by slice. */
class Embedding {
  readonly #rows: Rows;
  readonly #missing: readonly number[];
  readonly #kept: number;
  readonly #options: VectorsOptions;
  readonly #all: number;
  #done = 0;
  #doneCharacters = 0;
  #share = 0;
  #started = 0;

  constructor(rows: Rows, missing: readonly number[], kept: number, options: VectorsOptions) {
    this.#rows = rows;
    this.#missing = missing;
    this.#kept = kept;
    this.#options = options;
    this.#all = missing.reduce((sum, row) => sum + rows.inputOf(row).length, 0);
  }

  async all(): Promise<void> {
    if (this.#missing.length === 0) return this.#estimate(0);
    await this.#options.source.start();
    this.#started = performance.now();
    while (this.#done < this.#missing.length) {
      const isFirst = this.#done === 0;
      await this.#slice(isFirst ? FIRST_CHARACTERS : this.#options.source.sliceCharacters);
      if (isFirst) this.#estimate(this.#secondsLeft());
    }
  }

  /** Rows of one kind, of about so many characters. */
  async #slice(characters: number): Promise<void> {
    const { source, cache, signal } = this.#options;
    throwIfAborted(signal);
    const rows: number[] = [];
    const kind = this.#rows.kindOf(this.#missing[this.#done]!);
    let length = 0;
    for (let i = this.#done; i < this.#missing.length && length < characters; i++) {
      const row = this.#missing[i]!;
      if (this.#rows.kindOf(row) !== kind) break;
      rows.push(row);
      length += this.#rows.inputOf(row).length;
    }
    const onProgress = (share: number): void => this.#tell(share * length);
    const texts = rows.map((row) => this.#rows.textOf(row));
    const data = await source.embed(texts, kind, { signal, onProgress });
    rows.forEach((row, i) => {
      this.#rows.put(row, data.subarray(i * source.width, (i + 1) * source.width));
    });
    await cache.add(
      rows.map((row) => this.#rows.inputOf(row)),
      data,
    );
    this.#done += rows.length;
    this.#doneCharacters += length;
    this.#tell(0);
  }

  #tell(characters: number): void {
    this.#share = Math.max(this.#share, (this.#doneCharacters + characters) / this.#all);
    this.#options.onEvent({
      kind: 'embedding',
      done: this.#done,
      total: this.#missing.length,
      share: this.#share,
      ...(this.#done > 0 && { secondsLeft: this.#secondsLeft() }),
    });
  }

  /** As fast as until now. */
  #secondsLeft(): number {
    const seconds = (performance.now() - this.#started) / 1000;
    return (seconds / this.#share) * (1 - this.#share);
  }

  #estimate(seconds: number): void {
    const queries = this.#missing.filter((row) => this.#rows.kindOf(row) === 'query').length;
    const passages = this.#missing.length - queries;
    const cached = this.#kept;
    this.#options.onEvent({ kind: 'estimate', seconds, passages, queries, cached });
  }
}
