/** Segments from analysed rows, and one segment from several. */

import type { Term } from './analyse.ts';
import { SegmentWriter } from './segment-writer.ts';
import { Segment } from './segment.ts';

/** A row with its words. */
export interface AnalysedRow {
  row: number;
  terms: Iterable<Term>;
}

interface Postings {
  docs: number[];
  frequencies: number[];
  stems: Set<string>;
  /** The one added last, which is nearly always the next one, too: that spares looking it up. */
  stem: string | undefined;
}

/**
 * @param rows with numbers that rise; throws `bad-input` where they do not
 * @param after the number that all are greater than
 */
export function buildSegment(rows: Iterable<AnalysedRow>, after: number): Segment {
  const writer = new SegmentWriter(after);
  const forms = new Map<string, Postings>();
  let doc = 0;
  for (const { row, terms } of rows) {
    writer.row(row, countTerms(forms, terms, doc));
    doc++;
  }
  for (const [form, { docs, frequencies, stems }] of sorted(forms)) {
    const at = writer.form(form, docs, frequencies, docs.length);
    for (const stem of stems) writer.stem(stem, at);
  }
  return Segment.of(writer.finish());
}

/** Notes the words of a row; gives how many there are. */
function countTerms(forms: Map<string, Postings>, terms: Iterable<Term>, doc: number): number {
  let length = 0;
  for (const { form, stem } of terms) {
    length++;
    let postings = forms.get(form);
    if (!postings) {
      postings = { docs: [], frequencies: [], stems: new Set(), stem: undefined };
      forms.set(form, postings);
    }
    const last = postings.docs.length - 1;
    if (postings.docs[last] === doc) postings.frequencies[last]!++;
    else {
      postings.docs.push(doc);
      postings.frequencies.push(1);
    }
    if (stem !== undefined && stem !== postings.stem) {
      postings.stems.add(stem);
      postings.stem = stem;
    }
  }
  return length;
}

function sorted<T>(map: ReadonlyMap<string, T>): [string, T][] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** A segment, and which of its rows are not wanted any more: 1 for each of those. */
export interface Source {
  segment: Segment;
  dead: Uint8Array;
}

/**
 * One segment of the living rows of several, whose rows follow each other.
 * @param renumber new number of a row; the order of rows must stay. @default the same
 */
export function mergeSegments(
  sources: readonly Source[],
  renumber: (row: number) => number = (row) => row,
): Segment {
  const writer = new SegmentWriter();
  let living = 0;
  const cursors = sources.map(({ segment, dead }) => {
    const places = new Int32Array(segment.rows.length);
    for (let i = 0; i < places.length; i++) {
      places[i] = dead[i] === 1 ? -1 : living++;
      if (dead[i] !== 1) writer.row(renumber(segment.rows[i]!), segment.lengths[i]!);
    }
    return new Cursor(segment, places);
  });
  mergeForms(writer, cursors, living);
  mergeStems(writer, cursors);
  return Segment.of(writer.finish());
}

/** Goes through the forms of a segment. */
class Cursor {
  readonly segment: Segment;
  /** Where each form went; -1 where nobody has it any more. */
  readonly formPlaces: Int32Array;
  form: string | undefined;
  readonly #rowPlaces: Int32Array;
  readonly #docs: Uint32Array;
  readonly #frequencies: Uint32Array;
  #at = 0;

  constructor(segment: Segment, rowPlaces: Int32Array) {
    this.segment = segment;
    this.#rowPlaces = rowPlaces;
    this.formPlaces = new Int32Array(segment.forms.length).fill(-1);
    this.#docs = new Uint32Array(segment.rows.length);
    this.#frequencies = new Uint32Array(segment.rows.length);
    this.form = segment.forms.length > 0 ? segment.forms.at(0) : undefined;
  }

  get at(): number {
    return this.#at;
  }

  /** Puts the living postings of this form behind the first `count`; gives how many there are then. */
  take(docs: Uint32Array, frequencies: Uint32Array, count: number): number {
    const found = this.segment.postings(this.#at, this.#docs, this.#frequencies);
    let end = count;
    for (let i = 0; i < found; i++) {
      const place = this.#rowPlaces[this.#docs[i]!]!;
      if (place < 0) continue;
      docs[end] = place;
      frequencies[end++] = this.#frequencies[i]!;
    }
    return end;
  }

  next(): void {
    this.#at++;
    this.form = this.#at < this.segment.forms.length ? this.segment.forms.at(this.#at) : undefined;
  }
}

function mergeForms(writer: SegmentWriter, cursors: readonly Cursor[], rows: number): void {
  const docs = new Uint32Array(rows);
  const frequencies = new Uint32Array(rows);
  for (;;) {
    const form = leastOf(cursors);
    if (form === undefined) return;
    const having = cursors.filter((cursor) => cursor.form === form);
    let count = 0;
    for (const cursor of having) count = cursor.take(docs, frequencies, count);
    const place = count > 0 ? writer.form(form, docs, frequencies, count) : -1;
    for (const cursor of having) {
      cursor.formPlaces[cursor.at] = place;
      cursor.next();
    }
  }
}

function leastOf(cursors: readonly Cursor[]): string | undefined {
  let least: string | undefined;
  for (const { form } of cursors) {
    if (form !== undefined && (least === undefined || form < least)) least = form;
  }
  return least;
}

function mergeStems(writer: SegmentWriter, cursors: readonly Cursor[]): void {
  const members = new Map<string, Set<number>>();
  for (const { segment, formPlaces } of cursors) {
    for (let stem = 0; stem < segment.stems.length; stem++) {
      const places = [...segment.formsOf(stem)].map((form) => formPlaces[form]!);
      const living = places.filter((place) => place >= 0);
      if (living.length === 0) continue;
      const key = segment.stems.at(stem);
      const known = members.get(key);
      if (!known) members.set(key, new Set(living));
      else for (const place of living) known.add(place);
    }
  }
  for (const [key, places] of members) {
    for (const place of [...places].sort((a, b) => a - b)) writer.stem(key, place);
  }
}
