/** What is read before the first word: how long rows are, and which shard has which words. */

import { type ByteWriter } from '../../words/varint.ts';
import { damaged, MOST_ROWS, type ByteReader } from '../files/index.ts';
import { homeOf, readStrings, writeStrings, writeUnits } from './strings.ts';
import type { TermScope } from './term-shard.ts';

export interface ShardInfo {
  /** Least string that would lie in it, shortened: above all of the shard before it. */
  first: string;
  /** Bytes of its file, about. */
  bytes: number;
}

/**
 * Rows are numbered by how many words they have, the shortest first, so that the lengths of all of
 * them take a few hundred bytes, where a length with each posting would take as much as the rest of it.
 */
export class TermTable implements TermScope {
  readonly languages: readonly string[];
  /** Words in each row, never falling. */
  readonly lengths: Uint32Array<ArrayBuffer>;
  readonly shards: readonly ShardInfo[];
  readonly #firsts: readonly string[];

  constructor(
    languages: readonly string[],
    lengths: Uint32Array<ArrayBuffer>,
    shards: readonly ShardInfo[],
  ) {
    this.languages = languages;
    this.lengths = lengths;
    this.shards = shards;
    this.#firsts = shards.map(({ first }) => first);
  }

  get rows(): number {
    return this.lengths.length;
  }

  /** As `LexicalIndex` has it. */
  get averageLength(): number {
    const words = this.lengths.reduce((sum, length) => sum + length, 0);
    return this.rows > 0 ? words / this.rows : 1;
  }

  /** The shard in which a string is, if it is anywhere. */
  homeOf(text: string): number {
    return homeOf(this.#firsts, text);
  }

  /** Shards in which strings with this beginning may be, as a range: first, and one past the last. */
  startingWith(prefix: string): [first: number, end: number] {
    const first = this.homeOf(prefix);
    let end = first;
    while (end < this.shards.length && (end === first || this.#firsts[end]!.startsWith(prefix))) {
      end++;
    }
    return [first, end];
  }
}

export function writeTermTable(bytes: ByteWriter, { languages, lengths, shards }: TermTable): void {
  bytes.varint(languages.length);
  for (const language of languages) {
    bytes.varint(language.length);
    writeUnits(bytes, language);
  }
  const runs = runsOf(lengths);
  bytes.varint(runs.length);
  for (const [i, { length }] of runs.entries()) bytes.varint(length - (runs[i - 1]?.length ?? 0));
  for (const { rows } of runs) bytes.varint(rows);
  writeStrings(
    bytes,
    shards.map(({ first }) => first),
  );
  for (const shard of shards) bytes.varint(shard.bytes);
}

/** Throws `integrity`. */
export function readTermTable(bytes: ByteReader, name: string): TermTable {
  const languages = Array.from({ length: Math.min(bytes.varint(), MOST_LANGUAGES) }, () =>
    bytes.units(bytes.varint()),
  );
  const runs = bytes.varint();
  const steps = bytes.varints(runs);
  const counts = bytes.varints(runs);
  const rows = counts.reduce((sum, count) => sum + count, 0);
  if (rows > MOST_ROWS) throw damaged(name, 'it has too many rows');
  const lengths = new Uint32Array(rows);
  let [at, length] = [0, 0];
  for (const [i, count] of counts.entries()) {
    length += steps[i]!;
    lengths.fill(length, at, at + count);
    at += count;
  }
  const firsts = readStrings(bytes, name);
  const sizes = bytes.varints(firsts.length);
  return new TermTable(
    languages,
    lengths,
    firsts.map((first, i) => ({ first, bytes: sizes[i]! })),
  );
}

const MOST_LANGUAGES = 1000;

/** Rows of each length that there is, rising. */
function runsOf(lengths: Uint32Array): { length: number; rows: number }[] {
  const runs: { length: number; rows: number }[] = [];
  for (const length of lengths) {
    const last = runs.at(-1);
    if (last?.length === length) last.rows++;
    else runs.push({ length, rows: 1 });
  }
  return runs;
}
