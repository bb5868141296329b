import type { IHasher } from 'hash-wasm';

export const CHECKSUM_BYTES = 8;

/**
 * Checksums of blocks, each XXH64 with seed 0 (the xxHash specification's canonical form,
 * https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md) of the checksum before it and
 * then its block. So each vouches for the whole file up to it: a block that is left out, repeated
 * or moved is found at its place. They tell damage, not forgery.
 */
export class ChecksumChain {
  readonly #hasher: IHasher;
  #last: Uint8Array;

  private constructor(hasher: IHasher, beginning: Uint8Array) {
    this.#hasher = hasher;
    this.#last = beginning;
  }

  /** @param beginning what stands in place of a checksum before the first block */
  static async begin(beginning: Uint8Array): Promise<ChecksumChain> {
    const { createXXHash64 } = await import('hash-wasm');
    return new ChecksumChain(await createXXHash64(), beginning.slice());
  }

  /** The checksum of the next block, whose parts these are. */
  next(...parts: readonly Uint8Array[]): Uint8Array {
    this.#hasher.init().update(this.#last);
    for (const part of parts) this.#hasher.update(part);
    this.#last = this.#hasher.digest('binary');
    return this.#last;
  }
}
