/** The one file of an index whose address stays: it names the build, and says what is in it. */

import { NearfieldError, type SiteInfo, type SiteModel } from '../contract/index.ts';
import { MOST_ROWS } from './files/index.ts';

export const MANIFEST = 'nearfield.json';

/** Of the manifest and of all files that it leads to: they are built together. */
const VERSION = 1;

/** More than any sound one: 100 languages and 1,000 fields have room. */
const MOST_UNITS = 100_000;

export function writeManifest(info: SiteInfo): Uint8Array<ArrayBuffer> {
  const { site, pages, passages, languages, filters, model, light } = info;
  const json = { nearfield: VERSION, site, pages, passages, languages, filters, model, light };
  return new TextEncoder().encode(`${JSON.stringify(json, undefined, 2)}\n`);
}

/**
 * What a manifest of anywhere says. Throws `incompatible-index` where another version wrote it,
 * `integrity` where it is none.
 * @param url of it, for messages
 */
export function readManifest(text: string, url: string): SiteInfo {
  const given = parsed(text, url);
  if (typeof given['nearfield'] === 'number' && given['nearfield'] !== VERSION) {
    throw new NearfieldError(
      'incompatible-index',
      `${url} has version ${given['nearfield']}; this Nearfield reads ${VERSION}. Build the site's index with the version that the page uses.`,
    );
  }
  const field = <T>(name: string, isRight: (value: unknown) => value is T): T => {
    const value = given[name];
    if (isRight(value)) return value;
    throw noManifest(url, `"${name}" is not as it should be`);
  };
  const model = field('model', optional(isModel));
  const light = field('light', optional(isLight));
  if (light && !model) throw noManifest(url, '"light" belongs to no "model"');
  return {
    site: field('site', isSite),
    pages: field('pages', isCount),
    passages: field('passages', isCount),
    languages: field('languages', isStrings),
    filters: field('filters', isStrings),
    ...(model && { model }),
    ...(light && { light }),
  };
}

function parsed(text: string, url: string): Readonly<Record<string, unknown>> {
  if (text.length > MOST_UNITS) throw noManifest(url, `it has ${text.length} characters`);
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    throw noManifest(url, 'it is no JSON');
  }
  if (isRecord(given) && 'nearfield' in given) return given;
  throw noManifest(url, 'it does not begin as one');
}

/** What is there is something else: a host's page for what is missing, mostly. */
function noManifest(url: string, what: string): NearfieldError {
  return new NearfieldError(
    'integrity',
    `Expected the index of a site at ${url}, but ${what}. Run "nearfield index" on the site's folder, and publish all that it wrote.`,
  );
}

function optional<T>(isRight: (value: unknown) => value is T) {
  return (value: unknown): value is T | undefined => value === undefined || isRight(value);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** As it is part of addresses, nothing else may be in it. */
function isSite(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{16}$/.test(value);
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= MOST_ROWS;
}

function isStrings(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function isModel(value: unknown): value is SiteModel {
  if (!isRecord(value)) return false;
  const { model, revision, pooling, dimensions } = value;
  return (
    typeof model === 'string' &&
    typeof revision === 'string' &&
    ['mean', 'cls', 'last'].includes(pooling as string) &&
    Number.isInteger(dimensions) &&
    (dimensions as number) > 0
  );
}

function isLight(value: unknown): value is { bytes: number } {
  return isRecord(value) && Number.isSafeInteger(value['bytes']) && (value['bytes'] as number) > 0;
}
