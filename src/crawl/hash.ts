/** What a page is told from its earlier self by. */

import { sha256 } from '@noble/hashes/sha2.js';
import { toHex } from '../contract/index.ts';
import type { Page, PageContent, Section } from './page.ts';

/** Part of every hash: what was indexed by another layout is not the same. */
const LAYOUT = 1;

export interface Source {
  path: string;
  line?: number;
  url: string;
}

/** The page of a file, with the SHA-256 of all that would be indexed. */
export function sealedPage({ path, line, url }: Source, content: PageContent): Page {
  const { title, description, language, image, canonical, sections } = content;
  const facts = [LAYOUT, url, title, description, language, image?.url, image?.alt, canonical];
  const metadata = sorted(content.metadata);
  const filters = sorted(content.filters);
  const hash = sha256(utf8(JSON.stringify([facts, metadata, filters, sections.map(values)])));
  return {
    path,
    ...(line !== undefined && { line }),
    url,
    ...content,
    metadata: Object.fromEntries(metadata),
    filters: Object.fromEntries(filters),
    hash: toHex(hash),
  };
}

/** By name, in the order of UTF-16 units: the same whatever order a page has them in. */
function sorted<Value>(named: Readonly<Record<string, Value>>): [string, Value][] {
  return Object.entries(named).sort(([a], [b]) => (a < b ? -1 : 1));
}

function values({ anchor, headings, language, weight, text }: Section): unknown[] {
  return [anchor, headings, language, weight, text];
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
