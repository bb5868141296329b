/** Collects the files of one build, and names it after what is in them. */

import { NearfieldError, toHex } from '../../contract/index.ts';
import { fileName, placeNumber, type FilePlace } from './names.ts';
import { deflateParts, sealFile, VERSION, type DeflatedParts, type FileParts } from './packed.ts';

export interface SiteFile {
  /** Relative, with '/' in it. */
  name: string;
  bytes: Uint8Array<ArrayBuffer>;
}

export interface SiteFiles {
  /** What a reader asks for: the name of the folder that all files lie in. */
  site: string;
  /** One after the other, once. */
  files: Iterable<SiteFile>;
}

interface Packed {
  place: FilePlace;
  parts: DeflatedParts;
  /** SHA-256. */
  hash: Uint8Array;
}

/** Holds the deflated files. The same files get the same name, in whatever order they are added. */
export class SiteWriter {
  /** By the numbers of their places. */
  readonly #packed = new Map<number, Packed>();

  /**
   * Throws `bad-input` where that file is there.
   * @returns bytes of the file, without its header
   */
  async add(place: FilePlace, given: FileParts): Promise<number> {
    const number = placeNumber(place);
    if (this.#packed.has(number)) {
      const message = `${fileName('site', place)} is written twice. Add texts and vectors once to each SiteWriter.`;
      throw new NearfieldError('bad-input', message);
    }
    const parts = await deflateParts(given);
    this.#packed.set(number, { place, parts, hash: await hashOf(place, parts) });
    return parts.deflated.length + parts.plain.length;
  }

  async finish(): Promise<SiteFiles> {
    const inOrder = [...this.#packed].sort(([a], [b]) => a - b).map(([, packed]) => packed);
    const hashes = inOrder.flatMap(({ hash }) => [...hash]);
    const hash = await sha256(Uint8Array.from(hashes));
    const site = toHex(hash.subarray(0, 8));
    return { site, files: sealed(inOrder, site) };
  }
}

function* sealed(all: readonly Packed[], site: string): Generator<SiteFile> {
  for (const { place, parts } of all) {
    yield { name: fileName(site, place), bytes: sealFile(parts, site, place) };
  }
}

/** Of all that makes a file's bytes but the site's name, which comes of it. */
function hashOf(place: FilePlace, { deflated, plain }: DeflatedParts): Promise<Uint8Array> {
  const head = Uint32Array.of(VERSION, placeNumber(place), deflated.length);
  const whole = new Uint8Array(head.byteLength + deflated.length + plain.length);
  whole.set(new Uint8Array(head.buffer));
  whole.set(deflated, head.byteLength);
  whole.set(plain, head.byteLength + deflated.length);
  return sha256(whole);
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
}
