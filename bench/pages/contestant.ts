/** What both sides of a benchmark can do, for the driver in Node. */

export interface Contestant {
  load(threads: number): Promise<void>;
  /** Unit vectors of documents, or of one query. */
  embed(texts: string[], kind: 'query' | 'document'): Promise<number[][]>;
  close(): Promise<void>;
}

declare global {
  var contestants: Record<string, Contestant> | undefined;
}
