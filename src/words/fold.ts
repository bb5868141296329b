/** One spelling for what searchers take for the same word. */

/** Letters of their own by Unicode, but written without their stroke or ligature by many. */
const PLAIN: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ł: 'l',
  ħ: 'h',
  ŧ: 't',
  ı: 'i',
  ς: 'σ',
  ё: 'е',
  أ: 'ا',
  إ: 'ا',
  آ: 'ا',
  ٱ: 'ا',
  ى: 'ي',
  ی: 'ي',
  ک: 'ك',
  ـ: '',
};
const UNUSUAL = new RegExp(`[${Object.keys(PLAIN).join('')}]`, 'gu');
/** Accents of Latin and Greek, which searchers leave out, and vowel points of Hebrew and Arabic. */
const ACCENTS = /(?<=[\p{sc=Latin}\p{sc=Greek}]\p{M}*)\p{M}|[\u0591-\u05c7\u064b-\u065f\u0670]/gu;
/** Only marks stress in Cyrillic, where й and ї are letters. */
const STRESS = /\u0301/gu;

/**
 * NFKC, lower case, and no accents in the scripts whose writers leave them out when they search
 * (Latin, Greek), nor vowel points (Hebrew, Arabic). Marks of other scripts are letters there and
 * stay: the dots of Japanese kana, the short stroke of й, the vowels of Devanagari and Thai.
 */
export function fold(word: string): string {
  // Nine words in ten.
  if (/^[a-z0-9]*$/.test(word)) return word;
  const lower = lowered(word);
  if (/^[a-z0-9]*$/.test(lower)) return lower;
  return lower
    .normalize('NFD')
    .replace(ACCENTS, '')
    .replace(STRESS, '')
    .normalize('NFC')
    .replace(UNUSUAL, (letter) => PLAIN[letter] ?? letter)
    .normalize('NFC');
}

/** What stemmers take: accents tell them endings. */
export function lowered(word: string): string {
  // Twice: lower case may undo the composition, as that of İ does.
  return word.normalize('NFKC').toLowerCase().normalize('NFC');
}
