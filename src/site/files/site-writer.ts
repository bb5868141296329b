/** Collects the files of one build, and names it after what is in them. */

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

/** Holds the deflated files. The same files in the same order get the same name. */
export class SiteWriter {
  readonly #packed: { place: FilePlace; parts: DeflatedParts }[] = [];
  readonly #hashes: Uint8Array[] = [];

  /** @returns bytes of the file, without its header */
  async add(place: FilePlace, given: FileParts): Promise<number> {
    const parts = await deflateParts(given);
    this.#packed.push({ place, parts });
    this.#hashes.push(await hashOf(place, parts));
    return parts.deflated.length + parts.plain.length;
  }

  async finish(): Promise<SiteFiles> {
    const hash = await sha256(Uint8Array.from(this.#hashes.flatMap((one) => [...one])));
    const site = Array.from(hash.subarray(0, 8), (byte) => byte.toString(16).padStart(2, '0'));
    return { site: site.join(''), files: this.#sealed(site.join('')) };
  }

  *#sealed(site: string): Generator<SiteFile> {
    for (const { place, parts } of this.#packed) {
      yield { name: fileName(site, place), bytes: sealFile(parts, site, place) };
    }
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
