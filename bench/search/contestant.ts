/** What is asked of each side of the search benchmark, in a worker of its own. */

import type { Corpus } from './corpora.ts';

/** `ours/2t` scans on two threads, `ours/gpu` on WebGPU. */
export const NAMES = [
  ...(['ours', 'ours/2t', 'ours/gpu', 'hnswlib-wasm', 'EdgeVec', 'Orama'] as const),
  ...(['client-vector-search', 'sqlite-vec'] as const),
] as const;
export type Name = (typeof NAMES)[number];

/** How a side searches, where it can do so in several ways. */
export interface Way {
  exact?: boolean;
  candidates?: number;
}

export interface Contestant {
  /** Adds rows, which come in order; their numbers go on from those before. */
  add(rows: Float32Array, count: number): void | Promise<void>;
  /** Once all rows are there: waits for what a search must not wait for, and says what it is. */
  settle?(): Promise<string>;
  search(query: Float32Array<ArrayBuffer>, k: number, way: Way): Promise<ArrayLike<number>>;
  /** Bytes that its index takes, where it can tell. */
  bytes?(): number;
  /** Ours: its bytes, end to end, and an index from them. */
  save?(): Uint8Array;
  reopened?(bytes: Uint8Array): Contestant;
}

export type Open = (dimensions: number, rows: number) => Promise<Contestant>;

export interface Built {
  /** Milliseconds of adding, without making the vectors. */
  ms: number;
  bytes?: number;
  /** What it settled on. */
  settled?: string;
}

export interface Answers {
  /** Milliseconds of each question. */
  ms: number[];
  rows: number[][];
}

/** What the worker offers the page. */
export interface Side {
  build(corpus: Corpus): Promise<Built>;
  ask(from: number, to: number, way: Way): Promise<Answers>;
  /** Ours: milliseconds of opening the stored index, and of adding so many rows to it. */
  stored(rows: number): Promise<{ open: number; append: number }>;
}
