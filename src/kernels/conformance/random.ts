/** Seeded data: the same on every machine. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** A whole number in [0, below). (mulberry32, Tommy Ettinger, public domain.) */
  integer(below: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below);
  }

  /** Near a normal distribution of deviation `scale`, with an outlier now and then. */
  float(scale = 1): number {
    const sum = this.integer(1000) + this.integer(1000) + this.integer(1000) - 1498.5;
    return (sum / 500) * scale * (this.integer(200) === 0 ? 30 : 1);
  }

  floats(count: number, scale = 1): Float32Array {
    return Float32Array.from({ length: count }, () => this.float(scale));
  }

  bytes(count: number): Uint8Array {
    return Uint8Array.from({ length: count }, () => this.integer(256));
  }
}
