/** Which senses of WordNet are tested on, tuned on and fitted to, and what is written of a sense. */

import { passageInput } from '../../src/passages/index.ts';
import { randomOf, shuffled } from '../../src/light/random.ts';
import { wordnetSenses, type Sense } from '../../tools/recall/senses.ts';

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
  drawn ??= shuffledSenses();
  const before = SPLIT_NAMES.slice(0, SPLIT_NAMES.indexOf(split));
  const start = before.reduce((sum, name) => sum + SPLITS[name], 0);
  return drawn.slice(start, start + SPLITS[split]);
}

function shuffledSenses(): Sense[] {
  const senses = wordnetSenses().filter(({ examples }) => examples.length > 0);
  return Array.from(shuffled(0, senses.length, randomOf(1)), (place) => senses[place]!);
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
