/**
 * One file of texts: JSON, which deflate makes as small as columns would be; and beside each text what
 * tells, roughly, where its vector is, where there are vectors.
 */

import type { Metadata, MetadataValue } from '../../contract/index.ts';
import { damaged, type FileParts, type OpenedParts } from '../files/index.ts';
import type { SitePassage } from '../passage.ts';

/** A passage as it is shown. */
export type SiteFragment = Required<Omit<SitePassage, 'weight' | 'language'>> &
  Pick<SitePassage, 'language'>;

/** A passage as it is stored. */
export interface SketchedFragment {
  shown: SiteFragment;
  /** As `writeVectors` gives it; empty where there are no vectors. */
  sketch: Uint8Array;
}

type Stored = [
  url: string,
  title: string,
  headings: readonly string[],
  anchor: string,
  text: string,
  start: number,
  language: string | null,
  metadata: Record<string, unknown>,
];

/** @param sketches of the passages, one after the other and all as long; or nothing */
export function writeFragments(
  passages: readonly SitePassage[],
  sketches: Uint8Array = new Uint8Array(),
): FileParts {
  const stored = passages.map((passage): Stored => {
    const { url, title, text, headings = [], anchor = '', start = 0, language = null } = passage;
    const metadata = Object.entries(passage.metadata ?? {}).map(
      ([key, value]) => [key, toStored(value)] as const,
    );
    return [url, title, headings, anchor, text, start, language, Object.fromEntries(metadata)];
  });
  // Halves of surrogate pairs are written as escapes, and come back as they were.
  return { packed: new TextEncoder().encode(JSON.stringify(stored)), plain: sketches };
}

/** Throws `integrity`. @param count passages that the file should have */
export function readFragments(
  { packed, plain }: OpenedParts,
  name: string,
  count: number,
): SketchedFragment[] {
  let stored: unknown;
  try {
    stored = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(packed));
  } catch (error) {
    throw damaged(name, `it is no JSON (${String(error)})`);
  }
  if (!Array.isArray(stored) || stored.length !== count || !stored.every(isStored)) {
    throw damaged(name, `it is no list of ${count} passages`);
  }
  if (plain.length % Math.max(1, count) !== 0) throw damaged(name, 'its sketches are cut off');
  const bytes = plain.length / Math.max(1, count);
  return stored.map((fragment, i) => ({
    shown: fragmentOf(fragment, name),
    sketch: plain.subarray(i * bytes, (i + 1) * bytes),
  }));
}

function fragmentOf(
  [url, title, headings, anchor, text, start, language, metadata]: Stored,
  name: string,
): SiteFragment {
  return {
    url,
    title,
    headings,
    anchor,
    text,
    start,
    ...(language !== null && { language }),
    metadata: Object.fromEntries(
      Object.entries(metadata).map(([key, value]) => [key, fromStored(value, name)]),
    ) satisfies Metadata,
  };
}

function isStored(value: unknown): value is Stored {
  if (!Array.isArray(value) || value.length !== 8) return false;
  const [url, title, headings, anchor, text, start, language, metadata] = value as unknown[];
  return (
    [url, title, anchor, text].every((part) => typeof part === 'string') &&
    isStrings(headings) &&
    typeof start === 'number' &&
    (language === null || typeof language === 'string') &&
    typeof metadata === 'object' &&
    metadata !== null
  );
}

/** JSON has no dates. */
function toStored(value: MetadataValue): unknown {
  return value instanceof Date ? { date: value.getTime() } : value;
}

function fromStored(value: unknown, name: string): MetadataValue {
  if (value === null || ['string', 'number', 'boolean'].includes(typeof value)) {
    return value as MetadataValue;
  }
  if (isStrings(value)) return value;
  const date = (value as { date?: unknown }).date;
  if (typeof date !== 'number') throw damaged(name, 'metadata has a value of no known type');
  return new Date(date);
}

function isStrings(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
