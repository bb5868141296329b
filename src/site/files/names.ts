/** Which files there are, and what they are called. */

/** What a file holds; the number is part of its seal. */
const KINDS = {
  root: 0,
  terms: 1,
  fragments: 2,
  filter: 3,
  vectors: 4,
  sector: 5,
  group: 6,
  rest: 7,
  light: 8,
} as const;

/** Rows of an index at most, and files of a kind: 400 MB of lengths, which no page could hold. */
export const MOST_ROWS = 1e8;

export interface FilePlace {
  kind: keyof typeof KINDS;
  /** From 0 on, among files of its kind. */
  number: number;
}

/**
 * All files of one build lie in one folder, which is named after what they hold: a name never has
 * another content, so that servers may call all of them immutable.
 *
 * @param site as the writer gives it
 */
export function fileName(site: string, { kind, number }: FilePlace): string {
  return `${site}/${kind}-${number}.bin`;
}

/** Whether `fileName` gives such a name, in the folder of a build. */
export function isFileName(name: string): boolean {
  const kind = /^([a-z]+)-\d+\.bin$/.exec(name)?.[1];
  return kind !== undefined && Object.hasOwn(KINDS, kind);
}

/** The number that a seal keeps of a site. */
export function siteNumber(site: string): number {
  return Number.parseInt(site.slice(0, 8), 16);
}

/** The number that a seal keeps of a place: 2^28 are more than `MOST_ROWS`. */
export function placeNumber({ kind, number }: FilePlace): number {
  return KINDS[kind] * 2 ** 28 + number;
}
