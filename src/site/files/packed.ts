/** One file as it lies on the server: a seal that says which one it is, and two parts. */

import {
  checkSeal,
  joinedBytes,
  NearfieldError,
  SEAL,
  seal,
  sealedCounts,
  type SealedKind,
} from '../../contract/index.ts';
import { damaged } from './damage.ts';
import { fileName, placeNumber, siteNumber, type FilePlace } from './names.ts';

export interface FileParts {
  /** What deflate makes smaller: strings, columns of small numbers. @default empty */
  packed?: Uint8Array;
  /** What it does not: codes of bits. @default empty */
  plain?: Uint8Array;
}

/** As a reader gets them. */
export type OpenedParts = Required<FileParts>;

/** A file whose packed part is deflated. */
export interface DeflatedParts {
  deflated: Uint8Array;
  plain: Uint8Array;
}

const COUNTS = ['deflated', 'plain', 'site', 'place'] as const;
const HEADER_WORDS = 8;
/** Of all kinds of files at once: they are built together. */
export const VERSION = 1;
/** More than any file of a sound index: what would grow past it is not inflated to its end. */
const MOST_INFLATED = 2 ** 28;

const FILE: SealedKind<(typeof COUNTS)[number]> = {
  // "NFST" read as a number.
  magic: 0x5453464e,
  version: VERSION,
  headerWords: HEADER_WORDS,
  counts: COUNTS,
  byteLengthOf: ({ deflated, plain }) => 4 * (HEADER_WORDS + Math.ceil((deflated + plain) / 4)),
};

/** Hosts compress text types at best, so a file brings its own compression. */
export async function deflateParts({
  packed = new Uint8Array(),
  plain = new Uint8Array(),
}: FileParts): Promise<DeflatedParts> {
  // Nothing stays nothing, so that the many files of codes alone cost no stream to read.
  if (packed.length === 0) return { deflated: new Uint8Array(), plain };
  const stream = new CompressionStream('deflate-raw');
  return { deflated: await through(stream, new Uint8Array(packed)), plain };
}

/** @param site of the whole index, since a file of another build must not pass for one of this */
export function sealFile(
  { deflated, plain }: DeflatedParts,
  site: string,
  place: FilePlace,
): Uint8Array<ArrayBuffer> {
  const counts = {
    deflated: deflated.length,
    plain: plain.length,
    site: siteNumber(site),
    place: placeNumber(place),
  };
  const bytes = new Uint8Array(FILE.byteLengthOf(counts));
  bytes.set(deflated, 4 * HEADER_WORDS);
  bytes.set(plain, 4 * HEADER_WORDS + deflated.length);
  seal(FILE, bytes, counts);
  return bytes;
}

/**
 * The parts of a file that somebody read. Throws `integrity` where they are not those of that place
 * in that site, `incompatible-index` where another version wrote them.
 */
export async function openFile(
  read: Uint8Array,
  site: string,
  place: FilePlace,
): Promise<OpenedParts> {
  const name = fileName(site, place);
  const bytes =
    read.byteOffset % 4 === 0 ? (read as Uint8Array<ArrayBuffer>) : new Uint8Array(read);
  const counts = checkSeal(FILE, bytes, {
    damaged: (what) => damaged(name, what),
    otherVersion: (version) =>
      new NearfieldError(
        'incompatible-index',
        `${name} has version ${version}; this Nearfield reads ${FILE.version}. Build the site's index with the version that the page uses.`,
      ),
  });
  if (counts.site !== siteNumber(site) || counts.place !== placeNumber(place)) {
    throw damaged(name, 'it is another file');
  }
  const plainAt = 4 * HEADER_WORDS + counts.deflated;
  const packed = await inflated(bytes.subarray(4 * HEADER_WORDS, plainAt), name);
  return { packed, plain: bytes.subarray(plainAt, plainAt + counts.plain) };
}

/** Whether bytes begin as that file of that site does; nothing else of them is looked at. */
export function beginsAs(read: Uint8Array, site: string, place: FilePlace): boolean {
  const header = new Uint8Array(read.subarray(0, 4 * HEADER_WORDS));
  if (header.length < 4 * HEADER_WORDS) return false;
  const counts = sealedCounts(FILE, header);
  return (
    new Uint32Array(header.buffer)[SEAL.magic] === FILE.magic &&
    counts.site === siteNumber(site) &&
    counts.place === placeNumber(place)
  );
}

async function inflated(deflated: Uint8Array<ArrayBuffer>, name: string): Promise<Uint8Array> {
  if (deflated.length === 0) return deflated;
  try {
    return await through(new DecompressionStream('deflate-raw'), deflated);
  } catch (error) {
    throw damaged(name, `it does not inflate (${String(error)})`);
  }
}

/** Whole bytes through a stream that makes others of them. */
async function through(
  { readable, writable }: CompressionStream | DecompressionStream,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const writer = writable.getWriter();
  // What fails here fails in the reading below, too.
  void writer.write(bytes).catch(() => undefined);
  void writer.close().catch(() => undefined);
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = readable.getReader();
  // Not every browser iterates over a stream.
  for (let next = await reader.read(); next.value; next = await reader.read()) {
    length += next.value.length;
    if (length > MOST_INFLATED) throw new Error(`more than ${MOST_INFLATED} bytes`);
    chunks.push(next.value);
  }
  return joinedBytes(chunks, length);
}
