/** Addresses: of a file below a base URL, and of what a page names. */

import { NearfieldError } from '../contract/index.ts';
import { extensionsOf } from './kind.ts';

/** Stands for the host where the base URL has none; never leaves this file. */
const NOWHERE = 'https://nearfield.invalid';

const HTML = extensionsOf('html');
const MARKDOWN = extensionsOf('markdown');
/** Names of files that are served as their folder. */
const HTML_INDEX = ['index', 'Index', 'INDEX'];
const MARKDOWN_INDEX = [...HTML_INDEX, 'README', 'readme', 'Readme'];

const HTML_INDEX_FILE = fileOf(HTML_INDEX, HTML);
const MARKDOWN_INDEX_FILE = fileOf(MARKDOWN_INDEX, MARKDOWN);
const HTML_EXTENSION = extensionOf(HTML);
const MARKDOWN_EXTENSION = extensionOf(MARKDOWN);

function fileOf(names: readonly string[], extensions: readonly string[]): RegExp {
  return new RegExp(`(?<=^|/)(?:${names.join('|')})\\.(?:${extensions.join('|')})$`);
}

function extensionOf(extensions: readonly string[]): RegExp {
  return new RegExp(`(?<=[^/])\\.(?:${extensions.join('|')})$`);
}

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
  const endings = [HTML_INDEX_FILE, MARKDOWN_INDEX_FILE, MARKDOWN_EXTENSION];
  if (cleanUrls) endings.push(HTML_EXTENSION);
  const ending = endings.find((pattern) => pattern.test(path));
  const page = ending ? path.replace(ending, '') : path;
  return base + page.split('/').map(encodeURIComponent).join('/');
}

/**
 * Which files of a folder may be what a URL below the base stands for, the likeliest first: with
 * `cleanUrls` or without, every file is among those of its `urlOfFile`.
 */
export function filesOfUrl(url: string, base: string): string[] {
  const path = pathOf(url);
  const basePath = pathOf(base);
  const isElsewhere = hostOf(base) !== '' && hostOf(url) !== hostOf(base);
  if (path === undefined || basePath === undefined || isElsewhere) return [];
  if (!`${path}/`.startsWith(basePath)) return [];
  const page = path.slice(basePath.length);
  const folder = page === '' || page.endsWith('/') ? page : `${page}/`;
  const name = page.replace(/\/$/, '');
  const files = (extensions: readonly string[], indexes: readonly string[]): string[] =>
    extensions.flatMap((extension) =>
      [...indexes.map((index) => folder + index), name].map((file) => `${file}.${extension}`),
    );
  return [page, ...files(HTML, HTML_INDEX), ...files(MARKDOWN, MARKDOWN_INDEX)];
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
