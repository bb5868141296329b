/** A site's pages as passages to index, with what is embedded of each. */

import { crawl, pagePassages, type Page, type Problem } from '../crawl/index.ts';
import type { CrawlOptions } from '../crawl/index.ts';
import type { Metadata, MetadataValue } from '../contract/index.ts';
import { passageInput } from '../passages/index.ts';
import type { SitePassage } from '../site/index.ts';
import type { IndexEvent } from './events.ts';

export interface Collected {
  pages: number;
  passages: SitePassage[];
  /** Fields that pages are chosen by, in order. */
  filters: string[];
  problems: Partial<Record<Problem['code'], number>>;
}

export interface CollectOptions extends CrawlOptions {
  size: Parameters<typeof pagePassages>[1];
  onEvent: (event: IndexEvent) => void;
}

/** Passages in the order of the crawl. Throws as `crawl`. */
export async function collect(dir: string, options: CollectOptions): Promise<Collected> {
  const { size, onEvent, ...crawling } = options;
  const passages: SitePassage[] = [];
  const filters = new Set<string>();
  const problems: Collected['problems'] = {};
  let pages = 0;
  for await (const event of crawl(dir, crawling)) {
    if (event.kind === 'problem') {
      const { code } = event.problem;
      problems[code] = (problems[code] ?? 0) + 1;
      onEvent(event);
      continue;
    }
    pages++;
    for (const name of Object.keys(event.page.filters)) filters.add(name);
    for (const passage of passagesOf(event.page, size)) passages.push(passage);
    onEvent({ kind: 'reading', pages, passages: passages.length });
  }
  return { pages, passages, filters: [...filters].sort(), problems };
}

/** What a vector of a passage is made of: what the page and its sections are called comes first. */
export function embeddedText({ title, headings = [], text }: SitePassage): string {
  return passageInput(text, [...new Set([title, ...headings])].join(' – '));
}

function passagesOf(page: Page, size: CollectOptions['size']): SitePassage[] {
  const starts = startsOf(page);
  const metadata = metadataOf(page);
  return pagePassages(page, size).map((passage): SitePassage => {
    const { section, start, text, headings, weight, anchor } = passage;
    const language = passage.language ?? page.language;
    return {
      url: page.url,
      title: page.title,
      headings,
      text,
      start: starts[section]! + start,
      weight,
      metadata,
      ...(anchor !== undefined && { anchor }),
      ...(language !== undefined && { language }),
    };
  });
}

/** Where each section begins in the page's text, with a blank line between two. */
function startsOf({ sections }: Page): number[] {
  let at = 0;
  return sections.map(({ text }) => {
    const start = at;
    at += text.length + 2;
    return start;
  });
}

/** Filters are lists on every page, however many values one has. */
function metadataOf({ description, image, metadata, filters }: Page): Metadata {
  const all: Record<string, MetadataValue> = Object.create(null) as Record<string, MetadataValue>;
  if (description !== undefined) all['description'] = description;
  if (image) {
    all['image'] = image.url;
    if (image.alt !== '') all['image_alt'] = image.alt;
  }
  return { ...Object.assign(all, metadata, filters) };
}
