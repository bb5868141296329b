import { NearfieldError } from '../contract/index.ts';
import type {
  CollectionInfo,
  CollectionOptions,
  EmbeddedRows,
  Embedder,
  SearchOptions,
} from '../contract/index.ts';
import { fault } from '../cache/index.ts';
import { MIN_PASSAGE_CHARACTERS } from './passages.ts';
import { incompatible, sameSpec } from './spec.ts';
import type { VectorSpec } from './wire.ts';

export const DEFAULT_LIMIT = 10;

/** What the collection's vectors will be of; throws `bad-input`. */
export function checkedSpec({
  embedder,
  dimensions,
  passageCharacters,
}: CollectionOptions): VectorSpec {
  const { dimensions: full, minDimensions } = embedder.info;
  const width = dimensions ?? full;
  if (!Number.isInteger(width) || width < minDimensions || width > full) {
    throw badInput(`dimensions must be a whole number from ${minDimensions} to ${full}`, width);
  }
  if (passageCharacters !== undefined) {
    wholeNumber('passageCharacters', passageCharacters, MIN_PASSAGE_CHARACTERS);
  }
  return specOf(embedder, width);
}

/** The space of an embedder's vectors at a width. */
export function specOf({ info }: Embedder, dimensions: number): VectorSpec {
  const { model, revision, pooling } = info;
  return { model, revision, pooling, dimensions };
}

/**
 * Throws `incompatible-index` when an embedder's vectors do not fit a collection any more: a folder
 * that names no version may hold another model when a worker that died loads it again.
 */
export function assertEmbedder(name: string, stored: VectorSpec, embedder: Embedder): void {
  const now = specOf(embedder, stored.dimensions);
  if (!sameSpec(stored, now)) throw incompatible(name, stored, now);
}

export function checkedQuery(query: unknown): string {
  if (typeof query === 'string' && query.trim() !== '') return query;
  throw badInput('query must be a string that is not blank', query);
}

export function checkedSearch({ limit = DEFAULT_LIMIT, minScore }: SearchOptions): number {
  wholeNumber('limit', limit, 1);
  if (minScore !== undefined && !Number.isFinite(minScore)) {
    throw badInput('minScore must be a finite number', minScore);
  }
  return limit;
}

export function wholeNumber(name: string, value: number, least: number): number {
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw badInput(`${name} must be a whole number of at least ${least}`, value);
}

/** Throws `incompatible-index`, or `bad-input` with the place of the wrong row. */
export function assertRows(info: CollectionInfo, rows: EmbeddedRows, documents: number): void {
  if (!sameSpec(info, rows)) throw incompatible(info.name, info, rows);
  if (rows.data.length !== documents * info.dimensions) {
    const expected = `${documents} documents of ${info.dimensions} dimensions`;
    throw badInput(`vectors must hold one row for each of ${expected}`, rows.data.length);
  }
  for (let i = 0; i < documents; i++) {
    const row = rows.data.subarray(i * info.dimensions, (i + 1) * info.dimensions);
    const wrong = fault(row);
    if (wrong === undefined) continue;
    throw new NearfieldError('bad-input', `Vector ${i} is ${wrong}; unit vectors are needed.`, {
      index: i,
    });
  }
}

function badInput(expected: string, got: unknown): NearfieldError {
  return new NearfieldError('bad-input', `${expected}, got ${String(got)}.`);
}
