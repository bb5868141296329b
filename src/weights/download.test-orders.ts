/** What download.browser.test.ts and its workers say to each other. */

import type { Reply } from '../contract/index.ts';
import type { RemoteFile } from './plan.ts';

export interface FetchOrder {
  id: number;
  file: RemoteFile;
  /** Abort once so many bytes are here; 0 aborts as soon as the order has begun. */
  abortAt?: number;
  /** What is in memory is stored when `QUIET` comes. */
  later?: true;
}

export interface Fetched {
  bytes: number;
  sha256: string;
  warnings: string[];
}

/** Says that the moment to store what is in memory has come. */
export const QUIET = 'quiet';

export interface FetchNews {
  id: number;
  loaded?: number;
  reply?: Reply<Fetched>;
}
