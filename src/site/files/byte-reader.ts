/** Reads what `ByteWriter` of src/words wrote, but trusts no byte. */

import { damaged } from './damage.ts';

export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #name: string;
  #at = 0;

  /** @param name of the file, for errors */
  constructor(bytes: Uint8Array, name: string) {
    this.#bytes = bytes;
    this.#name = name;
  }

  /** A number below 2^32. Throws `integrity` where there is none. */
  varint(): number {
    let value = 0;
    for (let scale = 1; scale < 2 ** 35; scale *= 128) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw damaged(this.#name, 'it is cut off');
      value += (byte & 127) * scale;
      if (byte < 128 && value < 2 ** 32) return value;
    }
    throw damaged(this.#name, 'a number is too large');
  }

  /** So many numbers: no more than there are bytes, whatever was written. */
  varints(count: number): number[] {
    if (count > this.#bytes.length - this.#at) throw damaged(this.#name, 'it is cut off');
    return Array.from({ length: count }, () => this.varint());
  }

  /** So many UTF-16 units, as `writeUnits` wrote them. */
  units(count: number): string {
    let text = '';
    for (const unit of this.varints(count)) {
      if (unit > 0xffff) throw damaged(this.#name, 'a letter is none');
      text += String.fromCharCode(unit);
    }
    return text;
  }

  /** Throws `integrity` where bytes are left. */
  end(): void {
    if (this.#at !== this.#bytes.length) throw damaged(this.#name, 'it is too long');
  }
}
