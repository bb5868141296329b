/** Whether bytes of anywhere are a sound segment, down to the last posting. */

import { checkSeal, NearfieldError } from '../contract/index.ts';
import { STEM_MARK } from './analyse.ts';
import { partsOf, SEGMENT, type Counts, type Parts } from './layout.ts';
import { SortedStrings } from './strings.ts';

/** A form is a folded word of 64 units; Unicode turns one unit into eighteen at most. */
const LONGEST_STRING = 4096;

/** Throws `storage` with what is wrong. @param bytes beginning at a multiple of 4 in their buffer */
export function validate(bytes: Uint8Array<ArrayBuffer>): void {
  const counts = checkSeal(SEGMENT, bytes, { damaged, otherVersion });
  checkParts(partsOf(bytes, counts), counts);
}

function checkParts(parts: Parts, counts: Counts): void {
  if (!rises(parts.rows)) throw damaged('its rows do not rise');
  checkStrings('forms', parts.formUnits, parts.formEnds);
  checkStrings('stems', parts.stemUnits, parts.stemEnds);
  checkKeys(new SortedStrings(parts.stemUnits, parts.stemEnds));
  checkEnds('postings', parts.postingEnds, counts.postings);
  checkEnds('members', parts.memberEnds, counts.members);
  checkMembers(parts, counts.forms);
  checkPostings(parts);
}

function checkStrings(name: string, units: Uint16Array, ends: Uint32Array): void {
  checkEnds(name, ends, units.length);
  for (let i = 0; i < ends.length; i++) {
    if (ends[i]! - (ends[i - 1] ?? 0) > LONGEST_STRING) throw damaged(`its ${name} are too long`);
  }
  const strings = new SortedStrings(units, ends);
  for (let i = 1; i < ends.length; i++) {
    if (strings.compare(i, i - 1) <= 0) throw damaged(`its ${name} do not rise`);
  }
}

/** Each names a language. */
function checkKeys(stems: SortedStrings): void {
  for (let i = 0; i < stems.length; i++) {
    if (stems.at(i).indexOf(STEM_MARK) < 1) throw damaged('a stem has no language');
  }
}

/** Ends rise strictly, up to the length of what they part. */
function checkEnds(name: string, ends: Uint32Array, length: number): void {
  if (!rises(ends) || ends[0] === 0 || (ends.at(-1) ?? 0) !== length) {
    throw damaged(`its ${name} do not add up`);
  }
}

function checkMembers({ members, memberEnds }: Parts, forms: number): void {
  let start = 0;
  for (const end of memberEnds) {
    const group = members.subarray(start, end);
    if (!rises(group) || group.at(-1)! >= forms) throw damaged('a stem names no form');
    start = end;
  }
}

/** Reads numbers below 2^32 as `ByteWriter` writes them, but trusts no byte. */
class Varints {
  /** The next byte. */
  at = 0;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** @param end of what the number may take */
  next(end: number): number {
    const first = this.at < end ? this.#bytes[this.at]! : 128;
    // Nearly all of them, and there are millions.
    if (first < 128) {
      this.at++;
      return first;
    }
    return this.#long(end);
  }

  #long(end: number): number {
    let value = 0;
    for (let scale = 1; scale < 2 ** 35; scale *= 128) {
      if (this.at >= end) throw damaged('a posting is cut off');
      const byte = this.#bytes[this.at++]!;
      value += (byte & 127) * scale;
      if (byte < 128 && value < 2 ** 32) return value;
    }
    throw damaged('a posting is too large');
  }
}

/** Postings stay in their rows, and words of a row add up to its length. */
function checkPostings({ postings, postingEnds, lengths }: Parts): void {
  const counted = new Float64Array(lengths.length);
  const numbers = new Varints(postings);
  for (const end of postingEnds) {
    let doc = -1;
    while (numbers.at < end) {
      const head = numbers.next(end);
      doc += (head >>> 1) + 1;
      const frequency = (head & 1) === 1 ? 1 : numbers.next(end);
      if (doc >= counted.length || frequency < 1) throw damaged('a posting names no row');
      counted[doc]! += frequency;
    }
  }
  if (counted.some((count, i) => count !== lengths[i])) {
    throw damaged('the words of a row do not add up to its length');
  }
}

function rises(values: Uint32Array): boolean {
  for (let i = 1; i < values.length; i++) if (values[i]! <= values[i - 1]!) return false;
  return true;
}

function otherVersion(version: number): NearfieldError {
  return new NearfieldError(
    'storage',
    `A stored word index has version ${version}; this Nearfield reads ${SEGMENT.version}. Index the texts again.`,
  );
}

function damaged(what: string): NearfieldError {
  return new NearfieldError(
    'storage',
    `A stored word index is damaged: ${what}. Index the texts again.`,
  );
}
