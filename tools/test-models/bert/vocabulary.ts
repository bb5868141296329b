/** A WordPiece vocabulary: special tokens, some words, and letters to spell the others with. */

const SPECIAL = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'];
const LETTERS = Array.from('abcdefghijklmnopqrstuvwxyz0123456789');
const HAN = Array.from('人天地山水日月火');
const MARKS = Array.from('.,:;!?-()');
const WORDS = [
  ...['the', 'a', 'of', 'and', 'in', 'is', 'are', 'to', 'all', 'how', 'do', 'i', 'my', 'on'],
  ...['query', 'passage', 'human', 'being', 'born', 'free', 'equal', 'right', 'pass', 'word'],
  ...['plan', 'circle', 'sun', 'snow', 'rain', 'river', 'sea', 'bread', 'dough', 'night'],
];
const ENDS = ['##s', '##ed', '##ing', '##word', '##et', '##ity'];

export const VOCABULARY: readonly string[] = [
  ...SPECIAL,
  ...WORDS,
  ...MARKS,
  ...HAN,
  // `a` and `i` are words already.
  ...LETTERS.filter((letter) => !WORDS.includes(letter)),
  ...ENDS,
  ...LETTERS.filter((letter) => !ENDS.includes(`##${letter}`)).map((letter) => `##${letter}`),
];

export function idOf(token: string): number {
  const id = VOCABULARY.indexOf(token);
  if (id < 0) throw new Error(`no such token: ${token}`);
  return id;
}
