/** A file of neighbouring words: their stems and who has them. */

import { STEM_MARK } from '../../words/analyse.ts';
import { ByteWriter } from '../../words/varint.ts';
import { ByteReader, damaged, type FileParts, type OpenedParts } from '../files/index.ts';
import { BitReader, BitWriter } from './bits.ts';
import { readPostings, writePostings, type Postings } from './postings.ts';
import { readStrings, sharedUnits, writeStrings, writeUnits } from './strings.ts';

export interface TermEntry {
  /** Folded, as `Term.form` of src/words. */
  form: string;
  /** Keys of its stems, as `Term.stem`. */
  stems: readonly string[];
  postings: Postings;
}

export interface TermShard {
  /** Forms rise. */
  entries: readonly TermEntry[];
  /** Forms of other shards whose stem, without its language, has its place among these forms. */
  elsewhere: ReadonlyMap<string, readonly string[]>;
}

/** What shards of one index have in common. */
export interface TermScope {
  /** Rows in the index. */
  rows: number;
  /** Languages of stems. */
  languages: readonly string[];
}

export function writeTermShard({ entries, elsewhere }: TermShard, scope: TermScope): FileParts {
  const bytes = new ByteWriter();
  writeStrings(
    bytes,
    entries.map(({ form }) => form),
  );
  writeStems(bytes, entries, scope.languages);
  for (const { postings } of entries) bytes.varint(postings.docs.length);
  writeElsewhere(bytes, elsewhere);
  const bits = new BitWriter();
  for (const { postings } of entries) writePostings(bits, postings, scope.rows);
  return { packed: bytes.view(), plain: bits.view() };
}

/** Throws `integrity` where it is not a sound shard of that index. */
export function readTermShard(
  { packed, plain }: OpenedParts,
  name: string,
  { rows, languages }: TermScope,
): TermShard {
  const bytes = new ByteReader(packed, name);
  const forms = readStrings(bytes, name);
  const stems = readStems(bytes, forms, languages, name);
  const counts = bytes.varints(forms.length);
  const elsewhere = readElsewhere(bytes, name);
  bytes.end();
  const bits = new BitReader(plain);
  const entries = forms.map((form, i) => {
    if (counts[i]! < 1 || counts[i]! > rows) throw damaged(name, 'a word has no rows');
    const entry = { form, stems: stems[i]!, postings: readPostings(bits, counts[i]!, rows) };
    if (bits.isOver) throw damaged(name, 'its rows are cut off');
    return entry;
  });
  return { entries, elsewhere };
}

/**
 * A stem is its form without some letters at the end, nearly always: how many, and what else there
 * is, in columns, since most of their numbers are the same.
 */
function writeStems(
  bytes: ByteWriter,
  entries: readonly TermEntry[],
  languages: readonly string[],
): void {
  const all = entries.flatMap(({ form, stems }) => stems.map((key) => stemOf(key, form)));
  for (const { stems } of entries) bytes.varint(stems.length);
  for (const { language } of all) bytes.varint(languages.indexOf(language));
  for (const { cut } of all) bytes.varint(cut);
  for (const { ending } of all) bytes.varint(ending.length);
  for (const { ending } of all) writeUnits(bytes, ending);
}

function readStems(
  bytes: ByteReader,
  forms: readonly string[],
  languages: readonly string[],
  name: string,
): string[][] {
  const counts = bytes.varints(forms.length);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const places = bytes.varints(total);
  const cuts = bytes.varints(total);
  const lengths = bytes.varints(total);
  let at = 0;
  return forms.map((form, i) =>
    Array.from({ length: counts[i]! }, () => {
      const language = languages[places[at]!];
      const kept = form.length - cuts[at]!;
      if (language === undefined || kept < 0) throw damaged(name, 'a stem is none');
      return language + STEM_MARK + form.slice(0, kept) + bytes.units(lengths[at++]!);
    }),
  );
}

function stemOf(key: string, form: string): { language: string; cut: number; ending: string } {
  const at = key.indexOf(STEM_MARK);
  const stem = key.slice(at + 1);
  const shared = sharedUnits(stem, form);
  return { language: key.slice(0, at), cut: form.length - shared, ending: stem.slice(shared) };
}

function writeElsewhere(bytes: ByteWriter, elsewhere: TermShard['elsewhere']): void {
  const keys = [...elsewhere.keys()].sort();
  writeStrings(bytes, keys);
  for (const key of keys) writeStrings(bytes, elsewhere.get(key)!);
}

function readElsewhere(bytes: ByteReader, name: string): Map<string, string[]> {
  const keys = readStrings(bytes, name);
  return new Map(keys.map((key) => [key, readStrings(bytes, name)]));
}
