/** Search by words: an index that is there before any model, and its fusion with meaning. */

export { fuse, type DenseScores } from './fusion.ts';
export { highlight } from './highlight.ts';
export { LexicalIndex, type WordRow } from './lexical-index.ts';
export type { QueryOptions } from './query.ts';
export { snippet } from './snippet.ts';
export type { WordScores } from './word-scores.ts';
