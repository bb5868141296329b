/** Writes words, texts and metadata of a site's passages as files of a plain static server. */

import {
  isMetadataValue,
  METADATA_VALUE,
  NearfieldError,
  type MetadataValue,
} from '../contract/index.ts';
import { LexicalIndex } from '../words/index.ts';
import { Segment } from '../words/segment.ts';
import { SegmentWriter } from '../words/segment-writer.ts';
import type { SiteWriter } from './files/index.ts';
import { writeColumn, type Values } from './filters/index.ts';
import { cutFragments, writeFragments } from './fragments/index.ts';
import { indexedText, type SitePassage } from './passage.ts';
import { writeRoot } from './root.ts';
import { SHARD_BYTES, TermTable, WordWriter } from './words/index.ts';

export interface TextWriterOptions {
  /** Fields of metadata that filters may ask for. @default all */
  filters?: readonly string[] | undefined;
  /**
   * Given each passage's number, what is to lie beside its text: as many bytes for each, in the order of
   * the numbers. @default nothing
   */
  beside?: (numbers: Uint32Array) => Promise<Uint8Array>;
  /** Bytes of a file of words, about. @default 4,096 */
  shardBytes?: number;
}

/** Passages that are indexed at once. */
const BATCH = 1000;

/**
 * Adds the files of the passages to a site's. The same passages in the same order give the same bytes
 * with the same zlib. Throws `bad-input` for a passage that is none, with its position.
 *
 * @returns number of each passage in the index, in the order they were given
 */
export async function writeText(
  site: SiteWriter,
  passages: Iterable<SitePassage> | AsyncIterable<SitePassage>,
  { filters, beside, shardBytes = SHARD_BYTES }: TextWriterOptions = {},
): Promise<Uint32Array> {
  const { segment, all } = await indexed(passages);
  const words = new WordWriter(segment, shardBytes);
  const sizes: number[] = [];
  for (const parts of words.shards()) {
    sizes.push(await site.add({ kind: 'terms', number: sizes.length }, parts));
  }
  const ordered = inOrder(all, words.numbers);
  const sketches = (await beside?.(words.numbers)) ?? new Uint8Array();
  const bytes = sketches.length / Math.max(1, ordered.length);
  const starts = cutFragments(words.lengths);
  for (const [number, start] of starts.entries()) {
    const end = starts[number + 1] ?? ordered.length;
    const own = sketches.subarray(start * bytes, end * bytes);
    await site.add({ kind: 'fragments', number }, writeFragments(ordered.slice(start, end), own));
  }
  const columns = [...columnsOf(ordered, filters)].sort(([a], [b]) => (a < b ? -1 : 1));
  const pages = ordered.map(({ url }) => url);
  for (const [number, [, values]] of columns.entries()) {
    await site.add({ kind: 'filter', number }, writeColumn(values, pages));
  }
  const shards = words.firsts.map((first, i) => ({ first, bytes: sizes[i]! }));
  const root = {
    table: new TermTable(words.scope.languages, words.lengths, shards),
    fields: columns.map(([field]) => field),
    weights: weightsOf(ordered),
  };
  await site.add({ kind: 'root', number: 0 }, writeRoot(root));
  return words.numbers;
}

async function indexed(
  passages: Iterable<SitePassage> | AsyncIterable<SitePassage>,
): Promise<{ segment: Segment; all: SitePassage[] }> {
  const index = new LexicalIndex();
  const all: SitePassage[] = [];
  let batch: { row: number; text: string; language: string | undefined }[] = [];
  const add = async (): Promise<void> => {
    await index.prepare(batch);
    index.add(batch);
    batch = [];
  };
  for await (const passage of passages) {
    check(passage, all.length);
    batch.push({ row: all.length, text: indexedText(passage), language: passage.language });
    all.push(passage);
    if (batch.length === BATCH) await add();
  }
  await add();
  index.vacuum();
  const [bytes] = index.segments();
  return { segment: Segment.of(bytes ?? new SegmentWriter().finish()), all };
}

function inOrder(passages: readonly SitePassage[], numbers: Uint32Array): SitePassage[] {
  const ordered: SitePassage[] = [];
  for (const [i, number] of numbers.entries()) ordered[number] = passages[i]!;
  return ordered;
}

function columnsOf(
  passages: readonly SitePassage[],
  filters: readonly string[] | undefined,
): Map<string, Values> {
  const columns = new Map<string, Map<number, Exclude<MetadataValue, null>>>();
  for (const [row, { metadata = {} }] of passages.entries()) {
    for (const [field, value] of Object.entries(metadata)) {
      if (value === null || filters?.includes(field) === false) continue;
      const column = columns.get(field);
      if (column) column.set(row, value);
      else columns.set(field, new Map([[row, value]]));
    }
  }
  return columns;
}

function weightsOf(passages: readonly SitePassage[]): [weight: number, rows: number[]][] {
  const weights = new Map<number, number[]>();
  for (const [row, { weight = 1 }] of passages.entries()) {
    if (weight === 1) continue;
    const rows = weights.get(weight);
    if (rows) rows.push(row);
    else weights.set(weight, [row]);
  }
  return [...weights].sort(([a], [b]) => a - b);
}

function check(passage: SitePassage, index: number): void {
  const wrong = (what: string): NearfieldError =>
    new NearfieldError('bad-input', `passages[${index}].${what}.`, { index });
  const { weight = 1, start = 0, metadata = {} } = passage;
  for (const key of ['url', 'title', 'text'] as const) {
    if (typeof passage[key] !== 'string') throw wrong(`${key}: expected a string`);
  }
  if (!Number.isFinite(weight) || weight <= 0) {
    throw wrong(`weight: expected a number above 0, got ${String(weight)}`);
  }
  if (!Number.isSafeInteger(start) || start < 0) {
    throw wrong(`start: expected a whole number from 0 on, got ${String(start)}`);
  }
  for (const [field, value] of Object.entries(metadata)) {
    if (!isMetadataValue(value)) throw wrong(`metadata.${field}: expected ${METADATA_VALUE}`);
  }
}
