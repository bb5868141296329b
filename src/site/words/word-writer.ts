/** The words of a finished segment as shards, and the table that leads to them. */

import { STEM_MARK } from '../../words/analyse.ts';
import type { Segment } from '../../words/segment.ts';
import type { FileParts } from '../files/index.ts';
import { cutShards, entryBytes, separator } from './cut.ts';
import { homeOf } from './strings.ts';
import { writeTermShard, type TermEntry, type TermScope } from './term-shard.ts';

export class WordWriter {
  readonly scope: TermScope;
  /** Words in each row, by its number in the index: never falling. */
  readonly lengths: Uint32Array<ArrayBuffer>;
  /** Number of each position of the segment. */
  readonly numbers: Uint32Array<ArrayBuffer>;
  /** First string of each shard. */
  readonly firsts: readonly string[];
  readonly #segment: Segment;
  /** First form of each shard, by its position. */
  readonly #starts: readonly number[];
  /** Stems of each form, by its position. */
  readonly #stems: readonly string[][];
  /** Room for the postings of one form, by position in them; and by number of the row. */
  readonly #docs: Uint32Array;
  readonly #frequencies: Uint32Array;
  readonly #byNumber: Uint32Array;

  /** @param shardBytes of a shard's file, about */
  constructor(segment: Segment, shardBytes: number) {
    const { length } = segment.rows;
    const byLength = Uint32Array.from({ length }, (_, i) => i).sort(
      (a, b) => segment.lengths[a]! - segment.lengths[b]! || a - b,
    );
    this.#segment = segment;
    this.scope = { rows: length, languages: segment.languages };
    this.lengths = byLength.map((at) => segment.lengths[at]!);
    this.numbers = new Uint32Array(length);
    for (const [number, at] of byLength.entries()) this.numbers[at] = number;
    this.#stems = stemsOf(segment);
    this.#docs = new Uint32Array(length);
    this.#frequencies = new Uint32Array(length);
    this.#byNumber = new Uint32Array(length);
    const sizes = Float64Array.from({ length: segment.forms.length }, (_, at) =>
      entryBytes(this.#entry(at), length),
    );
    this.#starts = cutShards(sizes, shardBytes);
    this.firsts = this.#starts.map((at) =>
      separator(at > 0 ? segment.forms.at(at - 1) : undefined, segment.forms.at(at)),
    );
  }

  /** One shard after the other, so that only one is held. */
  *shards(): Generator<FileParts> {
    const elsewhere = this.#elsewhere();
    const forms = this.#segment.forms.length;
    for (const [i, start] of this.#starts.entries()) {
      const end = this.#starts[i + 1] ?? forms;
      const entries = Array.from({ length: end - start }, (_, at) => this.#entry(start + at));
      yield writeTermShard({ entries, elsewhere: elsewhere[i]! }, this.scope);
    }
  }

  #entry(at: number): TermEntry {
    const count = this.#segment.postings(at, this.#docs, this.#frequencies);
    const docs = Uint32Array.from({ length: count }, (_, i) => this.numbers[this.#docs[i]!]!);
    for (const [i, doc] of docs.entries()) this.#byNumber[doc] = this.#frequencies[i]!;
    docs.sort();
    return {
      form: this.#segment.forms.at(at),
      stems: this.#stems[at]!,
      postings: { docs, frequencies: docs.map((doc) => this.#byNumber[doc]!) },
    };
  }

  /** Of each shard: the forms of other shards whose stem has its place in this one. */
  #elsewhere(): Map<string, string[]>[] {
    const { forms, stems } = this.#segment;
    const found = this.#starts.map(() => new Map<string, string[]>());
    for (let stem = 0; stem < stems.length; stem++) {
      const key = stems.at(stem);
      const home = homeOf(this.firsts, stemOfKey(key));
      const others = [...this.#segment.formsOf(stem)]
        .map((at) => forms.at(at))
        .filter((form) => homeOf(this.firsts, form) !== home);
      if (others.length > 0) found[home]!.set(key, others);
    }
    return found;
  }
}

/** `run` of `en:run`. */
export function stemOfKey(key: string): string {
  return key.slice(key.indexOf(STEM_MARK) + 1);
}

function stemsOf(segment: Segment): string[][] {
  const stems = Array.from({ length: segment.forms.length }, (): string[] => []);
  for (let stem = 0; stem < segment.stems.length; stem++) {
    const key = segment.stems.at(stem);
    for (const form of segment.formsOf(stem)) stems[form]!.push(key);
  }
  return stems;
}
