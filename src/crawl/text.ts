/** Strings as they leave the room: blanks collapsed, no marks that only steer line breaks. */

/** What HTML calls blank, and no-break spaces, which are spaces to a reader. */
export const BLANKS = /[ \t\n\f\r\u00a0]+/g;

/** On one line, without blank ends. */
export function oneLine(text: string): string {
  return withoutHyphenation(text).replace(BLANKS, ' ').trim();
}

/** Line ends as line feeds, no blank ends, at most one blank line in a row. */
export function plainLines(text: string): string {
  return withoutHyphenation(text)
    .replaceAll(/\r\n?/g, '\n')
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim();
}

/** Soft hyphens are places to break a word at, not letters. */
export function withoutHyphenation(text: string): string {
  return text.replaceAll('\u00ad', '');
}

/** Halves of surrogate pairs, which have no UTF-8 and no place in a URL, become U+FFFD. */
export function wellFormed(text: string): string {
  return text.replaceAll(/\p{Surrogate}/gu, '\ufffd');
}

/** A BCP 47 tag in its usual spelling; undefined for what is none. */
export function languageTag(tag: string | undefined): string | undefined {
  if (tag === undefined || tag.trim() === '') return undefined;
  try {
    return Intl.getCanonicalLocales(tag.trim().replaceAll('_', '-'))[0];
  } catch {
    return undefined;
  }
}
