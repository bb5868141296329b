/** Addresses: of a file below a base URL, and of what a page names. */

import { NearfieldError } from '../contract/index.ts';

/** Stands for the host where the base URL has none; never leaves this file. */
const NOWHERE = 'https://nearfield.invalid';

const INDEX_FILE = /(^|\/)index\.(?:html?|xhtml)$/i;
const MARKDOWN_INDEX_FILE = /(^|\/)(?:index|readme)\.(?:md|markdown)$/i;
const HTML_FILE = /\.(?:html?|xhtml)$/i;
const MARKDOWN_FILE = /\.(?:md|markdown)$/i;

/** The base URL, ending in '/'; throws `bad-input`. @param baseUrl 'https://x.org/docs' or '/docs' */
export function checkedBase(baseUrl: string): string {
  const isPath = baseUrl.startsWith('/') && !baseUrl.startsWith('//');
  const url = isPath || /^https?:/i.test(baseUrl) ? resolvedUrl(baseUrl, '/') : undefined;
  if (url === undefined || /[?#]/.test(url)) {
    throw new NearfieldError(
      'bad-input',
      `baseUrl must be an http or https URL or a path from '/' on, without query or fragment, got ${baseUrl}.`,
    );
  }
  return url.endsWith('/') ? url : `${url}/`;
}

/**
 * Address of a file. Index files are their folder; Markdown loses its extension, HTML only where
 * `cleanUrls` says that the host serves pages so.
 *
 * @param path below the folder, with '/'
 */
export function urlOfFile(path: string, base: string, cleanUrls: boolean): string {
  let page = path.replace(INDEX_FILE, '$1').replace(MARKDOWN_INDEX_FILE, '$1');
  page = page.replace(MARKDOWN_FILE, '');
  if (cleanUrls) page = page.replace(HTML_FILE, '');
  return base + page.split('/').map(encodeURIComponent).join('/');
}

/** Which files of a folder may be what a URL below the base stands for, the likeliest first. */
export function filesOfUrl(url: string, base: string): string[] {
  const path = pathOf(url);
  const basePath = pathOf(base);
  const isElsewhere = hostOf(base) !== '' && hostOf(url) !== hostOf(base);
  if (path === undefined || basePath === undefined || isElsewhere) return [];
  if (!`${path}/`.startsWith(basePath)) return [];
  const page = path.slice(basePath.length);
  const folder = page === '' || page.endsWith('/') ? page : `${page}/`;
  const name = page.replace(/\/$/, '');
  const files = [page, `${folder}index.html`, `${name}.html`, `${folder}index.htm`];
  return [...files, `${name}.md`, `${folder}index.md`, `${folder}README.md`];
}

/**
 * What a page's link means: absolute, or from '/' on where neither has a host. Undefined for what
 * is no http or https URL.
 */
export function resolvedUrl(href: string, pageUrl: string): string | undefined {
  const url = parsed(href.trim(), pageUrl);
  if (!url || !['http:', 'https:'].includes(url.protocol)) return undefined;
  return url.origin === NOWHERE ? url.pathname + url.search + url.hash : url.href;
}

/** The same for every URL that leads to the same page of one host: fragments do not count. */
export function urlKey(url: string): string {
  return url.replace(/#.*$/s, '');
}

/** Whether a URL names no host, or the other's. */
export function fitsHostOf(url: string, other: string): boolean {
  return hostOf(url) === '' || hostOf(url) === hostOf(other);
}

function hostOf(url: string): string {
  const origin = parsed(url, '/')?.origin ?? '';
  return origin === NOWHERE ? '' : origin;
}

/** Decoded, as files are named. */
function pathOf(url: string): string | undefined {
  try {
    return decodeURIComponent(parsed(url, '/')?.pathname ?? '');
  } catch {
    return undefined;
  }
}

function parsed(href: string, pageUrl: string): URL | undefined {
  try {
    return new URL(href, new URL(pageUrl, NOWHERE));
  } catch {
    return undefined;
  }
}
