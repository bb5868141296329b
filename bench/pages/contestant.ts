/** What each side of a benchmark can do, for the driver in Node. */

import type { ModelName } from './models.ts';

export interface Setup {
  /** @default 'starter' */
  model?: ModelName;
  threads: number;
  /** Of ours; the rivals have one file each. @default 'q4' */
  dtype?: 'q4' | 'q4f16';
  /** Of ours. @default what the embedder takes by itself */
  runtime?: 'native' | 'onnxruntime';
  /** Of ours: `'simd128'` leaves relaxed SIMD out. @default the best there is */
  simd?: 'simd128';
}

/** What a text told while it was embedded, and how that ended. */
export interface Followed {
  milliseconds: number;
  /** Of progress. */
  reports: number;
  /** Longest time without a report, in milliseconds. */
  silence: number;
  /** Milliseconds from the abort to the end; else the tokens that the model read. */
  outcome: { stopped: number } | { tokens: number };
}

export interface Contestant {
  /** Gives what the model runs on, for people. */
  load(setup: Setup): Promise<string>;
  /** Unit vectors of documents, or of queries. @param task of an instruction, where the model takes one */
  embed(texts: string[], kind: 'query' | 'document', task?: string): Promise<number[][]>;
  /** Embeds one text. Of ours. @param abortAt share of it, 0 to 1, after which it is aborted */
  follow?(text: string, abortAt?: number): Promise<Followed>;
  close(): Promise<void>;
}

declare global {
  var contestants: Record<string, Contestant> | undefined;
}
