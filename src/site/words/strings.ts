/** Rising strings, each as what it does not share with the one before, in columns. */

import { type ByteWriter } from '../../words/varint.ts';
import { damaged, type ByteReader } from '../files/index.ts';

/**
 * UTF-16 units as numbers of one to three bytes: as short as UTF-8 or shorter, and units that are
 * half of a pair, where a stem or a shared beginning ends, are nothing special.
 */
export function writeUnits(bytes: ByteWriter, text: string): void {
  for (let i = 0; i < text.length; i++) bytes.varint(text.charCodeAt(i));
}

/** @param strings rising */
export function writeStrings(bytes: ByteWriter, strings: readonly string[]): void {
  const shared = strings.map((text, i) => sharedUnits(strings[i - 1] ?? '', text));
  bytes.varint(strings.length);
  for (const length of shared) bytes.varint(length);
  for (const [i, text] of strings.entries()) bytes.varint(text.length - shared[i]!);
  for (const [i, text] of strings.entries()) writeUnits(bytes, text.slice(shared[i]));
}

/** Throws `integrity` where they do not rise. */
export function readStrings(bytes: ByteReader, name: string): string[] {
  const count = bytes.varint();
  const shared = bytes.varints(count);
  const lengths = bytes.varints(count);
  const strings: string[] = [];
  for (let i = 0; i < count; i++) {
    const before = strings[i - 1] ?? '';
    const text = before.slice(0, shared[i]) + bytes.units(lengths[i]!);
    if (i > 0 && text <= before) throw damaged(name, 'its words do not rise');
    strings.push(text);
  }
  return strings;
}

/** How many units two strings begin with alike. */
export function sharedUnits(a: string, b: string): number {
  const most = Math.min(a.length, b.length);
  for (let i = 0; i < most; i++) if (a.charCodeAt(i) !== b.charCodeAt(i)) return i;
  return most;
}

/** The last of rising `firsts` that is not greater than `wanted`, as a position; 0 where all are. */
export function homeOf<T extends string | number>(firsts: readonly T[], wanted: T): number {
  let low = 0;
  let high = firsts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (firsts[middle]! <= wanted) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}
