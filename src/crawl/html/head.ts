/** What a page says about itself in its head, and what follows from its body. */

import type { PageImage } from '../page.ts';
import { languageTag, oneLine } from '../text.ts';
import { resolvedUrl, urlKey } from '../urls.ts';
import { headingLevel, headingText, isFurniture } from './furniture.ts';
import type { Content } from './landmarks.ts';
import { attribute, elementsOf, parentOf, textOf, type Document, type Element } from './tree.ts';

export interface Head {
  title: string | undefined;
  openGraphTitle: string | undefined;
  description: string | undefined;
  language: string | undefined;
  image: PageImage | undefined;
  canonical: string | undefined;
  /** Robots rules ask to leave it out. */
  noindex: boolean;
  /** It sends visitors to another page, within seconds. */
  redirect: boolean;
  /** What links on the page are relative to. */
  linkBase: string;
}

/** `meta` by its `name`, `property` or `http-equiv`, in lower case; the first one counts. */
type Metas = ReadonlyMap<string, string>;

export function headOf(document: Document, pageUrl: string): Head {
  const metas = new Map<string, string>();
  const found = new Map<string, Element>();
  for (const element of elementsOf(document)) {
    const name = element.tagName === 'link' ? `link ${relOf(element)}` : element.tagName;
    if (name === 'meta') addMeta(element, metas);
    else if (!found.has(name)) found.set(name, element);
  }
  const linkBase = resolvedFrom(found.get('base'), pageUrl) ?? pageUrl;
  const html = found.get('html');
  const title = found.get('title');
  return {
    title: title && filled(textOf(title, () => false)),
    openGraphTitle: filled(metas.get('og:title')),
    description: filled(metas.get('description') ?? metas.get('og:description')),
    language: languageTag((html && attribute(html, 'lang')) || metas.get('content-language')),
    image: openGraphImage(metas, linkBase),
    canonical: resolvedFrom(found.get('link canonical'), linkBase),
    noindex: isNoindex(metas),
    redirect: isRedirect(metas.get('refresh') ?? '', linkBase, pageUrl),
    linkBase,
  };
}

function addMeta(element: Element, metas: Map<string, string>): void {
  const content = attribute(element, 'content');
  for (const key of ['name', 'property', 'http-equiv']) {
    const name = attribute(element, key)?.trim().toLowerCase();
    if (name && content !== undefined && !metas.has(name)) metas.set(name, content);
  }
}

function isNoindex(metas: Metas): boolean {
  const rules = [metas.get('robots'), metas.get('nearfield')].join(',').toLowerCase();
  return rules.split(/[\s,]+/).some((rule) => rule === 'noindex' || rule === 'none');
}

/** Who waits longer has time to read the page, and may find it for that. */
const MOST_SECONDS = 10;
/** Seconds, then a URL, in quotes or not (HTML standard, shared declarative refresh steps). */
const REFRESH = /^\s*(\d*)[\d.]*[\s;,]\s*(?:[;,]\s*)?(?:url\s*=\s*)?(?:"([^"]*)|'([^']*)|(.*))/is;

/** Not where the page comes anew, as news do. */
function isRedirect(refresh: string, linkBase: string, pageUrl: string): boolean {
  const [, seconds, ...targets] = REFRESH.exec(refresh) ?? [];
  const target = filled(targets.find((url) => url !== undefined));
  const url = target && resolvedUrl(target, linkBase);
  return url !== undefined && Number(seconds) <= MOST_SECONDS && urlKey(url) !== urlKey(pageUrl);
}

function openGraphImage(metas: Metas, linkBase: string): PageImage | undefined {
  const href = filled(metas.get('og:image') ?? metas.get('og:image:url'));
  const url = href && resolvedUrl(href, linkBase);
  return url ? { url, alt: oneLine(metas.get('og:image:alt') ?? '') } : undefined;
}

/** The first image in sight that has an address of its own. */
export function firstImage({ roots, skip }: Content, linkBase: string): PageImage | undefined {
  const isLeftOut = (element: Element): boolean => isFurniture(element) || skip(element);
  for (const root of roots) {
    for (const element of elementsOf(root, isLeftOut)) {
      if (element.tagName !== 'img') continue;
      const url = resolvedUrl(attribute(element, 'src') || 'data:', linkBase);
      if (url !== undefined) return { url, alt: oneLine(attribute(element, 'alt') ?? '') };
    }
  }
  return undefined;
}

/** The first heading of the first level in any of these. */
export function firstHeading(roots: Iterable<Element>): string | undefined {
  for (const root of roots) {
    for (const element of elementsOf(root, (part) => isFurniture(part) || isInTitle(part))) {
      const text = isTitle(element) ? headingText(element) : '';
      if (text !== '') return text;
    }
  }
  return undefined;
}

function isTitle(element: Element): boolean {
  return headingLevel(element) === 1;
}

/** Which its heading has read already, and found no text. */
function isInTitle(element: Element): boolean {
  const parent = parentOf(element);
  return parent !== undefined && isTitle(parent);
}

function resolvedFrom(element: Element | undefined, base: string): string | undefined {
  const href = element && filled(attribute(element, 'href'));
  return href === undefined ? undefined : resolvedUrl(href, base);
}

function relOf(link: Element): string {
  const rel = attribute(link, 'rel')?.toLowerCase().split(/\s+/) ?? [];
  return rel.includes('canonical') ? 'canonical' : '';
}

function filled(text: string | undefined): string | undefined {
  return oneLine(text ?? '') || undefined;
}
