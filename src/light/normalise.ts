/** What is the same text to a light encoder. */

/** Stands before the first piece of a word, as in sentencepiece. */
export const WORD_START = '\u2581';

/** Controls, and marks without width that texts of the web are full of. */
const UNSEEN = /[\u0000-\u0008\u000e-\u001f\u007f\u00ad\u200b-\u200f\u2060\ufeff]/g;

/** NFKC, lower case, and nothing that does not show. */
export function plain(text: string): string {
  // Twice: lower case may undo the composition, as that of İ does.
  return text.normalize('NFKC').toLowerCase().normalize('NFC').replace(UNSEEN, '');
}

/** Stretches between blanks, each after the mark of a word's start. */
export function wordsOf(text: string): string[] {
  return plain(text)
    .split(/[\s\u2581]+/)
    .filter((word) => word !== '')
    .map((word) => WORD_START + word);
}
