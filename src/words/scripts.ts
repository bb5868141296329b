/** What the script of a text tells: whether blanks part its words, and sometimes its language. */

/** Scripts that write no blanks between words; a character class of a regular expression. */
const RUN_TOGETHER = String.raw`\p{scx=Han}\p{sc=Hiragana}\p{sc=Katakana}ー々\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}`;

/** Letters, digits and their marks, whatever the script. */
export const STRETCH = /[\p{L}\p{N}\p{M}]+/gu;

/** Parts of a stretch that are of such a script, and those that are not. */
export const PARTS = new RegExp(`[${RUN_TOGETHER}]+|[^${RUN_TOGETHER}]+`, 'gu');

const TOGETHER = new RegExp(`[${RUN_TOGETHER}]`, 'u');
/** The first letter of such a script, in Thai: what is below needs no look. */
const FIRST_TOGETHER = 0xe00;

/** Whether some of a word is of such a script. */
export function runsTogether(word: string): boolean {
  for (let i = 0; i < word.length; i++) {
    if (word.charCodeAt(i) >= FIRST_TOGETHER) return TOGETHER.test(word);
  }
  return false;
}

/**
 * Words of these scripts are often the beginning of what stands in a text: Korean appends particles
 * to them, and where no blanks part them, segmenting may join two.
 */
const OPEN_ENDED = new RegExp(`^[${RUN_TOGETHER}\\p{sc=Hangul}]`, 'u');

export function isOpenEnded(word: string): boolean {
  return OPEN_ENDED.test(word);
}

/** Scripts of one language, or nearly. Kana before Han: Japanese has both. */
const LANGUAGES: readonly (readonly [RegExp, string])[] = [
  [/[\p{sc=Hiragana}\p{sc=Katakana}]/u, 'ja'],
  [/\p{sc=Hangul}/u, 'ko'],
  [/\p{sc=Han}/u, 'zh'],
  [/\p{sc=Greek}/u, 'el'],
  [/\p{sc=Hebrew}/u, 'he'],
  [/\p{sc=Thai}/u, 'th'],
  [/\p{sc=Lao}/u, 'lo'],
  [/\p{sc=Khmer}/u, 'km'],
  [/\p{sc=Myanmar}/u, 'my'],
  [/\p{sc=Armenian}/u, 'hy'],
  [/\p{sc=Georgian}/u, 'ka'],
  [/\p{sc=Tamil}/u, 'ta'],
  [/\p{sc=Telugu}/u, 'te'],
];

/**
 * The BCP 47 language of a word or a short text where its script says it; undefined for scripts of
 * many languages, such as Latin, Cyrillic and Arabic.
 */
export function languageOfScript(text: string): string | undefined {
  // Most words are Latin; this answers for them without thirteen searches.
  if (/^[\p{sc=Latin}\p{N}\p{M}\s]*$/u.test(text)) return undefined;
  return LANGUAGES.find(([script]) => script.test(text))?.[1];
}
