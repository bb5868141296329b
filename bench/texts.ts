/** Texts of the benchmarks, of known lengths in tokens. */

import { randomOf } from '../src/light/random.ts';

export const QUERY = 'how do I reset my password?';

const SENTENCE =
  'Open the settings, choose your account, and press the button that sends a new link; it arrives ' +
  'within a few minutes, so look again later. ';

/** 8 texts of 128 tokens of the starter: a sentence of 32 four times over, told apart by a number. */
export const DOCUMENTS = Array.from({ length: 8 }, (_, i) => `${i} ${SENTENCE.repeat(4)}`);

/** One token each for Qwen3, at the start of a text as after a blank. */
const WORDS =
  'time year people way day man thing woman life child world school state family student group ' +
  'country problem hand part place case week company system program question work government ' +
  'number night point home water room mother area money story fact month lot right study book ' +
  'eye job word business issue side kind head house service friend father power hour game line ' +
  'end member law car city community name president team minute idea body information back';
const LIST = WORDS.split(' ');

/** `tokens` of Qwen3, the end's own counted in; another seed gives other words. */
export function wordsOf(tokens: number, seed: number): string {
  const random = randomOf(seed);
  return Array.from({ length: tokens - 1 }, () => LIST[Math.floor(random() * LIST.length)]).join(
    ' ',
  );
}

/** Texts of evenly spread lengths. */
export function mixedWords(count: number, [least, most]: [number, number]): string[] {
  const random = randomOf(count);
  return Array.from({ length: count }, (_, i) =>
    wordsOf(least + Math.floor(random() * (most - least + 1)), i),
  );
}
