/** Writes a site's index: words, texts, filters, vectors and the query encoder, and what names them. */

import { NearfieldError, type SiteInfo, type SiteModel } from '../contract/index.ts';
import { LightEncoder } from '../light/index.ts';
import { SiteWriter, type SiteFile } from './files/index.ts';
import { checkEncoder } from './encoder.ts';
import { MANIFEST, writeManifest } from './manifest.ts';
import type { SitePassage } from './passage.ts';
import { writeText } from './text-writer.ts';
import { writeVectors } from './vectors/index.ts';

export interface SiteMeaning {
  model: SiteModel;
  /** Unit rows in the passages' order, passages x dimensions. */
  vectors: Float32Array;
  /** Mean of the vectors of some queries. @default the rows' */
  queryMean?: Float32Array;
  /** As `fitLight` gives it. @default none: meaning needs the model itself */
  light?: Uint8Array<ArrayBuffer>;
}

export interface SiteInput {
  /** Those of a page one after the other. */
  passages: readonly SitePassage[];
  /** Fields of their metadata that visitors choose by; the rest is shown and no more. @default all */
  filters?: readonly string[];
  /** @default words alone */
  meaning?: SiteMeaning;
}

export interface BuiltSite {
  /** Hash of all of it, and the folder that `files` lie in. */
  site: string;
  /** One after the other, once; those of this folder never change. */
  files: Iterable<SiteFile>;
  /** `nearfield.json`, beside that folder: to be written last. */
  manifest: SiteFile;
}

/** How far from 1 the length of a vector may be: float16 somewhere on its way, and no more. */
const LENGTH_TOLERANCE = 0.01;

/**
 * The same input gives the same bytes with the same zlib. Throws `bad-input` for passages and vectors
 * that are none, and for an encoder of another model.
 */
export async function buildSite({ passages, filters, meaning }: SiteInput): Promise<BuiltSite> {
  const writer = new SiteWriter();
  // Of no passages there is no meaning.
  const told = passages.length > 0 ? meaning : undefined;
  await writeText(writer, passages, {
    filters,
    ...(told && { beside: (numbers) => writeMeaning(writer, told, numbers) }),
  });
  const { site, files } = await writer.finish();
  const info: SiteInfo = {
    site,
    pages: new Set(passages.map(({ url }) => url)).size,
    passages: passages.length,
    languages: languagesOf(passages),
    filters: (filters ?? fieldsOf(passages)).toSorted(),
    ...(told && { model: told.model }),
    ...(told?.light && { light: { bytes: told.light.length } }),
  };
  return { site, files, manifest: { name: MANIFEST, bytes: writeManifest(info) } };
}

/**
 * @param numbers of the passages: their vectors get the same
 * @returns sketches by those numbers
 */
async function writeMeaning(
  writer: SiteWriter,
  { model, vectors, queryMean, light }: SiteMeaning,
  numbers: Uint32Array,
): Promise<Uint8Array> {
  const { dimensions } = model;
  if (vectors.length !== numbers.length * dimensions) {
    throw new NearfieldError(
      'bad-input',
      `meaning.vectors: expected ${numbers.length} rows of ${dimensions} values, got ${vectors.length} values.`,
    );
  }
  const ordered = new Float32Array(vectors.length);
  for (const [i, number] of numbers.entries()) {
    const row = vectors.subarray(i * dimensions, (i + 1) * dimensions);
    checkRow(row, i);
    ordered.set(row, number * dimensions);
  }
  if (light) {
    checkEncoder(LightEncoder.from(light), model, 'bad-input');
    await writer.add({ kind: 'light', number: 0 }, { plain: light });
  }
  return writeVectors(writer, ordered, dimensions, { ...(queryMean && { queryMean }) });
}

function checkRow(row: Float32Array, index: number): void {
  const length = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
  if (Math.abs(length - 1) <= LENGTH_TOLERANCE) return;
  throw new NearfieldError(
    'bad-input',
    `meaning.vectors: row ${index} has length ${length}, expected 1.`,
    { index },
  );
}

function fieldsOf(passages: readonly SitePassage[]): string[] {
  return [...new Set(passages.flatMap(({ metadata = {} }) => Object.keys(metadata)))];
}

/** Base languages of the pages, those of most pages first, then by name. */
function languagesOf(passages: readonly SitePassage[]): string[] {
  const pages = new Map(passages.map(({ url, language }) => [url, language]));
  const counts = new Map<string, number>();
  for (const language of pages.values()) {
    const base = language?.split('-')[0]?.toLowerCase() ?? '';
    if (base !== '') counts.set(base, (counts.get(base) ?? 0) + 1);
  }
  return [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([name]) => name);
}
