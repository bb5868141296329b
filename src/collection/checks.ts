import { NearfieldError } from '../contract/index.ts';
import type {
  CollectionInfo,
  CollectionOptions,
  EmbeddedRows,
  Embedder,
  SearchOptions,
} from '../contract/index.ts';
import { fault } from '../cache/index.ts';
import { checkedFilter } from './filter/index.ts';
import { incompatible, sameSpec } from './spec.ts';
import type { SearchRequest, VectorSpec } from './wire.ts';

export const DEFAULT_LIMIT = 10;

/** What the collection's vectors will be of; throws `bad-input`. */
export function checkedSpec(embedder: Embedder, { dimensions }: CollectionOptions): VectorSpec {
  const { dimensions: full, minDimensions } = embedder.info;
  const width = dimensions ?? full;
  if (!Number.isInteger(width) || width < minDimensions || width > full) {
    throw badInput(`dimensions must be a whole number from ${minDimensions} to ${full}`, width);
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

const MODES: readonly unknown[] = ['hybrid', 'vector', 'lexical'];
const FUSIONS: readonly unknown[] = ['scores', 'ranks'];

/** From the same passage to a word or two that differ. */
const NEARLY_THE_SAME = 0.97;

/** What of the options the search worker is told; throws `bad-input`. */
export function checkedSearch(options: SearchOptions): Omit<SearchRequest, 'text' | 'meaning'> {
  const { limit = DEFAULT_LIMIT, mode = 'hybrid', minScore, filter, passages = 1 } = options;
  const { explain = false, exact = false, fusion = 'scores', language, prefix, fuzzy } = options;
  wholeNumber('limit', limit, 1);
  wholeNumber('passages', passages, 1);
  if (!MODES.includes(mode)) {
    throw badInput(`mode must be 'hybrid', 'vector' or 'lexical'`, mode);
  }
  if (!FUSIONS.includes(fusion)) throw badInput(`fusion must be 'scores' or 'ranks'`, fusion);
  if (minScore !== undefined && !Number.isFinite(minScore)) {
    throw badInput('minScore must be a finite number', minScore);
  }
  for (const [name, value] of Object.entries({ explain, exact, prefix, fuzzy })) {
    if (value !== undefined && typeof value !== 'boolean') {
      throw badInput(`${name} must be true or false`, value);
    }
  }
  if (language !== undefined && typeof language !== 'string') {
    throw badInput('language must be a BCP 47 tag', language);
  }
  return {
    ...{ limit, mode, minScore, passages, explain, exact, fusion },
    filter: filter && checkedFilter(filter),
    distinct: checkedDistinct(options.distinct),
    words: { language, prefix, fuzzy },
  };
}

function checkedDistinct(distinct: unknown): number | undefined {
  if (distinct === undefined || distinct === false) return undefined;
  if (distinct === true) return NEARLY_THE_SAME;
  if (typeof distinct === 'number' && distinct > 0 && distinct <= 1) return distinct;
  throw badInput(
    'distinct must be true, false or a cosine similarity above 0 and up to 1',
    distinct,
  );
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

export function badInput(expected: string, got: unknown): NearfieldError {
  return new NearfieldError('bad-input', `${expected}, got ${String(got)}.`);
}
