/** HTML to what a page says: one parse, then its head, marks, content and sections. */

import { LeftOut, type PageContent, type Section, type Warn } from '../page.ts';
import { resolvedUrl } from '../urls.ts';
import { Warnings } from '../warnings.ts';
import { firstHeading, firstImage, headOf, type Head } from './head.ts';
import { contents, type Content } from './landmarks.ts';
import { marksOf, type Marks } from './marks.ts';
import { sectionsOf } from './sections.ts';
import { elementsOf, parseTree, type Document, type Element } from './tree.ts';

export { decodedHtml } from './charset.ts';

/** What `titleOfUrl` and front matter fill in. */
export type HtmlContent = Omit<PageContent, 'title'> & { title: string | undefined };

/**
 * A page of a site; throws `noindex`, `redirect`, `empty` and `too-complex`.
 *
 * @param pageUrl what its links are relative to
 */
export function readPage(html: string, pageUrl: string, warn: Warn): HtmlContent {
  const document = parseTree(html);
  const head = headOf(document, pageUrl);
  if (head.noindex) throw new LeftOut('noindex', 'Its robots rule says noindex.');
  if (head.redirect) throw new LeftOut('redirect', 'It sends visitors elsewhere by meta refresh.');
  const body = bodyOf(document);
  const found = body && firstWithText(contents(body), head, warn);
  if (!body || !found) throw new LeftOut('empty', 'The page has no text.');
  const { content, sections } = found;
  const title =
    head.openGraphTitle ?? firstHeading(content.roots) ?? head.title ?? firstHeading([body]);
  const image = head.image ?? firstImage(content, head.linkBase);
  return withMarks({ ...head, title, image }, marksOf(document, warn), sections);
}

/** A piece of HTML that is content as a whole, as Markdown and feeds give; throws `empty` and `too-complex`. */
export function readFragment(html: string, pageUrl: string, warn: Warn): HtmlContent {
  const document = parseTree(html);
  const head = headOf(document, pageUrl);
  const body = bodyOf(document);
  const roots = body ? [body] : [];
  const content: Content = { roots, skip: () => false };
  const sections = sectionsOf(content, head.language, warn);
  if (sections.length === 0) throw new LeftOut('empty', 'The page has no text.');
  const image = firstImage(content, head.linkBase);
  const title = firstHeading(roots) ?? head.title;
  return withMarks({ ...head, title, image }, marksOf(document, warn), sections);
}

function bodyOf(document: Document): Element | undefined {
  for (const element of elementsOf(document)) if (element.tagName === 'body') return element;
  return undefined;
}

/** The first of what may be the content that has any text. */
function firstWithText(
  candidates: Iterable<Content>,
  { language }: Head,
  warn: Warn,
): { content: Content; sections: Section[] } | undefined {
  for (const content of candidates) {
    const warnings = new Warnings();
    const sections = sectionsOf(content, language, warnings.warn);
    if (sections.length === 0) continue;
    warnings.pass(warn);
    return { content, sections };
  }
  return undefined;
}

type Facts = Pick<Head, 'title' | 'description' | 'language' | 'image' | 'canonical' | 'linkBase'>;

/** Marks for what every page has stand for that; the others are metadata. */
function withMarks(facts: Facts, { metadata, filters }: Marks, sections: Section[]): HtmlContent {
  const taken = (name: string): string | undefined => {
    const value = metadata.get(name);
    metadata.delete(name);
    return value;
  };
  const { language, canonical } = facts;
  const title = taken('title') ?? facts.title;
  const description = taken('description') ?? facts.description;
  const url = resolvedUrl(taken('image') ?? 'data:', facts.linkBase);
  const alt = taken('image_alt') ?? '';
  const image = url === undefined ? facts.image : { url, alt };
  return {
    title,
    ...(description !== undefined && { description }),
    ...(language !== undefined && { language }),
    ...(image !== undefined && { image }),
    ...(canonical !== undefined && { canonical }),
    metadata: Object.fromEntries(metadata),
    filters: Object.fromEntries(filters),
    sections,
  };
}
