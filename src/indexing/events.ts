/** What `indexSite` tells while it works, and at its end. */

import type { Problem } from '../crawl/index.ts';

export type IndexEvent =
  /** Bytes of a model's file that are here; where it was here before, once. */
  | { kind: 'model'; file: string; loaded: number; total?: number }
  /** What goes less well than it should, and is no page's fault. */
  | { kind: 'warning'; message: string }
  /** A page that was left out, or not understood in full. */
  | { kind: 'problem'; problem: Problem }
  /** Read so far; told after each page. */
  | { kind: 'reading'; pages: number; passages: number }
  /** All pages are read. */
  | { kind: 'read'; pages: number; passages: number }
  /** How long embedding takes, measured on the first of the texts. Told once; 0 where none is new. */
  | { kind: 'estimate'; seconds: number; passages: number; queries: number; cached: number }
  /** Texts that are embedded, of those that are new. Never runs backwards. */
  | { kind: 'embedding'; done: number; total: number; share: number; secondsLeft?: number }
  /** Of the query encoder, 0 to 1. */
  | { kind: 'fitting'; share: number }
  | { kind: 'writing'; files: number; bytes: number }
  | { kind: 'done'; report: IndexReport };

export interface IndexReport {
  /** Name of the build and of its folder: the same where the same pages gave the same files. */
  site: string;
  /** Folder that it was written to. */
  out: string;
  pages: number;
  passages: number;
  /** How many problems there were of each code. */
  problems: Partial<Record<Problem['code'], number>>;
  /** Texts that were embedded, queries counted in, and those whose vectors were kept from before. */
  embedded: number;
  cached: number;
  /** Of this build. */
  files: number;
  bytes: number;
  /** Build folders that were removed. */
  removed: string[];
  warnings: string[];
  seconds: number;
}

/** Of pages that are left out because somebody wants it so: no fault. */
export const INTENDED: ReadonlySet<Problem['code']> = new Set([
  'duplicate',
  'noindex',
  'redirect',
  'draft',
]);
