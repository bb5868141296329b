/** What files are called: their number, and the checksum of what is in them, so that no name ever gets other bytes. */

/** What a manifest says of the vectors of a site; a reader needs nothing else. */
export interface VectorFiles {
  /** Version of the files' layout: another is `incompatible-index`. */
  version: number;
  /** File that is read first. */
  head: string;
  /** Of the head, in 8 hexadecimal digits. */
  checksum: string;
  rows: number;
  dimensions: number;
}

export type FileKind = 'head' | 'cell' | 'group' | 'rest';

const LETTERS: Readonly<Record<FileKind, string>> = {
  head: 'vh',
  cell: 'vc',
  group: 'vg',
  rest: 'vr',
};

export function fileName(kind: FileKind, number: number, checksum: number): string {
  return `${LETTERS[kind]}${number.toString(36)}-${hex(checksum)}.nf`;
}

export function hex(checksum: number): string {
  return checksum.toString(16).padStart(8, '0');
}
