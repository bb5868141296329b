/** Text to ids by BERT's rules, written out: what the tokenizers library must give as well. */

import { MAX_TOKENS } from './config.ts';
import { idOf, VOCABULARY } from './vocabulary.ts';

const known = new Set(VOCABULARY);

/** Cut before the special tokens go around it. */
export function bertIds(text: string): number[] {
  const tokens = wordsOf(text)
    .flatMap(piecesOf)
    .slice(0, MAX_TOKENS - 2);
  return ['[CLS]', ...tokens, '[SEP]'].map(idOf);
}

/** Lower case without accents; marks and Chinese characters are words of their own. */
function wordsOf(text: string): string[] {
  const plain = text
    .toLowerCase()
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '');
  return plain.match(/[\p{P}\p{Script=Han}]|[^\s\p{P}\p{Script=Han}]+/gu) ?? [];
}

/** The longest known beginning, again and again; a word that cannot be spelt so is unknown. */
function piecesOf(word: string): string[] {
  const pieces: string[] = [];
  for (let at = 0; at < word.length;) {
    const prefix = at === 0 ? '' : '##';
    let end = word.length;
    while (end > at && !known.has(prefix + word.slice(at, end))) end--;
    if (end === at) return ['[UNK]'];
    pieces.push(prefix + word.slice(at, end));
    at = end;
  }
  return pieces;
}
