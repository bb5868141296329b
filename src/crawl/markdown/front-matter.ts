/** The YAML at the head of a Markdown file. */

import { parse } from 'yaml';
import { messageOf } from '../../contract/index.ts';
import { LeftOut } from '../page.ts';
import { languageTag, oneLine, wellFormed } from '../text.ts';

export interface FrontMatter {
  title?: string | undefined;
  description?: string | undefined;
  language?: string | undefined;
  /** As it stands. */
  date?: string | undefined;
  /** Once each, in order. */
  tags: string[];
  draft: boolean;
  /** Where the page will be, if not at its file's place. */
  permalink?: string | undefined;
}

const BLOCK = /^---[^\S\n]*\n(?:(.*?)\n)?(?:---|\.\.\.)[^\S\n]*(?:\n|$)/s;

/** Splits a file with line feeds as line ends; throws `bad-front-matter`. */
export function splitFrontMatter(markdown: string): { matter: FrontMatter; body: string } {
  if (/^\+\+\+[^\S\n]*\n/.test(markdown)) {
    throw badFrontMatter('it is TOML (it begins with +++)');
  }
  const block = BLOCK.exec(markdown);
  const body = block ? markdown.slice(block[0].length) : markdown;
  return { matter: matterOf(fieldsOf(block?.[1] ?? '')), body };
}

/** More is no front matter, and takes YAML long. */
const MAX_CHARACTERS = 100_000;

function fieldsOf(yaml: string): Map<string, unknown> {
  if (yaml.length > MAX_CHARACTERS) throw badFrontMatter('it is too long');
  let fields: unknown;
  try {
    fields = parse(yaml, { mapAsMap: true, logLevel: 'error' });
  } catch (error) {
    throw badFrontMatter(messageOf(error));
  }
  // A rule (---) at the head of a file, and another one later: what is between is text or nothing.
  if (fields === null) return new Map();
  if (!(fields instanceof Map)) throw badFrontMatter('it has no fields');
  return new Map([...fields].map(([name, value]) => [String(name).toLowerCase(), value]));
}

function matterOf(fields: ReadonlyMap<string, unknown>): FrontMatter {
  const text = (...names: string[]): string | undefined =>
    names.map((name) => textOf(fields.get(name))).find((value) => value !== '');
  return {
    title: text('title'),
    description: text('description', 'summary'),
    language: languageTag(text('language', 'lang')),
    date: text('date'),
    tags: [...new Set(listOf(fields.get('tags')))].sort(),
    draft: fields.get('draft') === true || fields.get('published') === false,
    permalink: text('permalink'),
  };
}

function textOf(value: unknown): string {
  if (typeof value !== 'string' && typeof value !== 'number') return '';
  // The escapes of YAML can be halves of surrogate pairs.
  return oneLine(wellFormed(String(value)));
}

/** A YAML list, or words between commas. */
function listOf(value: unknown): string[] {
  const items: unknown[] = Array.isArray(value) ? value : textOf(value).split(',');
  return items.map(textOf).filter((item) => item !== '');
}

function badFrontMatter(why: string): LeftOut {
  const [reason] = why.split('\n');
  return new LeftOut('bad-front-matter', `Expected YAML between two lines of ---, but ${reason}.`);
}
