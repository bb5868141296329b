/** Passages that were found as pages with their sections, whose texts are read for it. */

import { sectionUrl, type SitePageHit, type SitePassageHit } from '../contract/index.ts';
import type { RankedPassage } from './ranking.ts';
import type { ShownFragment, TextReader } from './text-reader.ts';

export interface PageOptions {
  /** Most pages, and most passages of each. */
  limit: number;
  passages: number;
  /** What to mark in snippets, and their length. */
  forms: ReadonlyMap<string, number>;
  room: number | undefined;
  /** Address of a page to leave out. */
  without?: string | undefined;
  signal: AbortSignal | undefined;
}

export interface FoundPages {
  pages: SitePageHit[];
  /** Names of files of texts that could not be read. */
  missing: string[];
}

/** Passages that are read at most, for each page wanted: one long page may have the best hundred. */
const READS_PER_PAGE = 4;

/**
 * The pages of the best passages. Which page a passage is of stands beside its text, so texts are read
 * in turns, as many as there are pages to find. Throws `aborted`.
 */
export async function pagesOf(
  reader: TextReader,
  ranked: readonly RankedPassage[],
  { limit, passages, forms, room, without, signal }: PageOptions,
): Promise<FoundPages> {
  const pages = new Map<string, SitePageHit>();
  const missing = new Set<string>();
  const most = Math.min(ranked.length, limit * READS_PER_PAGE);
  for (let at = 0; at < most && pages.size < limit;) {
    const turn = ranked.slice(at, Math.min(most, at + limit - pages.size));
    at += turn.length;
    const ids = turn.map(({ id }) => id);
    const fragments = await reader.fragments(ids, { forms, room, signal });
    for (const [i, found] of turn.entries()) {
      const fragment = fragments[i];
      if (!fragment) missing.add(reader.fileOf(found.id));
      else if (fragment.url !== without) add(pages, fragment, found, passages);
    }
  }
  return { pages: [...pages.values()], missing: [...missing] };
}

function add(
  pages: Map<string, SitePageHit>,
  fragment: ShownFragment,
  found: RankedPassage,
  most: number,
): void {
  const page = pages.get(fragment.url);
  if (!page) pages.set(fragment.url, pageOf(fragment, found));
  else if (page.passages.length < most) page.passages.push(passageOf(fragment, found));
}

function pageOf(fragment: ShownFragment, found: RankedPassage): SitePageHit {
  const { url, title, language, metadata } = fragment;
  return {
    url,
    title,
    ...(language !== undefined && { language }),
    metadata: metadata,
    score: found.score,
    passages: [passageOf(fragment, found)],
  };
}

function passageOf(
  { url, anchor, headings, snippet }: ShownFragment,
  { id, score, via }: RankedPassage,
): SitePassageHit {
  return {
    id,
    url: sectionUrl(url, anchor),
    headings,
    snippet,
    score,
    via,
  };
}
