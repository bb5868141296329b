/** What download.browser.test.ts and its workers say to each other. */

import type { Reply } from '../contract/index.ts';
import type { RemoteFile } from './plan.ts';

export interface FetchOrder {
  id: number;
  file: RemoteFile;
  /** Abort once so many bytes are here; 0 aborts as soon as the order has begun. */
  abortAt?: number;
  /** The moment to store what is in memory comes so many milliseconds after the order. */
  quietAfter?: number;
}

export interface Fetched {
  bytes: number;
  sha256: string;
  warnings: string[];
}

export interface FetchNews {
  id: number;
  loaded?: number;
  reply?: Reply<Fetched>;
}
