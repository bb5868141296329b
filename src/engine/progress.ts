/** How far the batches of one call are, by tokens. Told shares never become less. */
export class BatchProgress {
  readonly #lengths: readonly number[];
  readonly #total: number;
  readonly #onProgress: ((share: number) => void) | undefined;
  #finished = 0;
  #told = 0;

  constructor(lengths: readonly number[], onProgress: ((share: number) => void) | undefined) {
    this.#lengths = lengths;
    this.#total = lengths.reduce((sum, length) => sum + length, 0);
    this.#onProgress = onProgress;
  }

  /** For the next batch, of these positions in `lengths`: takes how much of it is done, 0 to 1. */
  next(batch: readonly number[]): (share: number) => void {
    const before = this.#finished;
    const tokens = batch.reduce((sum, i) => sum + (this.#lengths[i] ?? 0), 0);
    this.#finished += tokens;
    return (share) => {
      this.#tell((before + share * tokens) / this.#total);
    };
  }

  #tell(share: number): void {
    if (!(share > this.#told)) return;
    this.#told = share;
    this.#onProgress?.(share);
  }
}
