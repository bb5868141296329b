/** What a `.nearfield` file is made of: docs/collection-file.md. */

import { NearfieldError } from '../../contract/index.ts';

export type Bytes = Uint8Array<ArrayBuffer>;

export const MAGIC = 'NFCX';
export const VERSION = 1;
/** Magic and version. */
export const PRELUDE_BYTES = 8;
/** Type, length of the JSON, length of the data. */
export const HEADER_BYTES = 12;

const KiB = 1024;
const MiB = 1024 * KiB;

/** Most bytes of JSON and of data in a block, by its type: nothing longer is written or read. */
export const BLOCK_LIMITS = {
  HEAD: { json: 64 * KiB, data: 0 },
  DOCS: { json: 64 * MiB, data: 256 * MiB },
  DONE: { json: 64 * KiB, data: 0 },
} as const;

export type BlockType = keyof typeof BLOCK_LIMITS;

export interface Block {
  type: BlockType;
  json: unknown;
  data: Bytes;
}

/** What is too long for a block of this type; undefined when nothing is. */
export function overLimit(type: BlockType, json: number, data: number): string | undefined {
  const limit = BLOCK_LIMITS[type];
  if (json > limit.json) return `${json} bytes of JSON where ${limit.json} are allowed`;
  return data > limit.data ? `${data} bytes of data where ${limit.data} are allowed` : undefined;
}

/** For what cannot be in a file that is whole. */
export function damaged(what: string, expected: string, got: string): NearfieldError {
  return new NearfieldError(
    'integrity',
    `The .nearfield file is damaged in ${what}: expected ${expected}, got ${got}. ` +
      'Copy, download or export it again.',
  );
}

export function ascii(text: string): Bytes {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}
