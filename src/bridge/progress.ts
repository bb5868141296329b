import type { EmbedProgress } from '../contract/index.ts';

/** How far the slices of one call are. */
export class SliceProgress {
  readonly #total: number;
  #onProgress: ((progress: EmbedProgress) => void) | undefined;
  #done = 0;
  #running = 0;

  constructor(total: number, onProgress: ((progress: EmbedProgress) => void) | undefined) {
    this.#total = total;
    this.#onProgress = onProgress;
  }

  /** For the next slice: takes how much of it is done. None where nobody listens. */
  next(texts: number): ((share: number) => void) | undefined {
    this.#running = texts;
    if (!this.#onProgress) return undefined;
    const before = this.#done;
    return (share) => {
      // Comes by a port of its own, so perhaps after the slice; and all of it is done when `finish`
      // says so.
      if (this.#done === before && share < 1) this.#tell(share);
    };
  }

  /** The call has failed, of which its caller knows. */
  giveUp(): void {
    this.#onProgress = undefined;
  }

  /** The slice is there. */
  finish(): void {
    this.#done += this.#running;
    this.#tell(0);
  }

  #tell(share: number): void {
    const total = this.#total;
    this.#onProgress?.({
      done: this.#done,
      total,
      share: (this.#done + share * this.#running) / total,
    });
  }
}
