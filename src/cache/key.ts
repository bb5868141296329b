import { sha256 } from '@noble/hashes/sha2.js';

/**
 * Makes cache keys: SHA-256 of who embeds, the prompt and the text, in base64.
 *
 * The lengths go in first, so that no two triples give the same bytes. Strings are hashed as
 * UTF-16: UTF-8 would turn every lone surrogate into the same replacement character.
 * Written in plain JavaScript, because `crypto.subtle` is missing on pages served over http.
 *
 * @param identity model, revision, dtype, pooling and token limit, as one string
 * @param prefix prompt put before every text
 */
export function keyMaker(identity: string, prefix: string): (text: string) => string {
  const lengths = Uint32Array.of(identity.length, prefix.length);
  const head = sha256
    .create()
    .update(new Uint8Array(lengths.buffer))
    .update(utf16(identity))
    .update(utf16(prefix));
  return (text) => base64(head.clone().update(utf16(text)).digest());
}

function utf16(text: string): Uint8Array {
  const units = new Uint16Array(text.length);
  for (let i = 0; i < units.length; i++) units[i] = text.charCodeAt(i);
  return new Uint8Array(units.buffer);
}

function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}
