/** Rows and their scores, best first; equal scores by row number. */
export interface Ranked {
  rows: Uint32Array<ArrayBuffer>;
  scores: Float32Array<ArrayBuffer>;
}

/**
 * Keeps the `k` best of the rows it is offered, in a binary heap whose root is the worst kept.
 * Allocates when made and when drained, never per row.
 */
export class TopK {
  readonly #scores: Float32Array<ArrayBuffer>;
  readonly #rows: Uint32Array<ArrayBuffer>;
  #size = 0;

  constructor(k: number) {
    this.#scores = new Float32Array(k);
    this.#rows = new Uint32Array(k);
  }

  /** What a score must be above to be kept: that of the worst kept, once there are `k`. */
  get worst(): number {
    return this.#size < this.#scores.length
      ? Number.NEGATIVE_INFINITY
      : (this.#scores[0] ?? Number.POSITIVE_INFINITY);
  }

  /**
   * Rows must come in rising order: then a row that ties with the worst kept is always the later
   * one, and one comparison turns it away.
   * @param score rounded to float32, as it is kept
   */
  offer(score: number, row: number): void {
    const scores = this.#scores;
    if (this.#size < scores.length) {
      this.#rise(this.#size++, score, row);
    } else if (score > (scores[0] ?? Number.POSITIVE_INFINITY)) {
      this.#sink(0, this.#size, score, row);
    }
  }

  /** Empties the heap. */
  drain(): Ranked {
    const count = this.#size;
    const ranked = { rows: new Uint32Array(count), scores: new Float32Array(count) };
    while (this.#size > 0) {
      const last = --this.#size;
      ranked.scores[last] = this.#scores[0] ?? 0;
      ranked.rows[last] = this.#rows[0] ?? 0;
      if (last > 0) this.#sink(0, last, this.#scores[last] ?? 0, this.#rows[last] ?? 0);
    }
    return ranked;
  }

  #rise(start: number, score: number, row: number): void {
    let at = start;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#isWorse(score, row, parent)) break;
      this.#move(parent, at);
      at = parent;
    }
    this.#scores[at] = score;
    this.#rows[at] = row;
  }

  #sink(start: number, size: number, score: number, row: number): void {
    let at = start;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= size) break;
      if (child + 1 < size && this.#childIsWorse(child + 1, child)) child++;
      if (this.#isWorse(score, row, child)) break;
      this.#move(child, at);
      at = child;
    }
    this.#scores[at] = score;
    this.#rows[at] = row;
  }

  #childIsWorse(a: number, b: number): boolean {
    return this.#isWorse(this.#scores[a] ?? 0, this.#rows[a] ?? 0, b);
  }

  #isWorse(score: number, row: number, at: number): boolean {
    const other = this.#scores[at] ?? 0;
    return score < other || (score === other && row > (this.#rows[at] ?? 0));
  }

  #move(from: number, to: number): void {
    this.#scores[to] = this.#scores[from] ?? 0;
    this.#rows[to] = this.#rows[from] ?? 0;
  }
}
