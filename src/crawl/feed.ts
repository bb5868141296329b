/** A record of a feed to what the page says. */

import { readFragment } from './html/index.ts';
import { LeftOut, type PageContent, type Warn } from './page.ts';
import { languageTag, oneLine, plainLines, wellFormed } from './text.ts';
import { titleOfUrl } from './title.ts';
import { resolvedUrl } from './urls.ts';

export interface FeedPage {
  content: PageContent;
  url: string;
}

type Fields = Readonly<Record<string, unknown>>;
type MetadataOfFeed = string | number | boolean | readonly string[];

/** Throws `bad-feed` with what was expected, `empty` and `too-complex`. @param base of its URLs */
export function readRecord(value: unknown, base: string, warn: Warn): FeedPage {
  const record = withWellFormed(value, STRING_DEPTH);
  if (!isFields(record)) throw badField('A record', 'an object', record);
  const url = urlOf(record, base);
  const content = contentOf(record, url, warn);
  const description = optionalText(record, 'description') ?? content.description;
  return {
    url,
    content: {
      ...content,
      title: optionalText(record, 'title') ?? content.title ?? titleOfUrl(url),
      ...(description !== undefined && { description }),
      metadata: { ...content.metadata, ...metadataOf(record['metadata']) },
      filters: { ...content.filters, ...filtersOf(record['filters']) },
    },
  };
}

/** A record, its metadata, a list in that, a string in that; what is deeper is not read. */
const STRING_DEPTH = 3;

/** The escapes of JSON can be halves of surrogate pairs. */
function withWellFormed(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return wellFormed(value);
  if (typeof value !== 'object' || value === null || depth === 0) return value;
  const inner = (item: unknown): unknown => withWellFormed(item, depth - 1);
  if (Array.isArray(value)) return value.map(inner);
  const fields = Object.entries(value).map(([name, item]) => [wellFormed(name), inner(item)]);
  return Object.fromEntries(fields) as unknown;
}

/** The records of a JSON feed: a list of them. */
export function parsedFeed(json: string): unknown[] {
  const records = parsedJson(json);
  if (!Array.isArray(records)) throw badField('The feed', 'a list of records', records);
  return records;
}

export function parsedJson(json: string): unknown {
  try {
    return JSON.parse(json.replace(/^\ufeff/, ''));
  } catch (error) {
    const reason = oneLine(String(error)).slice(0, 120);
    throw new LeftOut('bad-feed', `Expected JSON, but ${reason}.`);
  }
}

function contentOf(record: Fields, url: string, warn: Warn): ReturnType<typeof readFragment> {
  const { text, html } = record;
  if ((text === undefined) === (html === undefined)) {
    const got = text === undefined ? 'neither' : 'both';
    throw new LeftOut('bad-feed', `Expected either text or html, got ${got}.`);
  }
  const language = languageOf(record);
  if (html !== undefined) {
    if (typeof html !== 'string') throw badField('html', 'a string', html);
    const content = readFragment(html, url, warn);
    if (language === undefined) return content;
    const sections = content.sections.map((section) => ({ language, ...section }));
    return { ...content, language, sections };
  }
  if (typeof text !== 'string') throw badField('text', 'a string', text);
  const lines = plainLines(text);
  if (lines === '') throw new LeftOut('empty', 'The record has no text.');
  const ofLanguage = language !== undefined && { language };
  const sections = [{ headings: [], ...ofLanguage, weight: 1, text: lines }];
  return { title: undefined, ...ofLanguage, metadata: {}, filters: {}, sections };
}

function urlOf({ url }: Fields, base: string): string {
  const resolved =
    typeof url === 'string' && url.trim() !== '' ? resolvedUrl(url, base) : undefined;
  if (resolved === undefined) throw badField('url', 'an http or https URL, or a path', url);
  return resolved;
}

function languageOf({ language }: Fields): string | undefined {
  if (language === undefined || language === null) return undefined;
  const tag = typeof language === 'string' ? languageTag(language) : undefined;
  if (tag === undefined) throw badField('language', 'a BCP 47 tag', language);
  return tag;
}

function optionalText(record: Fields, name: string): string | undefined {
  const value = record[name] ?? '';
  if (typeof value !== 'string') throw badField(name, 'a string', value);
  return oneLine(value) || undefined;
}

function metadataOf(metadata: unknown): Record<string, MetadataOfFeed> {
  if (!isFields(metadata ?? {})) throw badField('metadata', 'an object', metadata);
  const values = new Map<string, MetadataOfFeed>();
  for (const [name, value] of Object.entries(metadata ?? {}) as [string, unknown][]) {
    if (value === null) continue;
    if (!isMetadata(value)) {
      const expected = 'a string, a finite number, true, false or a list of strings';
      throw badField(`metadata.${name.slice(0, 40)}`, expected, value);
    }
    values.set(name, value);
  }
  return Object.fromEntries(values);
}

function filtersOf(filters: unknown): Record<string, string[]> {
  if (!isFields(filters ?? {})) throw badField('filters', 'an object', filters);
  const values = new Map<string, string[]>();
  for (const [name, value] of Object.entries(filters ?? {}) as [string, unknown][]) {
    const list: unknown = typeof value === 'string' ? [value] : value;
    if (!isStrings(list)) {
      throw badField(`filters.${name.slice(0, 40)}`, 'a string or a list of strings', value);
    }
    values.set(name, [...new Set(list)].sort());
  }
  return Object.fromEntries(values);
}

function isMetadata(value: unknown): value is MetadataOfFeed {
  if (typeof value === 'number') return Number.isFinite(value);
  return typeof value === 'string' || typeof value === 'boolean' || isStrings(value);
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function badField(what: string, expected: string, got: unknown): LeftOut {
  const shown = (JSON.stringify(got) ?? String(got)).slice(0, 40);
  return new LeftOut('bad-feed', `${what} must be ${expected}, got ${shown}.`);
}
