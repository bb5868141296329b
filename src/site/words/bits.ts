/** Numbers in as few bits as they need; the highest bit of each byte comes first. */

export class BitWriter {
  #bytes = new Uint8Array(1024);
  #bits = 0;

  /** @param count 0 to 32 */
  bits(value: number, count: number): void {
    const needed = Math.ceil((this.#bits + count) / 8);
    if (needed > this.#bytes.length) {
      const bytes = new Uint8Array(2 * needed);
      bytes.set(this.#bytes);
      this.#bytes = bytes;
    }
    for (let i = count - 1; i >= 0; i--) {
      if (((value >>> i) & 1) === 1) this.#bytes[this.#bits >>> 3]! |= 128 >>> (this.#bits & 7);
      this.#bits++;
    }
  }

  /** A number below `size`, where each is as likely: the truncated binary code. @param size 1 to 2^31 */
  below(value: number, size: number): void {
    const long = bitsFor(size);
    const short = 2 ** long - size;
    if (value < short) this.bits(value, long - 1);
    else this.bits(value + short, long);
  }

  /** A number from 0 on, where small ones are likely: exponential Golomb code of order `k`. */
  small(value: number, k: number): void {
    const high = (value >>> k) + 1;
    const length = 32 - Math.clz32(high);
    this.bits(0, length - 1);
    this.bits(high, length);
    this.bits(value, k);
  }

  /** What was written, with zeros up to a whole byte. */
  view(): Uint8Array {
    return this.#bytes.subarray(0, Math.ceil(this.#bits / 8));
  }
}

/** Reads what `BitWriter` wrote. Past the end there are zeros: `isOver` tells. */
export class BitReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** More was read than is there. */
  get isOver(): boolean {
    return this.#at > 8 * this.#bytes.length;
  }

  bits(count: number): number {
    let value = 0;
    for (let rest = count; rest > 0;) {
      const free = 8 - (this.#at & 7);
      const taken = Math.min(free, rest);
      const byte = this.#bytes[this.#at >>> 3] ?? 0;
      value = (value << taken) | ((byte >>> (free - taken)) & ((1 << taken) - 1));
      this.#at += taken;
      rest -= taken;
    }
    return value >>> 0;
  }

  below(size: number): number {
    const long = bitsFor(size);
    if (long === 0) return 0;
    const short = 2 ** long - size;
    const value = this.bits(long - 1);
    return value < short ? value : 2 * value + this.bits(1) - short;
  }

  small(k: number): number {
    let zeros = 0;
    while (zeros < 31 - k && this.bits(1) === 0) zeros++;
    const high = 2 ** zeros + this.bits(zeros);
    return ((high - 1) << k) + this.bits(k);
  }
}

/** Bits of a number below `size`. */
function bitsFor(size: number): number {
  return size <= 1 ? 0 : 32 - Math.clz32(size - 1);
}
