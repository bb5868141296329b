/** What the crawl gives: pages with sections, and what was left out or doubtful, and why. */

import type { Metadata } from '../contract/index.ts';

/** Text between two headings, or of another language or weight than what is before it. */
export interface Section {
  /** `id` to jump to; absent where the page has none there, and before the first heading. */
  anchor?: string;
  /** Headings above the text, from the outermost to its own. Empty before the first one. */
  headings: readonly string[];
  /** BCP 47 tag. Absent where the page does not say. */
  language?: string;
  /** How much the section counts, above 0 and up to 10. 1 where the page does not say. */
  weight: number;
  /** Paragraphs with a blank line between them. Never blank. */
  text: string;
}

export interface PageImage {
  url: string;
  /** Empty where there is none. */
  alt: string;
}

/** What a reader of HTML, Markdown or a feed finds out about a page. Plain strings, no markup. */
export interface PageContent {
  /** Never blank. */
  title: string;
  description?: string;
  /** BCP 47 tag of the whole page. */
  language?: string;
  image?: PageImage;
  /** What the page calls its own address, resolved. */
  canonical?: string;
  /** Things to show; names in order. */
  metadata: Metadata;
  /** Things to choose pages by; names and values in order. */
  filters: Readonly<Record<string, readonly string[]>>;
  /** At least one. */
  sections: readonly Section[];
}

export interface Page extends PageContent {
  /** Of its file, below the folder, with '/'. */
  path: string;
  /** Of its record in a JSONL feed, from 1. */
  line?: number;
  /** Absolute, or from '/' on where the base URL has no host. */
  url: string;
  /** SHA-256 in hex of all of the above but `path` and `line`. */
  hash: string;
}

/**
 * Why a page was left out, or what on it was not understood (`bad-attribute`, `unknown-charset`:
 * the page is there all the same). Codes are stable; messages are for people and may change.
 *
 * - `unreadable`: the file system refused, or a fault of Nearfield's own, which the message tells
 * - `too-large`: more bytes than `maxBytes`
 * - `too-complex`: more elements or deeper nesting than any page made for readers
 * - `binary`: the bytes are no text, whatever the file's name says
 * - `unknown-kind`: a file that `include` asks for, of a kind that is not read
 * - `outside`: a link that leads out of the folder
 * - `duplicate`: another page has its URL, or is what it names as its canonical page
 * - `noindex`: its robots rule asks for it
 * - `redirect`: it only sends visitors elsewhere
 * - `draft`: its front matter says so
 * - `empty`: no text
 * - `bad-front-matter`: not YAML
 * - `bad-feed`: a feed, or a record of it, is not as documented
 * - `bad-attribute`: a `data-nearfield-…` attribute that is not understood, and not followed
 * - `unknown-charset`: the page names one that does not exist; read as UTF-8 or windows-1252
 */
export type ProblemCode =
  | 'unreadable'
  | 'too-large'
  | 'too-complex'
  | 'binary'
  | 'unknown-kind'
  | 'outside'
  | 'duplicate'
  | 'noindex'
  | 'redirect'
  | 'draft'
  | 'empty'
  | 'bad-front-matter'
  | 'bad-feed'
  | 'bad-attribute'
  | 'unknown-charset';

export interface Problem {
  path: string;
  /** In a JSONL feed, from 1. */
  line?: number;
  code: ProblemCode;
  message: string;
}

export type CrawlEvent = { kind: 'page'; page: Page } | { kind: 'problem'; problem: Problem };

/** Thrown by readers: the page is left out. */
export class LeftOut extends Error {
  readonly code: ProblemCode;

  constructor(code: ProblemCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** Told by readers: the page is there, but not all of it was understood. @param times as often: 1 */
export type Warn = (code: ProblemCode, message: string, times?: number) => void;
