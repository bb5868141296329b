/**
 * Seeded unit vectors that behave as those of text do:
 *
 * - anisotropic: a row's variance falls as 1 / (i + 10) over hidden directions i, which an
 *   orthogonal transform mixes into all values (some 200 directions count at width 1,024);
 * - clustered on two levels: topics, `perTopic` rows of each on average, and eight subtopics of each; a
 *   row is its topic + 0.6 of its subtopic + its own;
 * - with a common mean, of length 0.8 where rows lie 1.5 around it, a few of its values far larger than
 *   the others;
 * - questions are rows of the same topics that are not among them.
 *
 * A row depends on the seed and its number alone.
 */
export class StructuredVectors {
  readonly dimensions: number;
  readonly #size: number;
  readonly #topics: number;
  readonly #spread: Float32Array;
  readonly #mean: Float32Array;
  readonly #signs: Float32Array;
  readonly #noise = normalTable();

  constructor(dimensions: number, rows: number, perTopic = 1000) {
    this.dimensions = dimensions;
    this.#size = 2 ** Math.ceil(Math.log2(dimensions));
    this.#topics = Math.max(1, Math.round(rows / perTopic));
    const variances = Float32Array.from({ length: this.#size }, (_, i) => 1 / (i + 10));
    const total = variances.reduce((sum, value) => sum + value, 0);
    this.#spread = variances.map((value) => Math.sqrt(value / total));
    this.#signs = Float32Array.from({ length: this.#size }, (_, i) => (hash(i, 77) & 1 ? 1 : -1));
    this.#mean = this.#commonMean();
  }

  /** Row `number`, written at `start` of `out`. Numbers from 2^30 on are the questions'. */
  write(number: number, out: Float32Array, start = 0): void {
    const topic = hash(number, 1) % this.#topics;
    const subtopic = topic * 8 + (hash(number, 2) % 8);
    const row = new Float32Array(this.#size);
    this.#addNormal(row, topic, 3, 1);
    this.#addNormal(row, subtopic, 4, 0.6);
    this.#addNormal(row, number, 5, 1);
    mix(row, this.#signs);
    let squares = 0;
    for (let i = 0; i < this.dimensions; i++) {
      row[i]! += this.#mean[i]!;
      squares += row[i]! ** 2;
    }
    const factor = 1 / Math.sqrt(squares);
    for (let i = 0; i < this.dimensions; i++) out[start + i] = row[i]! * factor;
  }

  /** Rows [from, to). */
  rows(from: number, to: number): Float32Array<ArrayBuffer> {
    const rows = new Float32Array((to - from) * this.dimensions);
    for (let row = from; row < to; row++) this.write(row, rows, (row - from) * this.dimensions);
    return rows;
  }

  question(number: number): Float32Array<ArrayBuffer> {
    return this.rows(2 ** 30 + number, 2 ** 30 + number + 1);
  }

  #addNormal(row: Float32Array, number: number, kind: number, scale: number): void {
    let state = hash(number, kind) | 1;
    for (let i = 0; i < row.length; i++) {
      // xorshift32 (Marsaglia 2003)
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      row[i]! += this.#noise[state >>> 16]! * this.#spread[i]! * scale;
    }
  }

  #commonMean(): Float32Array {
    const mean = new Float32Array(this.#size);
    for (let i = 0; i < mean.length; i++) {
      mean[i] = this.#noise[hash(i, 9) >>> 16]! * (hash(i, 10) % 100 === 0 ? 10 : 1);
    }
    const length = Math.hypot(...mean);
    return mean.map((value) => (0.8 * value) / length);
  }
}

/** 65,536 values of a normal distribution: a look-up is quicker than making one. */
function normalTable(): Float32Array {
  return Float32Array.from({ length: 65_536 }, (_, i) => {
    const radius = Math.sqrt(-2 * Math.log((hash(i, 20) + 1) / 2 ** 32));
    return radius * Math.cos((2 * Math.PI * hash(i, 21)) / 2 ** 32);
  });
}

/** 32 bits from two numbers (the finaliser of MurmurHash3, Appleby). */
function hash(a: number, b: number): number {
  let h = Math.imul(a ^ Math.imul(b, 0x9e3779b1), 0x85ebca6b) + b;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Changes of sign and a Walsh-Hadamard transform, twice: orthogonal. */
function mix(row: Float32Array, signs: Float32Array): void {
  const factor = 1 / Math.sqrt(row.length);
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < row.length; i++) row[i]! *= signs[(i + round) % row.length]! * factor;
    for (let step = 1; step < row.length; step *= 2) {
      for (let i = 0; i < row.length; i += 2 * step) {
        for (let j = i; j < i + step; j++) {
          const [a, b] = [row[j]!, row[j + step]!];
          row[j] = a + b;
          row[j + step] = a - b;
        }
      }
    }
  }
}
