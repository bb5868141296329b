/** What is embedded of WordNet: lists of texts by name. */

import type { Prompts } from '../../src/contract/index.ts';
import { wordnetSenses, type Sense } from '../../tools/recall/senses.ts';
import { exampleOf, glossOf, namesOf, sensesOf, SPLIT_NAMES } from './splits.ts';

/** `glosses` are of all senses, the others of the senses of all splits, one split after the other. */
export const LISTS = ['examples', 'glosses', 'definitions', 'names'] as const;
export type List = (typeof LISTS)[number];

export interface Texts {
  kind: keyof Prompts;
  senses: readonly Sense[];
  textOf: (sense: Sense) => string;
  /** First and last row + 1 of each split, where rows are in splits. */
  splits?: Record<string, [number, number]>;
}

export function textsOf(list: List): Texts {
  if (list === 'glosses') return { kind: 'document', senses: wordnetSenses(), textOf: glossOf };
  const splits: Record<string, [number, number]> = {};
  const senses: Sense[] = [];
  for (const split of SPLIT_NAMES) {
    const start = senses.length;
    senses.push(...sensesOf(split));
    splits[split] = [start, senses.length];
  }
  return { senses, splits, ...SPLIT_TEXTS[list] };
}

const SPLIT_TEXTS: Record<Exclude<List, 'glosses'>, Pick<Texts, 'kind' | 'textOf'>> = {
  examples: { kind: 'query', textOf: exampleOf },
  definitions: { kind: 'query', textOf: ({ definition }) => definition },
  names: { kind: 'document', textOf: namesOf },
};
