/** Adam (Kingma and Ba, 2015) on rows of parameters of which each step touches a few. */

const [FIRST, SECOND, TINY] = [0.9, 0.999, 1e-8];

export class SparseAdam {
  readonly gradients: Float32Array;
  readonly #values: Float32Array;
  readonly #width: number;
  readonly #means: Float32Array;
  readonly #squares: Float32Array;
  #steps = 0;

  /** @param values what is moved; `width` of them a row */
  constructor(values: Float32Array, width: number) {
    this.#values = values;
    this.#width = width;
    this.gradients = new Float32Array(values.length);
    this.#means = new Float32Array(values.length);
    this.#squares = new Float32Array(values.length);
  }

  /** Moves these rows by their gradients, and clears those. Averages of other rows stay as they are. */
  step(rows: Iterable<number>, rate: number): void {
    this.#steps++;
    const scale = (rate * Math.sqrt(1 - SECOND ** this.#steps)) / (1 - FIRST ** this.#steps);
    const [values, gradients, means, squares] = [
      this.#values,
      this.gradients,
      this.#means,
      this.#squares,
    ];
    for (const row of rows) {
      for (let i = row * this.#width; i < (row + 1) * this.#width; i++) {
        const gradient = gradients[i]!;
        const mean = FIRST * means[i]! + (1 - FIRST) * gradient;
        const square = SECOND * squares[i]! + (1 - SECOND) * gradient * gradient;
        means[i] = mean;
        squares[i] = square;
        gradients[i] = 0;
        values[i] = values[i]! - (scale * mean) / (Math.sqrt(square) + TINY);
      }
    }
  }
}
