/** Fetches the words that a query can match, and makes of them a segment that src/words scores. */

import { within } from '../../words/fuzzy.ts';
import { MOST_MISSPELT } from '../../words/scoring.ts';
import { Segment } from '../../words/segment.ts';
import { SegmentWriter } from '../../words/segment-writer.ts';
import { SortedStrings } from '../../words/strings.ts';
import type { QueryWord } from '../../words/query.ts';
import { nearShards } from './near.ts';
import type { TermEntry, TermShard } from './term-shard.ts';
import type { TermTable } from './term-table.ts';
import { stemOfKey } from './word-writer.ts';

/** Loads a shard by its number. */
export type LoadShard = (number: number, signal: AbortSignal | undefined) => Promise<TermShard>;

export interface Looked {
  /** Of all rows, with those words that the query can match. */
  segment: Segment;
  /** The query's words, of which those that could not be looked up are not taken for misspelt. */
  words: QueryWord[];
  /** Words of the query of which something could not be read. */
  unread: string[];
}

/** Bytes of shards that may be read for one unfinished word: those that follow it. */
const PREFIX_BYTES = 24_576;
/** Bytes of shards that may be read for one misspelt word: the likeliest. */
const FUZZY_BYTES = 24_576;
export async function lookUp(
  words: readonly QueryWord[],
  table: TermTable,
  load: LoadShard,
  signal?: AbortSignal,
): Promise<Looked> {
  const lookup = new Lookup(table, load, signal);
  const found = await Promise.all(words.map((word) => lookup.word(word)));
  const misspelt = words.filter((word, i) => found[i] === 'nothing' && word.edits > 0);
  await Promise.all(misspelt.slice(0, MOST_MISSPELT).map((word) => lookup.similar(word)));
  return {
    segment: lookup.segment(words.flatMap(({ stems }) => stems)),
    words: words.map((word, i) => (found[i] === 'unread' ? { ...word, edits: 0 } : word)),
    unread: words.map(({ form }) => form).filter((form) => lookup.unread.has(form)),
  };
}

class Lookup {
  /** Words of which a shard could not be read. */
  readonly unread = new Set<string>();
  readonly #table: TermTable;
  readonly #load: LoadShard;
  readonly #signal: AbortSignal | undefined;
  readonly #entries = new Map<string, TermEntry>();

  constructor(table: TermTable, load: LoadShard, signal: AbortSignal | undefined) {
    this.#table = table;
    this.#load = load;
    this.#signal = signal;
  }

  /** Finds the word, others of its stems, and those that begin with it where it is unfinished. */
  async word(word: QueryWord): Promise<'something' | 'nothing' | 'unread'> {
    const [same, longer] = await Promise.all([this.#sameWord(word), this.#longer(word)]);
    if (same + longer > 0) return 'something';
    return this.unread.has(word.form) ? 'unread' : 'nothing';
  }

  /** Adds words that one may have meant. */
  async similar({ form, edits }: QueryWord): Promise<void> {
    const near = nearShards(this.#table, form);
    const shards = await this.#shards(form, this.#affordable(near, FUZZY_BYTES));
    for (const { entries } of shards.values()) {
      for (const at of within(sortedForms(entries), form, edits).flat()) this.#add(entries[at]!);
    }
  }

  /** @param keys of the stems that are asked for */
  segment(keys: readonly string[]): Segment {
    const wanted = new Set(keys);
    const writer = new SegmentWriter();
    for (const [row, length] of this.#table.lengths.entries()) writer.row(row, length);
    const entries = [...this.#entries.values()].sort((a, b) => (a.form < b.form ? -1 : 1));
    for (const { form, stems, postings } of entries) {
      const { docs, frequencies } = postings;
      const at = writer.form(form, docs, frequencies, docs.length);
      for (const key of stems) if (wanted.has(key)) writer.stem(key, at);
    }
    return Segment.of(writer.finish());
  }

  /** Gives how many forms there are. */
  async #sameWord({ form, stems }: QueryWord): Promise<number> {
    const homes = new Set([form, ...stems.map(stemOfKey)].map((text) => this.#table.homeOf(text)));
    const shards = await this.#shards(form, homes);
    const forms = new Set([form]);
    for (const key of stems) {
      const home = shards.get(this.#table.homeOf(stemOfKey(key)));
      for (const entry of home?.entries ?? []) if (entry.stems.includes(key)) forms.add(entry.form);
      for (const other of home?.elsewhere.get(key) ?? []) forms.add(other);
    }
    const all = await this.#shards(form, new Set([...forms].map((f) => this.#table.homeOf(f))));
    const entries = [...all.values()].flatMap((shard) =>
      shard.entries.filter((entry) => forms.has(entry.form)),
    );
    for (const entry of entries) this.#add(entry);
    return entries.length;
  }

  async #longer({ form, prefix }: QueryWord): Promise<number> {
    if (!prefix) return 0;
    const [first, end] = this.#table.startingWith(form);
    const range = Array.from({ length: end - first }, (_, i) => first + i);
    const shards = await this.#shards(form, this.#affordable(range, PREFIX_BYTES));
    const entries = [...shards.values()].flatMap((shard) =>
      shard.entries.filter((entry) => entry.form.startsWith(form)),
    );
    for (const entry of entries) this.#add(entry);
    return entries.length;
  }

  /** The first shards of a list, as many as fit, but one in any case. */
  #affordable(shards: readonly number[], most: number): number[] {
    let bytes = 0;
    return shards.filter((number, i) => {
      bytes += this.#table.shards[number]!.bytes;
      return i === 0 || bytes <= most;
    });
  }

  /** Those shards that can be read; `unread` notes the word where one cannot. */
  async #shards(word: string, numbers: Iterable<number>): Promise<Map<number, TermShard>> {
    const found = new Map<number, TermShard>();
    await Promise.all(
      [...numbers].map(async (number) => {
        if (number >= this.#table.shards.length) return;
        try {
          found.set(number, await this.#load(number, this.#signal));
        } catch (error) {
          if (this.#signal?.aborted) throw error;
          this.unread.add(word);
        }
      }),
    );
    return found;
  }

  #add(entry: TermEntry): void {
    this.#entries.set(entry.form, entry);
  }
}

function sortedForms(entries: readonly TermEntry[]): SortedStrings {
  const text = entries.map(({ form }) => form).join('');
  let end = 0;
  return new SortedStrings(
    Uint16Array.from({ length: text.length }, (_, i) => text.charCodeAt(i)),
    Uint32Array.from(entries, ({ form }) => (end += form.length)),
  );
}
