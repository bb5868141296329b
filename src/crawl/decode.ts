/** Bytes to text: which bytes are text at all, and in which encoding. */

import { LeftOut } from './page.ts';

/** As many as git looks at to tell binary files from text. */
const SNIFFED_BYTES = 8000;

const BYTE_ORDER_MARKS: [encoding: string, mark: readonly number[]][] = [
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
];

/** Of files that may begin without a zero byte: PDF, ZIP, gzip, PNG, JPEG. */
const SIGNATURES = [
  [0x25, 0x50, 0x44, 0x46, 0x2d],
  [0x50, 0x4b, 0x03, 0x04],
  [0x1f, 0x8b],
  [0x89, 0x50, 0x4e, 0x47],
  [0xff, 0xd8, 0xff],
];

/** The encoding that a byte order mark tells. */
export function markedEncoding(bytes: Uint8Array): string | undefined {
  return BYTE_ORDER_MARKS.find(([, mark]) => startsWith(bytes, mark))?.[0];
}

/** Throws `binary` for what is no text: it has a zero byte near its start, or a known signature. */
export function assertText(bytes: Uint8Array): void {
  const encoding = markedEncoding(bytes);
  if (encoding !== undefined) return;
  const isKnown = SIGNATURES.some((signature) => startsWith(bytes, signature));
  if (isKnown || bytes.subarray(0, SNIFFED_BYTES).includes(0)) {
    throw new LeftOut('binary', 'The file is binary, expected text. Leave it out by `exclude`.');
  }
}

/** Marked text by its mark, other text as UTF-8, and what is not that as windows-1252. */
export function decoded(bytes: Uint8Array): string {
  const encoding = markedEncoding(bytes);
  if (encoding !== undefined) return new TextDecoder(encoding).decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return decodedAs('windows-1252', bytes);
  }
}

/** As `TextDecoder` does; throws `RangeError` for a label that it does not know. */
export function decodedAs(label: string, bytes: Uint8Array): string {
  const decoder = new TextDecoder(label);
  const text = decoder.decode(bytes);
  if (decoder.encoding !== 'windows-1252') return text;
  // Node 20 decodes it as Latin-1, where these are control characters.
  return text.replaceAll(/[\x80-\x9f]/g, (control) => WINDOWS_1252[control.charCodeAt(0) - 0x80]!);
}

/** 0x80 to 0x9f (Encoding Standard, index windows-1252). */
const WINDOWS_1252 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f' + '\x90‘’“”•–—˜™š›œ\x9džŸ';

function startsWith(bytes: Uint8Array, start: readonly number[]): boolean {
  return start.every((byte, i) => bytes[i] === byte);
}
