/** Which senses of WordNet are tested on, tuned on and fitted to, and what is written of a sense. */

import { passageInput } from '../../src/collection/passages.ts';
import { wordnetSenses, type Sense } from '../../tools/recall/senses.ts';
import { randomOf } from '../texts.ts';

/** Senses of each split, in the order in which they are drawn. */
const SPLITS = { test: 4000, train: 4000, fit: 5000 } as const;

/**
 * - `test`: results are of these
 * - `train`: settings are chosen by these
 * - `fit`: queries that a model may learn from
 */
export type Split = keyof typeof SPLITS;

export const SPLIT_NAMES = Object.keys(SPLITS) as Split[];

let drawn: readonly Sense[] | undefined;

/** Of the senses that have an example, in an order that depends on nothing but their number. */
export function sensesOf(split: Split): readonly Sense[] {
  drawn ??= shuffled(
    wordnetSenses().filter(({ examples }) => examples.length > 0),
    1,
  );
  const before = SPLIT_NAMES.slice(0, SPLIT_NAMES.indexOf(split));
  const start = before.reduce((sum, name) => sum + SPLITS[name], 0);
  return drawn.slice(start, start + SPLITS[split]);
}

/** Fisher and Yates, seeded. */
function shuffled<T>(items: readonly T[], seed: number): T[] {
  const random = randomOf(seed);
  const out = [...items];
  for (let i = out.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [out[i], out[j]] = [out[j]!, out[i]!];
  }
  return out;
}

export function namesOf({ words }: Sense): string {
  return words.join(', ');
}

/** As a collection embeds a document with a title: the words, then the definition. */
export function glossOf(sense: Sense): string {
  return passageInput(sense.definition, namesOf(sense));
}

/** The first one; empty where there is none. */
export function exampleOf({ examples: [example = ''] }: Sense): string {
  return example;
}
