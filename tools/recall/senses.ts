/** WordNet as words, what they mean, and sentences that show it. */

import { synsetsOf } from '../samples/wndb.ts';

export interface Sense {
  /** Kind and offset, as in `noun.00001740`: what other packages of WordNet 3.1 know it by. */
  id: string;
  words: readonly string[];
  definition: string;
  examples: readonly string[];
}

/** All 117,791 of them: nouns, verbs, adjectives, adverbs. */
export function wordnetSenses(): Sense[] {
  return (['noun', 'verb', 'adj', 'adv'] as const)
    .flatMap((kind) => synsetsOf(kind).map((synset) => ({ kind, ...synset })))
    .map(({ kind, offset, words, gloss }) => ({
      id: `${kind}.${offset}`,
      words: words.map(plain),
      ...partsOf(gloss),
    }));
}

/** Adjectives may say where they stand: `galore(ip)`. */
function plain(word: string): string {
  return word.replace(/\((?:a|p|ip)\)$/, '');
}

/** Examples, if there are any, stand in quotation marks behind the definition. */
function partsOf(gloss: string): Pick<Sense, 'definition' | 'examples'> {
  const [head = ''] = gloss.split('"', 1);
  return {
    definition: head.replace(/[\s;:,]+$/, '') || gloss,
    examples: [...gloss.matchAll(/"([^"]+)"/g)].map(([, example = '']) => example.trim()),
  };
}
