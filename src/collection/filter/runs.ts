/** Row numbers that were added in rising order, neighbours as one run. */

import { setRange, type Bitmap } from '../../vectors/bitmap.ts';

export class Runs {
  /** First and end of each run. */
  readonly #bounds: number[] = [];

  /** Adds rows `first` up to `end`; none below those added before. */
  add(first: number, end: number): void {
    const last = this.#bounds.length - 1;
    // A list that names a value twice adds its rows twice.
    if (last >= 0 && first <= this.#bounds[last]!) {
      this.#bounds[last] = Math.max(end, this.#bounds[last]!);
    } else this.#bounds.push(first, end);
  }

  addTo(bits: Bitmap): void {
    for (let i = 0; i < this.#bounds.length; i += 2) {
      setRange(bits, this.#bounds[i]!, this.#bounds[i + 1]!);
    }
  }
}
