import { NearfieldError } from '../contract/index.ts';
import { LexicalIndex, type WordRow } from '../words/index.ts';
import { passageInput } from '../passages/index.ts';
import type { CutDocument } from './wire.ts';

/** What a commit has to store for the disk to equal the index. */
export interface WordWrites {
  /** Segments by their place. */
  put: [place: number, segment: Uint8Array<ArrayBuffer>][];
  /** How many there are now: those from this place on are gone. */
  count: number;
}

/** Where the words of a collection's rows come from when they are asked for. */
export interface StoredWords {
  /** By place. */
  segments: readonly Uint8Array[];
  /** Rows that were removed since the segments were made. */
  removed(): Iterable<number>;
  /** All rows that are there: what is indexed again where a segment is damaged. */
  rows(): Promise<WordRow[]>;
}

const NONE: StoredWords = { segments: [], removed: () => [], rows: () => Promise.resolve([]) };

/**
 * The words of a collection's rows, by the rows' numbers in its table. What is stored is looked
 * into, and checked, when it is asked for first: searching by meaning needs none of it.
 */
export class WordTable {
  /** Let go of once it was looked into: it holds the bytes, and the table they belong to. */
  #source: StoredWords;
  #index: LexicalIndex | undefined;
  /** As they are on the disk, by place. */
  #stored: readonly Uint8Array[];

  /** @param source @default there are none */
  constructor(source = NONE) {
    this.#source = source;
    this.#stored = source.segments;
  }

  /** @throws storage where a segment is damaged, unless `open` has made it anew */
  get index(): LexicalIndex {
    return this.#look();
  }

  /** Looks into what is stored, and makes it anew from the documents where it is damaged. */
  async open(): Promise<LexicalIndex> {
    try {
      return this.index;
    } catch (error) {
      if (!(error instanceof NearfieldError) || error.code !== 'storage') throw error;
    }
    const index = new LexicalIndex();
    await addTo(index, await this.#source.rows());
    this.#stored = [];
    this.#index = index;
    this.#source = NONE;
    return index;
  }

  /** As `open`, but leaves what is damaged to who needs it. */
  openIfSound(): void {
    try {
      this.#look();
    } catch {
      // Whoever searches it makes it anew, or has the failure.
    }
  }

  /** Adds rows whose numbers rise. Without their stemmers they are found by words as they are written. */
  async add(rows: readonly WordRow[]): Promise<void> {
    await addTo(await this.open(), rows);
  }

  remove(rows: Iterable<number>): void {
    // Whoever looks into the segments later is told then.
    this.#index?.remove(rows);
  }

  takeWrites(): WordWrites {
    const before = this.#stored;
    const segments = this.#index?.segments();
    if (!segments) return { put: [], count: before.length };
    const changed = segments.flatMap((segment, place): WordWrites['put'] =>
      segment === before[place] ? [] : [[place, segment]],
    );
    this.#stored = segments;
    return { put: changed, count: segments.length };
  }

  #look(): LexicalIndex {
    if (!this.#index) {
      this.#index = LexicalIndex.from(this.#source.segments, this.#source.removed());
      // The index has copies of its own.
      this.#stored = this.#index.segments();
      this.#source = NONE;
    }
    return this.#index;
  }
}

async function addTo(index: LexicalIndex, rows: readonly WordRow[]): Promise<void> {
  await index.prepare(rows).catch(() => undefined);
  index.add(rows);
}

/** What the index of words is given for a document's passages, the first of them row `first`. */
export function wordRows({ document, spans }: CutDocument, first: number): WordRow[] {
  const { text, title, language } = document;
  return Array.from({ length: spans.length / 2 }, (_, i) => ({
    row: first + i,
    text: passageInput(text.slice(spans[2 * i], spans[2 * i + 1]), title),
    language,
  }));
}
