/** What a crawl can be told, with its defaults; checked at the door. */

import picomatch from 'picomatch';
import { NearfieldError } from '../../contract/index.ts';
import { checkedBase } from '../urls.ts';

export interface CrawlOptions {
  /** Where the folder will be served: 'https://example.org/docs/' or '/docs/'. @default '/' */
  baseUrl?: string;
  /** The host serves `about.html` at `about`. @default false */
  cleanUrls?: boolean;
  /** Globs of files to read, below the folder. @default every HTML and Markdown file */
  include?: readonly string[];
  /** Globs of files and folders to leave out, besides the `404.html` of every folder. @default none */
  exclude?: readonly string[];
  /** Globs of JSON and JSONL files that are feeds of pages. @default none */
  feeds?: readonly string[];
  /** Most bytes of a page, a JSON feed, or a line of a JSONL feed. @default 16 MiB */
  maxBytes?: number;
  signal?: AbortSignal | undefined;
}

export interface CheckedOptions {
  /** Ends in '/'. */
  base: string;
  cleanUrls: boolean;
  /** Undefined where every kind of page is read. */
  isIncluded: Matcher | undefined;
  isExcluded: Matcher;
  isFeed: Matcher;
  maxBytes: number;
  signal: AbortSignal | undefined;
}

type Matcher = (path: string) => boolean;

export const DEFAULT_MAX_BYTES = 16 * 1024 * 1024;
/** Nobody searches for it. */
const ALWAYS_EXCLUDED = ['404.html', '**/404.html'];

/** Throws `bad-input`. */
export function checkedOptions(options: CrawlOptions): CheckedOptions {
  const { baseUrl = '/', cleanUrls = false, maxBytes = DEFAULT_MAX_BYTES, signal } = options;
  if (!Number.isSafeInteger(maxBytes) || maxBytes < 1) {
    throw new NearfieldError(
      'bad-input',
      `maxBytes must be a whole number of at least 1, got ${maxBytes}.`,
    );
  }
  const { include, exclude = [], feeds = [] } = options;
  return {
    base: checkedBase(baseUrl),
    cleanUrls,
    isIncluded: include && matcher('include', include),
    isExcluded: matcher('exclude', exclude, ALWAYS_EXCLUDED),
    isFeed: matcher('feeds', feeds),
    maxBytes,
    signal,
  };
}

/** @param always further globs, which nobody has to give */
function matcher(name: string, globs: readonly string[], always: readonly string[] = []): Matcher {
  const given: unknown = globs;
  if (!Array.isArray(given)) throw noGlobs(name, given);
  const wrong = globs.findIndex((glob) => typeof glob !== 'string' || glob.trim() === '');
  if (wrong >= 0) throw noGlobs(name, globs[wrong]);
  const all = [...always, ...globs];
  return all.length === 0 ? () => false : picomatch(all);
}

function noGlobs(name: string, got: unknown): NearfieldError {
  const message = `${name} must be a list of globs, got ${JSON.stringify(got)}.`;
  return new NearfieldError('bad-input', message);
}
