/** Texts with the vectors that the reference gives for them. */

import { RECIPES, type BertName } from './config.ts';
import { bertVector } from './reference.ts';
import { bertIds } from './wordpiece.ts';

export interface BertRow {
  name: string;
  text: string;
  kind: 'query' | 'document';
  /** Of the text with its prompt. */
  ids: number[];
  vector: number[];
}

/** Words known and spelt, marks, accents, Chinese, the unknown, one letter, and past the limit. */
const TEXTS: Readonly<Record<string, string>> = {
  words: 'All human beings are born free and equal in dignity and rights.',
  spelt: 'Planets circled the sun; how do I reset my password?',
  accents: 'Rainy night, crème brûlée (à la carte)!',
  han: '人 in 山水 and 日月',
  unknown: 'что is free?',
  letter: 'a',
  forty: 'rain and snow on the river '.repeat(8),
  long: 'bread and dough in the sea of rain '.repeat(20),
};

export function bertGolden(name: BertName): BertRow[] {
  const { pooling, prompts, activation } = RECIPES[name];
  return (['query', 'document'] as const).flatMap((kind) => {
    const prompt = prompts?.[kind === 'query' ? 'query' : 'passage'] ?? '';
    // One text shows what the other prompt does; a short one most of all.
    const texts = Object.entries(TEXTS).filter(
      ([text]) => kind === 'document' || text === 'letter',
    );
    return texts.map(([text, content]) => {
      const ids = bertIds(prompt + content);
      const vector = bertVector(ids, pooling, activation);
      return { name: `${kind} ${text}`, text: content, kind, ids, vector };
    });
  });
}
