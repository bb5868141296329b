/**
 * Bytes that say what they are: a header in words of 4 bytes, then parts, whose places follow from the
 * header's counts. All numbers are little-endian, as every browser's machine has them.
 */

/** Positions in the header, in words of 4 bytes. */
export const SEAL = {
  magic: 0,
  version: 1,
  /** Bytes of the whole. */
  byteLength: 2,
  /** Of everything behind it. */
  checksum: 3,
  /** What says where the parts lie, in the order of `SealedKind.counts`. */
  counts: 4,
} as const;

/** One kind of such bytes. */
export interface SealedKind<Name extends string> {
  magic: number;
  version: number;
  headerWords: number;
  counts: readonly Name[];
  /** Bytes of the whole, a multiple of 4. May throw for counts that cannot be. */
  byteLengthOf: (counts: Record<Name, number>) => number;
}

/** What bytes are refused with. */
export interface SealErrors {
  /** @param what "it …", "expected …": the rest of a sentence */
  damaged: (what: string) => Error;
  otherVersion: (version: number) => Error;
}

/** Writes the header of bytes whose parts are written. @param bytes beginning at a multiple of 4 */
export function seal<Name extends string>(
  kind: SealedKind<Name>,
  bytes: Uint8Array<ArrayBuffer>,
  counts: Record<Name, number>,
): void {
  const header = headerOf(kind, bytes);
  header.set([kind.magic, kind.version, bytes.length]);
  header.set(
    kind.counts.map((name) => counts[name]),
    SEAL.counts,
  );
  header[SEAL.checksum] = sealChecksum(bytes);
}

/**
 * The counts of bytes of anywhere, once header, length and checksum are right.
 *
 * @param bytes beginning at a multiple of 4 in their buffer
 */
export function checkSeal<Name extends string>(
  kind: SealedKind<Name>,
  bytes: Uint8Array<ArrayBuffer>,
  { damaged, otherVersion }: SealErrors,
): Record<Name, number> {
  const headerBytes = 4 * kind.headerWords;
  if (bytes.length < headerBytes || bytes.length % 4 !== 0) {
    throw damaged(`expected ${headerBytes} bytes or more, a multiple of 4; got ${bytes.length}`);
  }
  const header = headerOf(kind, bytes);
  if (header[SEAL.magic] !== kind.magic) throw damaged('it does not begin as one');
  if (header[SEAL.version] !== kind.version) throw otherVersion(header[SEAL.version]!);
  const counts = sealedCounts(kind, bytes);
  const expected = kind.byteLengthOf(counts);
  if (header[SEAL.byteLength] !== bytes.length || expected !== bytes.length) {
    throw damaged(`expected ${expected} bytes, got ${bytes.length}`);
  }
  if (header[SEAL.checksum] !== sealChecksum(bytes)) throw damaged('its checksum is another');
  return counts;
}

/** As the header has them, unchecked. */
export function sealedCounts<Name extends string>(
  kind: SealedKind<Name>,
  bytes: Uint8Array<ArrayBuffer>,
): Record<Name, number> {
  const header = headerOf(kind, bytes);
  const counts = kind.counts.map((name, i) => [name, header[SEAL.counts + i]]);
  return Object.fromEntries(counts) as Record<Name, number>;
}

/** FNV-1a over the words behind the place where it stands: no change of a single word leaves it as it was. */
export function sealChecksum(bytes: Uint8Array<ArrayBuffer>): number {
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  let hash = 0x811c9dc5;
  for (let i = SEAL.counts; i < words.length; i++) hash = Math.imul(hash ^ words[i]!, 0x01000193);
  return hash >>> 0;
}

function headerOf(
  { headerWords }: SealedKind<string>,
  { buffer, byteOffset }: Uint8Array<ArrayBuffer>,
): Uint32Array {
  return new Uint32Array(buffer, byteOffset, headerWords);
}
