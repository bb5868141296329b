/** The cases of `npm run bench:engine`, with the ratios to reach against transformers.js. */

import type { Setup } from '../pages/contestant.ts';
import { DOCUMENTS, mixedWords, QUERY, wordsOf } from '../texts.ts';

export interface SpeedCase {
  name: string;
  /** Ratio to reach against transformers.js with as many threads. */
  target: number;
  setup: Setup;
  texts: readonly string[];
  kind: 'query' | 'document';
  task?: string;
  /** Measurements of ours and of transformers.js. */
  rounds: number;
  /** Of wllama; 0 leaves it out. */
  wllamaRounds: number;
}

/** 24 tokens with the words around it. */
export const INSTRUCTION =
  'Given a question of a new user, retrieve the passages of the manual that answer it well';

export function instructionOf(task: string): string {
  return `Instruct: ${task}\nQuery:`;
}

const BIG: Setup = { model: 'qwen3-0.6b', threads: 2 };
const STARTER: Setup = { model: 'starter', threads: 2 };
const QUERY_16 = { texts: [wordsOf(16, 1)], kind: 'document', rounds: 15 } as const;
const EIGHT = Array.from({ length: 8 }, (_, i) => wordsOf(128, i));

export const CASES: readonly SpeedCase[] = [
  // No instruction, so that the 16 tokens are all there is: a document to the embedder.
  { ...QUERY_16, name: 'query-16/2t', target: 14, setup: BIG, wllamaRounds: 3 },
  {
    ...QUERY_16,
    name: 'instruction-24+16/2t',
    target: 20,
    setup: BIG,
    kind: 'query',
    task: INSTRUCTION,
    wllamaRounds: 3,
  },
  {
    name: '8x128/2t',
    target: 6.5,
    setup: BIG,
    texts: EIGHT,
    kind: 'document',
    rounds: 3,
    wllamaRounds: 1,
  },
  {
    name: '1x512/2t',
    target: 9,
    setup: BIG,
    texts: [wordsOf(512, 1)],
    kind: 'document',
    rounds: 3,
    wllamaRounds: 1,
  },
  {
    name: 'mixed-64/2t',
    target: 11,
    setup: BIG,
    texts: mixedWords(64, [8, 256]),
    kind: 'document',
    rounds: 3,
    wllamaRounds: 1,
  },
  {
    ...QUERY_16,
    name: 'query-16/1t',
    target: 12,
    setup: { ...BIG, threads: 1 },
    wllamaRounds: 3,
  },
  {
    ...QUERY_16,
    name: 'query-16/2t/simd128',
    target: 3,
    setup: { ...BIG, simd: 'simd128' },
    wllamaRounds: 0,
  },
  {
    name: 'starter-query/2t',
    target: 3,
    setup: STARTER,
    texts: [QUERY],
    kind: 'query',
    rounds: 15,
    wllamaRounds: 0,
  },
  {
    name: 'starter-8x128/2t',
    target: 2.5,
    setup: STARTER,
    texts: DOCUMENTS,
    kind: 'document',
    rounds: 7,
    wllamaRounds: 0,
  },
];
