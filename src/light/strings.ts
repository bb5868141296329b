/**
 * Rising strings in few bytes: how many bytes of UTF-8 a string has in common with the one before it, how
 * many follow, and those (front coding).
 */

/** Bytes of one string at most. */
export const LONGEST_STRING = 255;

/** @param strings rising by code units, none longer than 255 bytes */
export function packStrings(strings: readonly string[]): Uint8Array {
  const encoder = new TextEncoder();
  const bytes: number[] = [];
  let before = new Uint8Array();
  for (const string of strings) {
    const own = encoder.encode(string);
    let shared = 0;
    while (shared < before.length && own[shared] === before[shared]) shared++;
    bytes.push(shared, own.length - shared, ...own.subarray(shared));
    before = own;
  }
  return Uint8Array.from(bytes);
}

/** What was packed; undefined where bytes are not `count` rising strings. */
export function unpackStrings(bytes: Uint8Array, count: number): string[] | undefined {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const own = new Uint8Array(LONGEST_STRING);
  const strings: string[] = [];
  let [at, before] = [0, 0];
  while (strings.length < count) {
    const [shared, more] = [bytes[at], bytes[at + 1]];
    if (shared === undefined || more === undefined || shared > before) return undefined;
    if (at + 2 + more > bytes.length || shared + more > LONGEST_STRING) return undefined;
    own.set(bytes.subarray(at + 2, at + 2 + more), shared);
    before = shared + more;
    at += 2 + more;
    const string = decoded(decoder, own.subarray(0, before));
    if (string === undefined || string <= (strings.at(-1) ?? '')) return undefined;
    strings.push(string);
  }
  return at === bytes.length ? strings : undefined;
}

function decoded(decoder: TextDecoder, bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}
