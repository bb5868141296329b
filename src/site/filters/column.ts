/** One field of all rows: its values, and the rows of each as a set in bits. */

import type { MetadataValue } from '../../contract/index.ts';
import { ByteReader, damaged, type FileParts, type OpenedParts } from '../files/index.ts';
import { BitReader, BitWriter, readRows, writeRows, writeUnits } from '../words/index.ts';
import { ByteWriter } from '../../words/varint.ts';

/** Value of each row that has one. */
export type Values = ReadonlyMap<number, Exclude<MetadataValue, null>>;

/** What visitors choose by; strings of a list one by one. */
export type Choice = string | number | boolean;

export interface Column {
  values: Values;
  /** How many pages have each value that is a choice. */
  pages: ReadonlyMap<Choice, number>;
}

/** A value by itself, a moment, one string of a list, or a list as such, which may be empty. */
type Key = string | number | boolean | { date: number } | { item: string } | { list: true };

/** @param pageOf each row of the index: what tells its page from others */
export function writeColumn(values: Values, pageOf: readonly string[]): FileParts {
  const sets = new Map<string, number[]>();
  for (const [row, value] of [...values].sort(([a], [b]) => a - b)) {
    for (const key of new Set(keysOf(value).map((key) => JSON.stringify(key)))) {
      const set = sets.get(key);
      if (set) set.push(row);
      else sets.set(key, [row]);
    }
  }
  const sorted = [...sets].sort(([a], [b]) => (a < b ? -1 : 1));
  const keys = `[${sorted.map(([key]) => key).join()}]`;
  const bytes = new ByteWriter();
  const bits = new BitWriter();
  bytes.varint(keys.length);
  writeUnits(bytes, keys);
  for (const [, set] of sorted) {
    bytes.varint(set.length);
    bytes.varint(new Set(set.map((row) => pageOf[row])).size);
    writeRows(bits, set, pageOf.length);
  }
  return { packed: bytes.view(), plain: bits.view() };
}

/** Throws `integrity`. */
export function readColumn({ packed, plain }: OpenedParts, name: string, rows: number): Column {
  const bytes = new ByteReader(packed, name);
  const keys = parsedKeys(bytes.units(bytes.varint()), name);
  const counts = bytes.varints(2 * keys.length);
  bytes.end();
  const bits = new BitReader(plain);
  const values = new Map<number, Exclude<MetadataValue, null>>();
  const pages = new Map<Choice, number>();
  for (const [i, key] of keys.entries()) {
    const [count, ofPages] = [counts[2 * i]!, counts[2 * i + 1]!];
    if (count > rows || ofPages > count) throw damaged(name, 'a value has too many rows');
    for (const row of readRows(bits, count, rows)) values.set(row, withKey(values.get(row), key));
    if (bits.isOver) throw damaged(name, 'its rows are cut off');
    const choice = choiceOf(key);
    if (choice !== undefined) pages.set(choice, ofPages);
  }
  return { values, pages };
}

function choiceOf(key: Key): Choice | undefined {
  if (typeof key !== 'object') return key;
  return 'item' in key ? key.item : undefined;
}

function keysOf(value: Exclude<MetadataValue, null>): Key[] {
  if (value instanceof Date) return [{ date: value.getTime() }];
  if (typeof value !== 'object') return [value];
  return [{ list: true }, ...value.map((item) => ({ item }))];
}

/** What a row has once this is known of it, too. */
function withKey(before: MetadataValue | undefined, key: Key): Exclude<MetadataValue, null> {
  if (typeof key !== 'object') return key;
  if ('date' in key) return new Date(key.date);
  const items = Array.isArray(before) ? (before as readonly string[]) : [];
  return 'item' in key ? [...items, key.item] : items;
}

function parsedKeys(text: string, name: string): Key[] {
  let keys: unknown;
  try {
    keys = JSON.parse(text);
  } catch (error) {
    throw damaged(name, `its values are no JSON (${String(error)})`);
  }
  if (!Array.isArray(keys) || !keys.every(isKey)) throw damaged(name, 'a value has no known type');
  return keys;
}

function isKey(value: unknown): value is Key {
  if (['string', 'number', 'boolean'].includes(typeof value)) return true;
  if (typeof value !== 'object' || value === null) return false;
  const { date, item, list } = value as { date?: unknown; item?: unknown; list?: unknown };
  return typeof date === 'number' || typeof item === 'string' || list === true;
}
